"""Change of access over time: GP practices of an earlier year against those of now, for every home.

Both are measured on the same streets at the same speed, so a difference in time is a difference in where practices
are. A home has lost access when a practice was within its threshold then and none is now. The loss is attributed to
the practice that was nearest then, if no practice is now at or near its position. A practice is identified by
its code: ``ods2019-F81684`` and ``ods-F81684`` are the same one, which may have moved.

The lists name the main site of each practice. A surgery that is now a branch of another practice is not in the list any
more and looks closed here; say so where it is shown.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.gaps.gaps import totals_by_area
from analysis.reach.rollup import Roll
from analysis.shown import ShownFrame, shown_counts
from analysis.travel.access import Access

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

BEFORE, NOW = "gp_practice_before", "gp_practice"
NEAR_M = 150.0
FATES = ("open", "site in use", "moved", "closed")


@dataclass(frozen=True, eq=False)
class Change:
    """Times to the nearest service then and now.

    Attributes
    ----------
    before_s, now_s
        ``(n_demand,)`` seconds; ``inf`` where none is reached.
    before_site
        ``(n_demand,)`` row of `fates` that was nearest then; -1 where none was.
    threshold_min
        Minutes within which a service counts as reached.
    fates
        The services of then, index id: ``code, name, easting, northing, ward, fate``. ``open``: the same code at or
        near the same position; ``site in use``: another code there; ``moved``: the same code elsewhere; ``closed``:
        neither.
    """

    before_s: Floats
    now_s: Floats
    before_site: Ints
    threshold_min: float
    fates: pd.DataFrame

    @property
    def longer_s(self) -> Floats:
        """``(n_demand,)`` seconds more than then; negative where it is nearer now, 0 where neither is reached."""
        both = np.isinf(self.before_s) & np.isinf(self.now_s)
        with np.errstate(invalid="ignore"):
            return np.where(both, 0.0, self.now_s - self.before_s)

    @property
    def lost(self) -> npt.NDArray[np.bool_]:
        """``(n_demand,)`` within the threshold then, not now; the test is ``<=`` on seconds."""
        limit_s = self.threshold_min * 60.0
        lost: npt.NDArray[np.bool_] = (self.before_s <= limit_s) & ~(self.now_s <= limit_s)
        return lost

    @property
    def gained(self) -> npt.NDArray[np.bool_]:
        """``(n_demand,)`` within the threshold now, not then."""
        limit_s = self.threshold_min * 60.0
        gained: npt.NDArray[np.bool_] = ~(self.before_s <= limit_s) & (self.now_s <= limit_s)
        return gained


def change(
    access: Access,
    *,
    threshold_min: float,
    before: str = BEFORE,
    now: str = NOW,
    near_m: float = NEAR_M,
) -> Change:
    """Measure the services of then and of now on the same streets.

    Parameters
    ----------
    access
        Area and mode.
    threshold_min
        Minutes within which a service counts as reached.
    before, now
        Categories.
    near_m
        A service within this distance, metres, counts as at the same site: postcodes of one street differ by less.

    Raises
    ------
    UnknownNameError
        When a category is unknown.
    """
    then, today = access.pack.services_of(before), access.pack.services_of(now)
    times = [_times(access, services) for services in (then, today)]
    code, code_today = (rows.index.to_series().str.rpartition("-")[2].to_numpy() for rows in (then, today))
    apart_m = np.hypot(
        *(then[axis].to_numpy()[:, None] - today[axis].to_numpy()[None, :] for axis in ("easting", "northing"))
    )
    here = apart_m <= near_m
    same = code[:, None] == code_today[None, :]
    fate = np.select([(here & same).any(axis=1), here.any(axis=1), same.any(axis=1)], FATES[:3], default=FATES[3])
    fates = then[["name", "easting", "northing", "ward"]].assign(code=code, fate=fate)
    return Change(times[0][0], times[1][0], times[0][1], threshold_min, fates)


def _times(access: Access, services: pd.DataFrame) -> tuple[Floats, Ints]:
    sites = access.snap(services[["easting", "northing"]].to_numpy(np.float64))
    times = access.between(access.homes, sites)
    return times.nearest_s.astype(np.float64), times.nearest_site


def change_by_ward(access: Access, found: Change, *, measure: str, baseline: str) -> ShownFrame:
    """Compare access then and now, by ward and group.

    Returns
    -------
    Index ``code``; ``name, before_min, now_min`` (medians), ``longer_min`` (mean minutes more, over all people),
    ``share_before, share_now`` (within the threshold), ``lost, gained`` (people); shares and people are
    as shown (:mod:`analysis.shown`).
    """
    roll = Roll.of(access.pack, measure, baseline)
    values = np.stack([found.before_s, found.now_s])
    minutes = roll.quantiles(values, (0.5,))[:, :, 0] / 60.0
    within = roll.within(values, np.full((2, 1), found.threshold_min * 60.0))[:, :, 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        longer_min = (roll.inside * roll.people) @ found.longer_s / roll.totals / 60.0
    totals = totals_by_area(access.pack, measure=measure, baseline=baseline)
    codes = totals.true.index
    table = pd.DataFrame(
        {
            "name": roll.names,
            "before_min": minutes[0],
            "now_min": minutes[1],
            "longer_min": longer_min,
            "share_before": totals.shares(within[0], codes),
            "share_now": totals.shares(within[1], codes),
        },
        index=pd.Index(roll.keys, name="code"),
    )
    for name, homes in (("lost", found.lost), ("gained", found.gained)):
        table[name] = totals.parts(roll.inside @ (roll.people * homes), codes)
    return ShownFrame(table)


def closures(access: Access, found: Change, *, measure: str, baseline: str) -> ShownFrame:
    """List the services that have closed or moved, with the people who lost access by it.

    Returns
    -------
    Index id of each service of then that has closed or moved; ``code, name, ward, fate``; of the people for whom it
    was the nearest: ``served`` (all of them), ``lost`` (now beyond the threshold), both as shown;
    ``before_min, now_min`` (their median minutes), ``longer_min`` (mean minutes more). Services by which most people
    lost access come first.
    """
    people = access.pack.measure(measure, baseline)
    gone = np.flatnonzero(found.fates["fate"].isin(["closed", "moved"]).to_numpy())
    inside = found.before_site[None, :] == gone[:, None]
    keys = tuple(str(at) for at in gone)
    roll = Roll((*keys,), keys, inside, people)
    minutes = roll.quantiles(np.stack([found.before_s, found.now_s]), (0.5,))[:, :, 0] / 60.0
    served = inside @ people
    with np.errstate(invalid="ignore", divide="ignore"):
        longer_min = (inside * people) @ found.longer_s / served / 60.0
    lost = inside @ (people * found.lost)
    table = found.fates.iloc[gone][["code", "name", "ward", "fate"]].assign(
        served=shown_counts(served),
        lost=shown_counts(lost),
        before_min=minutes[0],
        now_min=minutes[1],
        longer_min=longer_min,
    )
    order = np.lexsort((table.index.to_numpy(dtype=str), -table["served"], -table["lost"]))
    return ShownFrame(table.iloc[order])
