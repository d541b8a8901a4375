"""Sensitivity of a ward's or a group's reach to which sites of a contested service count."""

import numpy as np
import pandas as pd

from analysis.gaps.gaps import totals_by_area
from analysis.gaps.report import GapReport
from analysis.reach.rollup import Roll
from analysis.reach.survey import Survey
from analysis.shown import ShownFrame


def readings_shown(report: GapReport) -> ShownFrame:
    """Give the readings for the services and people of a report; see :func:`readings_of`."""
    return readings_of(report.survey, measure=report.measure, baseline=report.baseline)


def readings_of(survey: Survey, *, measure: str, baseline: str) -> ShownFrame:
    """Give every contested service of the basket under each of its other readings, by ward and group.

    Parameters
    ----------
    survey
        Times under the default readings and the others, and thresholds.
    measure, baseline
        Who is counted.

    Returns
    -------
    Index ``code, service, reading``; ``name`` of the area, ``label, words`` of the reading, ``share, default_share``
    within the threshold (0 to 1, as shown), ``median_min, default_min`` (to the tenth; ``inf`` where none is reached).
    """
    roll = Roll.of(survey.pack, measure, baseline)
    totals = totals_by_area(survey.pack, measure=measure, baseline=baseline)
    codes = pd.Index(roll.keys)
    parts = []
    for other in survey.others:
        service = other.reading.service
        rows = np.stack([other.seconds, survey.seconds[survey.row(service)]])
        limits_s = np.full((2, 1), survey.basket.item(service).threshold_min * 60.0)
        share, default_share = (totals.shares(one[:, 0], codes) for one in roll.within(rows, limits_s))
        median, default_median = np.round(roll.quantiles(rows, (0.5,))[:, :, 0] / 60.0, 1)
        parts.append(
            pd.DataFrame(
                {
                    "code": roll.keys,
                    "service": service,
                    "reading": other.reading.name,
                    "name": roll.names,
                    "label": other.reading.label,
                    "words": other.reading.words,
                    "share": share,
                    "default_share": default_share,
                    "median_min": median,
                    "default_min": default_median,
                }
            )
        )
    columns = ["code", "service", "reading", "name", "label", "words", "share", "default_share"]
    empty = pd.DataFrame(columns=[*columns, "median_min", "default_min"])
    table = pd.concat(parts, ignore_index=True) if parts else empty
    return ShownFrame(table.set_index(["code", "service", "reading"]))
