"""Before-and-after comparison of reach: one row for each area and measure, in people.

All counts are sums over demand points, so one small matrix product adds them up by area; groups of wards are sums of
wards. :func:`change_table` gives true figures, to calculate with, and :func:`shown_table` those that may be shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from analysis.reach.reach import group_masks, groups_of
from analysis.scenario.assignment import shown_placed
from analysis.scenario.sessions import SessionReach
from analysis.shown import ShownFrame, shown_change, shown_parts, shown_shares, shown_totals
from geo.errors import UnknownNameError
from geo.pack import AreaPack

LEVELS = ("ward", "lsoa", "group")
# A journey that gets shorter or longer by less than this counts as unchanged.
NOTICED_S = 60.0
Floats = npt.NDArray[np.float64]
Seconds = npt.NDArray[np.float32]
SUMS = (
    "total",
    "reached_before",
    "reached_after",
    "newly_reached",
    "no_longer_reached",
    "gain",
    "lose",
    "connected",
    "cut_off",
    "minutes_saved",
    "timed",
)
# Counted apart: a session is not a site that is open all week. It has room for `by_session_only` of those near it.
SESSIONS = ("near_session_only", "by_session_only")
_PARTS = (
    "reached_before",
    "reached_after",
    "newly_reached",
    "no_longer_reached",
    "gain",
    "lose",
    "connected",
    "cut_off",
    *SESSIONS,
)


_CROSSINGS = ("newly_reached", "no_longer_reached")


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
        """Count those of `measures` that the baseline has; `UnknownNameError` if it is unknown or has none of them."""
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
        groups = list(groups_of(self.pack))
        return pd.DataFrame({"name": groups, "group": groups}, index=pd.Index(groups, name="code"))

    def totals_shown(self, level: str) -> Floats:
        """``(n_measures × n_areas,)`` totals of the areas of a level as shown, measure by measure; made once."""
        if level not in self._shown:
            totals = self.membership(level) @ self.people
            areas = self.areas(level).index
            columns = [
                shown_totals(self.pack, name, self.baseline, pd.Series(totals[:, k], index=areas)).to_numpy(np.float64)
                for k, name in enumerate(self.measures)
            ]
            self._shown[level] = np.concatenate(columns)
        return self._shown[level]

    @cached_property
    def _shown(self) -> dict[str, Floats]:
        return {}

    @cached_property
    def _in_wards(self) -> csr_array:
        return _inside(self.pack.demand["ward"], self._wards.index)

    @cached_property
    def _in_lsoas(self) -> csr_array:
        return _inside(self.pack.demand["lsoa"], self._lsoas.index)

    @cached_property
    def _in_groups(self) -> csr_array:
        masks = group_masks(self.pack)
        return csr_array(np.array(list(masks.values()), dtype=np.float64))


def change_table(
    counts: Counts,
    level: str,
    before_s: Seconds,
    after_s: Seconds,
    within_min: float,
    *,
    sessions: SessionReach | None = None,
) -> pd.DataFrame:
    """Compare two sets of times by area and measure.

    Parameters
    ----------
    counts
        Who is counted.
    level
        ``"ward"``, ``"lsoa"`` or ``"group"``.
    before_s, after_s
        ``(n_demand,)`` seconds to the nearest site that is open all week, before and after; ``inf`` where there is
        none.
    within_min
        Threshold in minutes.
    sessions
        Who can reach only a session, after; nobody when left out.

    Returns
    -------
    One row an area and measure: ``measure, code, name, group``. People, all of sites that are open all week: ``total,
    reached_before, reached_after, change, newly_reached, no_longer_reached, gain, lose`` (whose journey is shorter or
    longer by a minute or more), ``connected, cut_off`` (who reach a site at all only after, or only before). People
    who are in none of these: ``near_session_only`` (within reach of a session and of no such site, after) and
    ``by_session_only`` (those of them whom the sessions have room for); ``session_places`` (capacity of all sessions
    together in an average week, the same in each row). Then ``share_before, share_after``;
    ``minutes_saved`` (sum over people who have a journey both times, one way; negative where journeys get longer) and
    ``minutes_saved_each`` (over those people).
    """
    flags = _flags(before_s, after_s, within_min * 60.0)
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
    values: dict[str, Floats] = {name: sums[:, i, :].T.ravel() for i, name in enumerate(SUMS)}
    apart_of = (None, None) if sessions is None else (sessions.near, sessions.placed)
    for name, apart in zip(SESSIONS, apart_of, strict=True):
        held = np.zeros((n_areas, k)) if apart is None else counts.membership(level) @ apart
        values[name] = held.T.ravel()
    values["session_places"] = np.full(n_areas * k, 0.0 if sessions is None else sessions.capacity)
    with np.errstate(invalid="ignore", divide="ignore"):
        columns |= {
            **values,
            "change": values["reached_after"] - values["reached_before"],
            "share_before": values["reached_before"] / values["total"],
            "share_after": values["reached_after"] / values["total"],
            "minutes_saved_each": values["minutes_saved"] / values["timed"],
        }
    del columns["timed"]
    return pd.DataFrame(columns)


def _flags(before_s: Seconds, after_s: Seconds, within_s: float) -> Floats:
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
            (saved_s >= NOTICED_S) | (has & ~had),
            (saved_s <= -NOTICED_S) | (had & ~has),
            has & ~had,
            had & ~has,
            saved_s / 60.0,
            both,
        ]
    )


def shown_table(table: pd.DataFrame, counts: Counts, level: str) -> ShownFrame:
    """Return a before-and-after table in shown figures.

    Parameters
    ----------
    table
        From :func:`change_table`, all of its rows in their order, or several such tables one after the other.
    counts, level
        As for :func:`change_table`.

    Returns
    -------
    A copy: counts, shares and changes as in :mod:`analysis.shown`, minutes to one decimal; the sum of minutes is to the
    nearest hundred. Where nobody loses reach, those newly within reach are the change, so that the two agree; so are
    those no longer within reach where nobody gains.
    """
    shown = table.copy()
    totals = counts.totals_shown(level)
    shown["total"] = np.tile(totals, len(table) // len(totals))
    for column in _PARTS:
        shown[column] = shown_parts(table[column], table["total"], shown["total"])
    for when in ("before", "after"):
        shown[f"share_{when}"] = shown_shares(shown[f"reached_{when}"], shown["total"])
    shown["change"] = shown_change(shown["reached_after"], shown["reached_before"])
    newly, lost = agree_one_way(
        *(shown[name].to_numpy(np.float64) for name in ("reached_before", "reached_after", *_CROSSINGS))
    )
    shown = shown.assign(newly_reached=newly, no_longer_reached=lost)
    shown["minutes_saved_each"] = table["minutes_saved_each"].round(1)
    shown["minutes_saved"] = table["minutes_saved"].round(-2)
    shown["by_session_only"] = shown_placed(shown["by_session_only"], table["by_session_only"], table["session_places"])
    return ShownFrame(shown)


def agree_one_way(before: Floats, after: Floats, newly: Floats, lost: Floats) -> tuple[Floats, Floats]:
    """Make the newly reached equal the change where nobody loses reach, and those who lose it where nobody gains.

    Parameters
    ----------
    before, after, newly, lost
        ``(n,)`` shown counts. Each was rounded alone, so that without this "1,640 before, 2,000 after, 355 more" might
        appear.

    Returns
    -------
    The last two, ``(n,)`` each.
    """
    change = shown_change(after, before)
    gained = np.where((lost == 0) & (newly > 0) & (change > 0), change, newly)
    dropped = np.where((newly == 0) & (lost > 0) & (change < 0), -change, lost)
    return gained, dropped


def _named(areas: pd.DataFrame) -> pd.DataFrame:
    named = pd.DataFrame({"name": areas["name"].astype(str), "group": np.where(areas["target"], "target", "rest")})
    named.index = pd.Index(areas.index.astype(str), name="code")
    return named


def _inside(codes: pd.Series, areas: pd.Index) -> csr_array:
    row = areas.get_indexer(pd.Index(codes))
    inside = np.flatnonzero(row >= 0)
    return csr_array((np.ones(len(inside)), (row[inside], inside)), shape=(len(areas), len(codes)))
