"""Reach (cumulative opportunities): how many people have a travel time of at most a threshold (impedance cut-off).

It is *can reach*, never *attends*. The test is ``<=`` on seconds, before any rounding, and every roll-up counts
people, never points or areas. Cumulative-opportunity access of this kind is set out in Geurs and van Wee 2004
(https://doi.org/10.1016/j.jtrangeo.2003.10.005).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.reach.quantiles import weighted_quantiles
from analysis.shown import ShownFrame, shown_parts, shown_shares, shown_totals
from geo.errors import InputError, UnknownNameError
from geo.pack import AreaPack

LEVELS = ("ward", "lsoa")
GROUPS = ("target", "rest", "borough")
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Reach:
    """Reach of one measure within one threshold, as shown.

    Attributes
    ----------
    rows
        One row an area, index ``code``: ``name``, ``group`` (target or rest), ``total``, ``reached``, ``share`` (NaN
        where nobody lives), ``median_min`` and ``p90_min`` (weighted by people, to the tenth; ``inf`` where that person
        reaches none), ``unreached`` (people for whom no site is reached at all). Counts and shares are those of
        :mod:`analysis.shown`.
    groups
        The same columns for each of :func:`groups_of`.
    """

    rows: ShownFrame
    groups: ShownFrame


@dataclass(frozen=True, eq=False)
class ReachCounts:
    """Reach of one measure within one threshold, in unrounded figures: to calculate with, not to show.

    Attributes
    ----------
    pack, measure, baseline
        Who is counted.
    rows, groups
        As for :class:`Reach`, unrounded.
    """

    pack: AreaPack
    measure: str
    baseline: str
    rows: pd.DataFrame
    groups: pd.DataFrame

    def shown(self) -> Reach:
        """Return the same figures as pages, files and reports may carry them."""
        return Reach(self._shown(self.rows), self._shown(self.groups))

    def _shown(self, rows: pd.DataFrame) -> ShownFrame:
        total = shown_totals(self.pack, self.measure, self.baseline, rows["total"])
        reached, unreached = (shown_parts(rows[name], rows["total"], total) for name in ("reached", "unreached"))
        return ShownFrame(
            rows.assign(
                total=total,
                reached=reached,
                share=shown_shares(reached, total),
                median_min=rows["median_min"].round(1),
                p90_min=rows["p90_min"].round(1),
                unreached=unreached,
            )
        )


def reach(
    pack: AreaPack,
    nearest_s: npt.ArrayLike,
    *,
    measure: str,
    baseline: str,
    within_min: float,
    by: str = "ward",
) -> Reach:
    """Count the people within a threshold, by area and by group of wards, as shown; see :func:`count_reach`."""
    return count_reach(pack, nearest_s, measure=measure, baseline=baseline, within_min=within_min, by=by).shown()


def count_reach(
    pack: AreaPack,
    nearest_s: npt.ArrayLike,
    *,
    measure: str,
    baseline: str,
    within_min: float,
    by: str = "ward",
) -> ReachCounts:
    """Count the people within a threshold, by area and by group of wards.

    Parameters
    ----------
    pack
        The area.
    nearest_s
        ``(n_demand,)`` seconds from each demand point, from :func:`analysis.travel.times.travel_times`.
    measure, baseline
        Who is counted.
    within_min
        Threshold in minutes, 0 or more.
    by
        ``"ward"`` or ``"lsoa"``.

    Raises
    ------
    InputError
        When the threshold is negative, or the times do not fit the pack.
    UnknownNameError
        When the measure, baseline or level is unknown.
    """
    if by not in LEVELS:
        raise UnknownNameError("level", by, list(LEVELS))
    seconds = _checked(pack, nearest_s, within_min)
    people = pack.measure(measure, baseline)
    names = pack.wards["name"] if by == "ward" else pack.lsoas["name"]
    target = pack.wards["target"] if by == "ward" else pack.lsoas["target"]
    rows = summaries(people, seconds, within_min * 60.0, pack.homes_in(by))
    rows.insert(0, "name", names.astype(str))
    rows.insert(1, "group", np.where(target, "target", "rest"))
    rows.index.name = "code"
    groups = summaries(people, seconds, within_min * 60.0, group_masks(pack))
    groups.index.name = "group"
    return ReachCounts(pack, measure, baseline, rows, groups)


def reach_curve(
    pack: AreaPack,
    nearest_s: npt.ArrayLike,
    *,
    measure: str,
    baseline: str,
    minutes: Sequence[float] = tuple(range(61)),
) -> ShownFrame:
    """Share of people within each threshold, as shown, for each of :func:`groups_of`.

    Returns
    -------
    Long frame ``group, minutes, share``; never falling along the minutes. Errors as for :func:`reach`.
    """
    seconds = _checked(pack, nearest_s, min(minutes))
    people = pack.measure(measure, baseline)
    limits_s = np.asarray(minutes, dtype=np.float64) * 60.0
    parts = []
    for group, inside in group_masks(pack).items():
        order = np.argsort(seconds[inside], kind="stable")
        running = np.concatenate([[0.0], np.cumsum(people[inside][order])])
        within = running[np.searchsorted(seconds[inside][order], limits_s, side="right")]
        total = running[-1]
        of = float(shown_totals(pack, measure, baseline, pd.Series([total], index=[group])).iloc[0])
        share = shown_shares(shown_parts(within, total, of), of)
        parts.append(pd.DataFrame({"group": group, "minutes": list(minutes), "share": share}))
    return ShownFrame(pd.concat(parts, ignore_index=True))


def groups_of(pack: AreaPack) -> tuple[str, ...]:
    """Return the groups that there are: without target wards, or without others, the borough alone.

    A group that does not exist has no row anywhere. The other group would then be the whole borough, so it has none
    either.
    """
    return GROUPS if 0 < len(pack.target_wards) < len(pack.wards) else ("borough",)


def group_labels(pack: AreaPack) -> dict[str, str]:
    """Name the groups among the names of wards, by code, as the area calls them: the borough by its own name."""
    named = pack.manifest.particulars.group_words
    return {code: f"{words[:1].upper()}{words[1:]}" for code, words in named.items()} | {"borough": str(pack.name)}


def main_group(pack: AreaPack) -> str:
    """Return the group that a plan is about: the target wards, or the borough where there are none."""
    return groups_of(pack)[0]


def group_masks(pack: AreaPack) -> dict[str, npt.NDArray[np.bool_]]:
    """Which demand points, ``(n_demand,)``, belong to each of the groups that there are."""
    in_target = np.zeros(len(pack.demand), dtype=bool)
    for ward in pack.target_wards:
        in_target |= pack.homes_in("ward")[ward]
    masks = {"target": in_target, "rest": ~in_target, "borough": np.ones(len(in_target), dtype=bool)}
    return {group: masks[group] for group in groups_of(pack)}


def _checked(pack: AreaPack, nearest_s: npt.ArrayLike, within_min: float) -> Floats:
    seconds = np.asarray(nearest_s, dtype=np.float64)
    if seconds.shape != (len(pack.demand),):
        raise InputError(f"{seconds.shape} times were given for {len(pack.demand)} demand points")
    if np.isnan(seconds).any():
        raise InputError("a travel time is not a number: an unreached point must be inf")
    if not 0 <= within_min < np.inf:
        raise InputError(f"a threshold of {within_min} minutes makes no sense: give 0 or more")
    return seconds


def summaries(
    people: Floats, seconds: Floats, within_s: float, masks: Mapping[Any, npt.NDArray[np.bool_]]
) -> pd.DataFrame:
    """Sum up the people in each of some parts: the columns of :class:`ReachCounts`, one row a key of `masks`.

    Parameters
    ----------
    people, seconds
        ``(n,)`` people at each home, and seconds from it; ``inf`` where nothing is reached.
    within_s
        Threshold in seconds; a time equal to it counts.
    masks
        Which homes, ``(n,)``, belong to each part.
    """
    rows = {}
    for key, inside in masks.items():
        weight, time_s = people[inside], seconds[inside]
        total, reached = float(weight.sum()), float(weight[time_s <= within_s].sum())
        median_s, p90_s = weighted_quantiles(time_s, weight, (0.5, 0.9))
        rows[key] = {
            "total": total,
            "reached": reached,
            "share": reached / total if total else np.nan,
            "median_min": median_s / 60.0,
            "p90_min": p90_s / 60.0,
            "unreached": float(weight[np.isinf(time_s)].sum()),
        }
    return pd.DataFrame.from_dict(rows, orient="index")
