"""Say what the other readings of a contested service do to a ward, a group or a pocket.

A sentence is made only where the other reading changes the answer as it is shown.
"""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.gaps.pockets import ANY_SERVICE
from analysis.gaps.report import GapReport
from analysis.reach.basket import BasketItem
from analysis.reach.rollup import Roll
from geo.services import category_named
from wording.languages import english
from wording.numbers import capital, minutes, percent

Bools = npt.NDArray[np.bool_]
_WORTH_SAYING_MIN = 1.0


def share_sentences(shown: pd.DataFrame, code: str, service: str) -> str:
    """Say what the other readings make of the share within reach, where they change it.

    Parameters
    ----------
    shown
        From :func:`analysis.gaps.readings.readings_shown`.
    code, service
        Ward or group, and category.

    Returns
    -------
    A sentence for each reading, such as "Counting the branch surgeries of 2017 it would be 52%."; empty where none
    changes the share in whole per cent.
    """
    return sentences(
        [
            english().say("other_readings.share", reading=row["words"], share=percent(row["share"]))
            for row in _rows(shown, code, service)
            if percent(row["share"]) != percent(row["default_share"])
        ]
    )


def ward_sentences(shown: pd.DataFrame, code: str, service: str) -> str:
    """Say what the other readings make of the way of the child in the middle, and of the share within reach.

    Parameters and return value as for :func:`share_sentences`; a change of less than a minute is not said.
    """
    said = []
    for row in _rows(shown, code, service):
        share, default = (percent(row[key]) for key in ("share", "default_share"))
        far = _apart(float(row["median_min"]), float(row["default_min"]))
        kind = ("far_and_within" if far else "within") if share != default else "far" if far else ""
        if kind:
            way = minutes(float(row["median_min"]))
            words: dict[str, object] = {"reading": row["words"], "minutes": way, "share": share, "default": default}
            said.append(english().say(f"other_readings.{kind}", **words))
    return sentences(said)


def pocket_sentences(report: GapReport, service: str, inside: Bools) -> str:
    """Say what the other readings make of the way from a pocket, where they change it by a minute or more.

    Parameters
    ----------
    report
        The gaps.
    service
        What the pocket is cut off from: a category, or ``"basket"`` for half of the basket, of which the services that
        come within reach, or fall beyond it, are named.
    inside
        ``(n_demand,)`` which homes belong to it.
    """
    survey = report.survey
    people = survey.pack.measure(report.measure, report.baseline)
    roll = Roll(("place",), ("",), inside[None, :], people)
    said = []
    for other in survey.others:
        if service not in (ANY_SERVICE, other.reading.service):
            continue
        item = survey.basket.item(other.reading.service)
        rows = np.stack([other.seconds, survey.seconds[survey.row(item.service)]])
        median, default = (float(value) for value in np.round(roll.quantiles(rows, (0.5,))[:, 0, 0] / 60.0, 1))
        crosses = (median <= item.threshold_min) != (default <= item.threshold_min)
        if _apart(median, default) and (service != ANY_SERVICE or crosses):
            said.append(_pocket_words(other.reading.words, item, median, default))
    return sentences(said)


def sentences(parts: Sequence[str]) -> str:
    """Make sentences of parts without capital and full stop; empty for none."""
    return " ".join(f"{capital(part)}." for part in parts)


def _pocket_words(words: str, item: BasketItem, median: float, default: float) -> str:
    within, was = median <= item.threshold_min, default <= item.threshold_min
    return english().say(
        f"other_readings.{'pocket' if within == was else 'pocket_within' if within else 'pocket_beyond'}",
        reading=words,
        service=category_named(item.service).label,
        minutes=minutes(median),
        limit=minutes(item.threshold_min),
    )


def _rows(shown: pd.DataFrame, code: str, service: str) -> list[pd.Series]:
    found = (shown.index.get_level_values("code") == code) & (shown.index.get_level_values("service") == service)
    return [row for _, row in shown[found].iterrows()]


def _apart(one: float, other: float) -> bool:
    """Whether two times differ by a minute or more; a way and no way do."""
    if math.isinf(one) or math.isinf(other):
        return one != other
    return abs(one - other) >= _WORTH_SAYING_MIN
