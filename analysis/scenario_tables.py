"""Before and after in figures: one row for each area and measure, counted in people.

All counts are sums over demand points, so one small matrix product adds them up by area; groups of wards are sums of
wards. Below ward level the table is under disclosure control, and a change is worked out from protected counts alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from analysis.disclosure import (
    SMALLEST_COUNT,
    few_of_some_measure,
    protect_difference,
    protect_part_for_all,
    protect_parts,
    protect_reach,
    protect_share,
    protect_totals,
    small_area_threshold,
    smallest_totals,
)
from analysis.reach import GROUPS, group_masks
from geo.errors import UnknownNameError
from geo.pack import AreaPack

LEVELS = ("ward", "lsoa", "group")
# A journey that gets shorter or longer by less than this is taken as unchanged.
NOTICED_S = 60.0
Floats = npt.NDArray[np.float64]
Seconds = npt.NDArray[np.float32]
SUMS = (
    "total",
    "reached_before",
    "reached_after",
    "newly_reached",
    "no_longer_reached",
    "by_session_only",
    "gain",
    "lose",
    "connected",
    "cut_off",
    "minutes_saved",
    "timed",
)
_PARTS = (
    "reached_before",
    "reached_after",
    "newly_reached",
    "no_longer_reached",
    "by_session_only",
    "gain",
    "lose",
    "connected",
    "cut_off",
)


@dataclass(frozen=True, eq=False)
class Counts:
    """The people of one baseline at the demand points of a pack, ready to be added up by area.

    Attributes
    ----------
    pack, baseline
        What is counted.
    measures
        Names of the measures, ``k`` of them.
    people
        ``(n_demand, k)``.
    """

    pack: AreaPack
    baseline: str
    measures: tuple[str, ...]
    people: Floats

    @classmethod
    def of(cls, pack: AreaPack, baseline: str, measures: Sequence[str]) -> "Counts":
        """Count those of `measures` that the baseline has; `UnknownNameError` for an unknown baseline or for none."""
        kept = [name for name in measures if name in pack.measure_names(baseline)]
        if not kept:
            raise UnknownNameError(
                f"measure under baseline {baseline!r}", ", ".join(measures), pack.measure_names(baseline)
            )
        return cls(pack, baseline, tuple(kept), np.column_stack([pack.measure(name, baseline) for name in kept]))

    def areas(self, level: str) -> pd.DataFrame:
        """Areas of a level, index ``code``: ``name`` and ``group``; groups name themselves."""
        match level:
            case "ward":
                return self._wards
            case "lsoa":
                return self._lsoas
            case "group":
                return self._groups
        raise UnknownNameError("level", level, list(LEVELS))

    def membership(self, level: str) -> csr_array:
        """Which demand points lie in which area, ``(n_areas, n_demand)`` of 0 and 1; unknown level as `areas`."""
        self.areas(level)
        return {"ward": self._in_wards, "lsoa": self._in_lsoas, "group": self._in_groups}[level]

    @cached_property
    def _wards(self) -> pd.DataFrame:
        return _named(self.pack.wards)

    @cached_property
    def _lsoas(self) -> pd.DataFrame:
        return _named(self.pack.lsoas)

    @cached_property
    def _groups(self) -> pd.DataFrame:
        return pd.DataFrame({"name": list(GROUPS), "group": list(GROUPS)}, index=pd.Index(GROUPS, name="code"))

    @cached_property
    def shown_totals(self) -> Floats:
        """``(n_measures × n_lsoas,)`` totals of small areas under disclosure control, measure by measure."""
        totals = self._in_lsoas @ self.people
        ward = self.pack.lsoas["ward"]
        parts = [protect_totals(pd.Series(totals[:, k], index=self._lsoas.index), ward) for k in range(totals.shape[1])]
        return np.concatenate([part.to_numpy(np.float64) for part in parts])

    @cached_property
    def smallest(self) -> Floats:
        """``(n_measures × n_lsoas,)`` smallest total of each small area under any measure, once for each measure."""
        smallest = smallest_totals(self.pack.measures).reindex(self._lsoas.index).to_numpy(np.float64)
        return np.tile(smallest, len(self.measures))

    @cached_property
    def _in_wards(self) -> csr_array:
        return _inside(self.pack.demand["ward"], self._wards.index)

    @cached_property
    def _in_lsoas(self) -> csr_array:
        return _inside(self.pack.demand["lsoa"], self._lsoas.index)

    @cached_property
    def _in_groups(self) -> csr_array:
        masks = group_masks(self.pack)
        return csr_array(np.array([masks[group] for group in GROUPS], dtype=np.float64))


def change_table(
    counts: Counts,
    level: str,
    before_s: Seconds,
    after_s: Seconds,
    within_min: float,
    *,
    always_s: Seconds | None = None,
) -> pd.DataFrame:
    """Compare two sets of times by area and measure.

    Parameters
    ----------
    counts
        Who is counted.
    level
        ``"ward"``, ``"lsoa"`` (under disclosure control) or ``"group"``.
    before_s, after_s
        ``(n_demand,)`` seconds to the nearest site before and after; ``inf`` where there is none.
    within_min
        Threshold in minutes.
    always_s
        ``(n_demand,)`` seconds after to the nearest site that is not a session only; `after_s` when left out.

    Returns
    -------
    One row an area and measure: ``measure, code, name, group``; people: ``total, reached_before, reached_after,
    change, newly_reached, no_longer_reached, by_session_only`` (reached after, by sessions alone), ``gain, lose``
    (whose journey is shorter or longer by a minute or more), ``connected, cut_off`` (who reach a site at all only
    after, or only before); ``share_before, share_after``; ``minutes_saved`` (sum over people who have a journey both
    times, one way; negative where journeys get longer) and ``minutes_saved_each`` (over those people).
    """
    flags = _flags(before_s, after_s, after_s if always_s is None else always_s, within_min * 60.0)
    # (n_demand, n_sums × k): every sum of every measure in one product.
    spread = (flags[:, :, None] * counts.people[:, None, :]).reshape(len(flags), -1)
    sums = (counts.membership(level) @ spread).reshape(-1, len(SUMS), len(counts.measures))
    areas = counts.areas(level)
    n_areas, k = len(areas), len(counts.measures)
    columns: dict[str, object] = {
        "measure": np.repeat(counts.measures, n_areas),
        "code": np.tile(areas.index.to_numpy(), k),
        "name": np.tile(areas["name"].to_numpy(), k),
        "group": np.tile(areas["group"].to_numpy(), k),
    }
    values: Mapping[str, Floats] = {name: sums[:, i, :].T.ravel() for i, name in enumerate(SUMS)}
    with np.errstate(invalid="ignore", divide="ignore"):
        columns |= {
            **values,
            "change": values["reached_after"] - values["reached_before"],
            "share_before": values["reached_before"] / values["total"],
            "share_after": values["reached_after"] / values["total"],
            "minutes_saved_each": values["minutes_saved"] / values["timed"],
        }
    del columns["timed"]
    table = pd.DataFrame(columns)
    return _protected(table, counts, within_min) if level == "lsoa" else table


def _flags(before_s: Seconds, after_s: Seconds, always_s: Seconds, within_s: float) -> Floats:
    """``(n_demand, n_sums)``: what each person at a point adds to each of `SUMS`."""
    had, has = np.isfinite(before_s), np.isfinite(after_s)
    both = had & has
    was_in, is_in = before_s <= within_s, after_s <= within_s
    saved_s = np.zeros(len(before_s))
    np.subtract(before_s, after_s, out=saved_s, where=both, dtype=np.float64)
    return np.column_stack(
        [
            np.ones(len(before_s)),
            was_in,
            is_in,
            is_in & ~was_in,
            was_in & ~is_in,
            is_in & ~(always_s <= within_s),
            (saved_s >= NOTICED_S) | (has & ~had),
            (saved_s <= -NOTICED_S) | (had & ~has),
            has & ~had,
            had & ~has,
            saved_s / 60.0,
            both,
        ]
    )


def shown_table(table: pd.DataFrame, counts: Counts, level: str) -> pd.DataFrame:
    """Put a table of wards or groups under disclosure control, for a page, a file or a reader.

    Parameters
    ----------
    table
        From :func:`change_table`; one of small areas is under control already and is returned as it is.
    counts, level
        As for :func:`change_table`.

    Returns
    -------
    A copy: totals whole, parts to the nearest 5 (see :func:`analysis.disclosure.protect_parts`), shares and changes
    worked out from those, minutes to one decimal; the sum of minutes is to the nearest hundred.
    """
    counts.areas(level)
    if level == "lsoa":
        return table
    shown = table.copy()
    shown["total"] = table["total"].round()
    for column in _PARTS:
        shown[column] = protect_parts(table[column], table["total"])
    for when in ("before", "after"):
        shown[f"share_{when}"] = protect_share(table[f"share_{when}"], table["total"])
    shown["change"] = protect_difference(shown["reached_after"], shown["reached_before"])
    shown["minutes_saved_each"] = table["minutes_saved_each"].round(1)
    shown["minutes_saved"] = table["minutes_saved"].round(-2)
    return shown


def _protected(table: pd.DataFrame, counts: Counts, within_min: float) -> pd.DataFrame:
    """Put a table of small areas under disclosure control.

    Each side is protected as a table of reach is: by one share for all measures, hidden for all of them or for none.
    Where some people but under five, by whichever measure, cross the threshold either way, what comes after is hidden
    with the change, since with the count before it would give them away; and no change is shown of a count that is not.
    """
    small_area_threshold(within_min)
    shown = table.copy()
    shown["total"] = counts.shown_totals
    hidden = shown["total"].isna()
    few = np.zeros(len(table), dtype=bool)
    for crossing in ("newly_reached", "no_longer_reached"):
        share = (table[crossing] / table["total"].where(table["total"] > 0)).fillna(0.0)
        few |= few_of_some_measure(share, counts.smallest)
    for when in ("before", "after"):
        side = pd.DataFrame(
            {
                "total": table["total"],
                "reached": table[f"reached_{when}"],
                "share": table[f"share_{when}"],
                "unreached": 0.0,
                "median_min": np.nan,
                "p90_min": np.nan,
            }
        )
        safe = protect_reach(side, counts.smallest)
        # A count over its share would give away a total that is hidden for another's sake.
        shown[f"reached_{when}"] = safe["reached"].mask(hidden)
        shown[f"share_{when}"] = safe["share"].mask(hidden)
    shown.loc[few, ["reached_after", "share_after"]] = np.nan
    shown["change"] = protect_difference(shown["reached_after"], shown["reached_before"])
    for column in _PARTS[2:]:
        shown[column] = protect_part_for_all(table[column], table["total"], shown["total"], counts.smallest)
    shown.loc[shown["change"].isna(), ["newly_reached", "no_longer_reached"]] = np.nan
    shown["minutes_saved_each"] = table["minutes_saved_each"].round().where(table["total"] >= SMALLEST_COUNT)
    # The sum of minutes over a few people, over its mean, would count them.
    shown["minutes_saved"] = np.nan
    return shown


def _named(areas: pd.DataFrame) -> pd.DataFrame:
    named = pd.DataFrame({"name": areas["name"].astype(str), "group": np.where(areas["target"], "target", "rest")})
    named.index = pd.Index(areas.index.astype(str), name="code")
    return named


def _inside(codes: pd.Series, areas: pd.Index) -> csr_array:
    row = areas.get_indexer(pd.Index(codes))
    inside = np.flatnonzero(row >= 0)
    return csr_array((np.ones(len(inside)), (row[inside], inside)), shape=(len(areas), len(codes)))
