"""The effect of a scenario (before and after) on reach; only what an edit changes is worked out again.

A :class:`Lab` is made once for an area and can work out any number of scenarios. It keeps the travel times to every
site for which it has searched, so that an edit that opens, moves or closes a site needs one search at most, and an edit
of what a site offers, or of its capacity, needs none. A new link, a change of the
timetable or another speed changes all travel times, so for these everything is worked out again once, then kept.

A speed is an assumption, not a change to the area: the baseline uses the scenario's speed too, so that the difference
between before and after comes from the plan alone.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import cached_property
from threading import RLock

import numpy as np
import pandas as pd

from analysis.scenario.links import LinkedStreets
from analysis.scenario.routes import Routes, planned_timetable
from analysis.scenario.scenario import MEASURES, Scenario
from analysis.scenario.sessions import SessionReach, sessions_among
from analysis.scenario.sites import Applied, Ground, Link, apply, outcomes_of
from analysis.scenario.tables import Counts, Floats, Seconds, change_table, shown_table
from analysis.scenario.times import SiteTimes
from analysis.shown import ShownFrame
from analysis.travel.access import Access
from analysis.travel.prepared import limits_of, rides_of, stops_of
from analysis.travel.times import TravelTimes
from analysis.travel.transit import Transit, timing_of
from geo.network.modes import Mode
from geo.network.network import ModeNetwork
from geo.pack import AreaPack
from geo.timetable.day import example_date

# Networks with links or speeds of their own take some 10 MB each.
_KEPT_NETWORKS = 6
# A page, its buttons and its reports need the same plan; a comparison needs a few.
_KEPT_EFFECTS = 24


@dataclass(frozen=True, eq=False)
class Effect:
    """What a scenario changes, before and after.

    Attributes
    ----------
    scenario
        The scenario.
    counts
        Who is counted, and where.
    before, after
        Sites, links and mode of the baseline, and those with the scenario; mode and speed are the same in both.
    before_times, after_times
        Times by site on the network before and after: the same object unless the scenario adds a link or, by timetable,
        changes a route.
    before_s, after_s
        ``(n_demand,)`` seconds to the nearest site that is open all week; ``inf`` where there is none.
    sessions
        Who can reach a session alone, after; all 0 without a session.
    """

    scenario: Scenario
    counts: Counts
    before: Applied
    after: Applied
    before_times: SiteTimes
    after_times: SiteTimes
    before_s: Seconds
    after_s: Seconds
    sessions: SessionReach

    def table(self, level: str = "ward") -> pd.DataFrame:
        """Compare before and after by ``"ward"``, ``"lsoa"`` or ``"group"``; see :func:`change_table`.

        Worked out once for each level; the caller's copy may be changed.
        """
        if level not in self._tables:
            self._tables[level] = change_table(
                self.counts, level, self.before_s, self.after_s, self.scenario.within_min, sessions=self.sessions
            )
        return self._tables[level].copy()

    def shown(self, level: str = "ward") -> ShownFrame:
        """Return the same table in shown figures; worked out once, as :meth:`table`."""
        if level not in self._shown:
            self._shown[level] = shown_table(self.table(level), self.counts, level)
        return ShownFrame(self._shown[level].copy())

    @cached_property
    def by_area(self) -> ShownFrame:
        """Before and after, wards then groups, index ``measure, code``; as shown."""
        both = pd.concat([self.shown("ward"), self.shown("group")])
        return ShownFrame(both.set_index(["measure", "code"]))

    @property
    def has_sessions(self) -> bool:
        """Whether a weekly session runs after; tables then have a column for people who reach only a session."""
        return self.sessions.capacity > 0

    @cached_property
    def _tables(self) -> dict[str, pd.DataFrame]:
        return {}

    @cached_property
    def _shown(self) -> dict[str, ShownFrame]:
        return {}

    @cached_property
    def to_open_sites(self) -> TravelTimes:
        """Travel times, after, from every street and home to the nearest site that is open all week."""
        open_sites = [site for site in self.after.sites.values() if site.session is None]
        positions = [(site.easting, site.northing) for site in open_sites]
        return self.after_times.access.to_sites(pd.DataFrame(positions, columns=["easting", "northing"]))

    def by_outcome(self, level: str = "group") -> ShownFrame:
        """Compare before and after for each outcome of the strategy, counting only sites and sessions that serve it.

        Returns
        -------
        As :func:`shown_table`, with ``outcome`` in front; no rows where the area has no strategy.
        """
        parts = []
        for outcome in outcomes_of(self.counts.pack):
            before, after = (
                [site for site in applied.sites.values() if outcome in site.outcomes]
                for applied in (self.before, self.after)
            )
            before_s, after_s = self.before_times.nearest_open(before), self.after_times.nearest_open(after)
            within_min = self.scenario.within_min
            apart = sessions_among(self.counts.people, self.after_times, after, after_s, within_min)
            table = change_table(self.counts, level, before_s, after_s, within_min, sessions=apart)
            shown = shown_table(table, self.counts, level)
            shown.insert(0, "outcome", outcome)
            parts.append(shown)
        return ShownFrame(
            pd.concat(parts, ignore_index=True) if parts else self.shown(level).head(0).assign(outcome="")
        )

    @property
    def minutes_saved(self) -> Floats:
        """``(n_demand,)`` minutes by which the journey is shorter; negative: longer; ``inf``: possible only after."""
        with np.errstate(invalid="ignore"):
            saved = (self.before_s.astype(np.float64) - self.after_s) / 60.0
        return np.where(np.isinf(self.before_s) & np.isinf(self.after_s), 0.0, saved)


class Lab:
    """Works out what scenarios do in one area, and keeps travel times between them; safe to share between threads."""

    def __init__(self, pack: AreaPack) -> None:
        self.pack = pack
        self.ground = Ground(pack)
        self._networks: OrderedDict[Hashable, SiteTimes] = OrderedDict()
        self._counts: dict[str, Counts] = {}
        self._effects: OrderedDict[Scenario, Effect] = OrderedDict()
        self._lock = RLock()

    def effect(self, scenario: Scenario) -> Effect:
        """Work out what `scenario` does; an equal scenario returns the same object without working it out again.

        Raises
        ------
        InputError
            When a change cannot be made or a site is off the network; nothing is changed then.
        UnknownNameError
            When its service, mode or baseline is unknown.
        """
        scenario = self.settled(scenario)
        with self._lock:
            if scenario in self._effects:
                self._effects.move_to_end(scenario)
                return self._effects[scenario]
        made = self._effect(scenario)
        with self._lock:
            kept = self._effects.setdefault(scenario, made)
            while len(self._effects) > _KEPT_EFFECTS:
                self._effects.popitem(last=False)
            return kept

    def settled(self, scenario: Scenario) -> Scenario:
        """Return the scenario with the usual baseline of the area, where it names none."""
        return scenario if scenario.baseline else replace(scenario, baseline=self.pack.baselines[0])

    def _effect(self, scenario: Scenario) -> Effect:
        counts = self.counts(scenario.baseline)
        after = apply(self.ground, scenario)
        before = apply(self.ground, replace(scenario, name="", changes=scenario.assumed))
        riding = after.routes if after.mode.timing is not None else ()
        before_times, after_times = self.times(before.mode), self.times(after.mode, after.links, riding)
        known = set(before.sites.values())
        for site in after.sites.values():
            if site not in known:  # a venue of the pack may lie off the network, a site of the plan may not
                after_times.of_site(site)
        after_s = after_times.nearest_open(after.sites.values())
        within_min = scenario.within_min
        return Effect(
            scenario=scenario,
            counts=counts,
            before=before,
            after=after,
            before_times=before_times,
            after_times=after_times,
            before_s=before_times.nearest_open(before.sites.values()),
            after_s=after_s,
            sessions=sessions_among(counts.people, after_times, after.sites.values(), after_s, within_min),
        )

    def counts(self, baseline: str) -> Counts:
        """Return the people of a baseline by demand point; made once."""
        with self._lock:
            if baseline not in self._counts:
                self._counts[baseline] = Counts.of(self.pack, baseline, MEASURES)
            return self._counts[baseline]

    def times(self, mode: Mode, links: tuple[Link, ...] = (), routes: Routes = ()) -> SiteTimes:
        """Return times by site for a mode, links and routes; made once, and the least recently used are dropped.

        Parameters
        ----------
        mode
            The mode, with its speed.
        links
            New paths.
        routes
            Changes of the timetable, for a mode that goes by one.

        Raises
        ------
        InputError
            When a link does not meet the streets, or the timetable does not cover the day.
        """
        key = (mode, links, routes)
        with self._lock:
            if key not in self._networks:
                self._networks[key] = SiteTimes(self._access(mode, links, routes))
                while len(self._networks) > _KEPT_NETWORKS:
                    self._networks.popitem(last=False)
            self._networks.move_to_end(key)
            return self._networks[key]

    def _access(self, mode: Mode, links: tuple[Link, ...], routes: Routes) -> Access:
        if not links and not routes:
            return Access.of(self.pack, mode)
        if routes:
            walking = self.times(mode, links).access
            return Access(self.pack, walking.streets, walking.homes, self._transit(mode, walking.streets, routes))
        without = self.times(mode).access
        streets = LinkedStreets.of(without.streets, links, mode.walking)
        plain = Access(self.pack, streets, without.homes)
        walking = Access(self.pack, streets, plain.snap(self.pack.demand_xy))
        return walking if mode.timing is None else walking.by_timetable(mode)

    def _transit(self, mode: Mode, streets: ModeNetwork, routes: Routes) -> Transit:
        """Prepare the timetable of a plan for the same date as without the plan, so that only the plan differs."""
        pack, timing = replace(self.pack, timetable=planned_timetable(self.pack, routes)), timing_of(mode)
        day = example_date(self.pack.timetable, timing).toordinal()
        return Transit(pack, mode, streets, stops_of(pack, streets), rides_of(pack, streets, day, limits_of(timing)))
