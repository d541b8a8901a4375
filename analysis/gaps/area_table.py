"""An indicator of need by ward or small area: number, rate, share of the borough, range, and which are highest."""

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.gaps.ranges import against, area_ranges, overlap
from analysis.reach.need import Indicator, group_values, lsoa_values, ranks, ward_values
from analysis.shown import SHARE_DECIMALS, ShownFrame
from geo.pack import AreaPack

PER = {
    "children_0_3": "population",
    "births_per_year": "population",
    "children_in_poverty": "children_0_17",
    "households_no_car": "households",
    "lone_parent_households": "households",
}
"""The denominator of a count that is also given as a rate: the measure that it is divided by."""


def area_table(pack: AreaPack, indicator: Indicator, baseline: str, level: str = "ward") -> ShownFrame:
    """Tabulate an indicator of every ward, or of every small area, the highest first.

    Parameters
    ----------
    pack
        The area.
    indicator, baseline
        What is counted, under which baseline (empty for a score).
    level
        ``"ward"`` or ``"lsoa"``.

    Returns
    -------
    Index ``code``, sorted by ``value`` as shown: ``name, ward_name, group, value, number, rate, share, low, high,
    against, rank, status``. ``number`` is of people or households (NaN for a score), ``rate`` from 0 to 1 (NaN where
    there is none), ``share`` of the borough's number, ``low, high`` the range of `value`, ``against`` how a rate
    or score compares with the borough's: ``higher``, ``lower``, ``similar``, empty for counts.

    Raises
    ------
    UnknownNameError
        When the pack has no such measure under the baseline.
    """
    ranges = area_ranges(pack, indicator, baseline, level)
    areas = pack.wards if level == "ward" else pack.lsoas
    own = ranges.loc[areas.index]
    number = _values(pack, _count(indicator), baseline, level) if indicator.measure else np.nan
    whole = float(group_values(pack, _count(indicator), baseline)["borough"]) if indicator.measure else np.nan
    per = indicator.per or _known_per(pack, indicator, baseline)
    rate = _values(pack, replace(_count(indicator), per=per), baseline, level) if per else np.nan
    table = pd.DataFrame(
        {
            "name": areas["name"],
            "ward_name": areas["name"] if level == "ward" else areas["ward"].map(pack.wards["name"]),
            "group": np.where(areas["target"], "target", "rest"),
            "value": own["value"],
            "number": number,
            "rate": rate,
            "share": np.round(number / whole, SHARE_DECIMALS),
            "low": own["low"],
            "high": own["high"],
            "against": _against(pack, indicator, baseline, own),
            "rank": ranks(own["value"]),
            "status": own["status"],
        },
        index=areas.index.rename("code"),
    )
    return ShownFrame(table.sort_values(["value", "name"], ascending=[False, True]))


def leading(table: ShownFrame) -> ShownFrame:
    """Return the rows that may be the highest, the highest first: one, or those too close to call.

    Parameters
    ----------
    table
        From :func:`area_table`.

    Returns
    -------
    Its first rows, down to the last whose range overlaps that of the first.
    """
    first = table.iloc[0]
    close = overlap(table["low"], table["high"], first["low"], first["high"])
    return ShownFrame(table.iloc[: int(np.flatnonzero(close)[-1]) + 1])


def _count(indicator: Indicator) -> Indicator:
    return replace(indicator, per="")


def _known_per(pack: AreaPack, indicator: Indicator, baseline: str) -> str:
    per = PER.get(indicator.name, "")
    return per if per and per in pack.measure_names(baseline) else ""


def _values(pack: AreaPack, indicator: Indicator, baseline: str, level: str) -> pd.Series:
    return ward_values(pack, indicator, baseline) if level == "ward" else lsoa_values(pack, indicator, baseline)


def _against(pack: AreaPack, indicator: Indicator, baseline: str, own: pd.DataFrame) -> "pd.Series[str] | str":
    if indicator.kind == "count":
        return ""
    borough = area_ranges(pack, indicator, baseline).loc[["borough"]]
    return against(pd.concat([own, borough])).loc[own.index]
