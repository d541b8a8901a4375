"""The sites (facilities), links and routes that a scenario's changes leave in an area.

Every error in a scenario that depends on the area is found here, before anything is computed: an id that no site
has, a venue, postcode or programme that the area does not have, a position in the sea.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import shapely
from rapidfuzz import fuzz, process

from analysis.scenario.routes import Routes, stop_position, with_route
from analysis.scenario.scenario import (
    FREE,
    ROUTE_CHANGES,
    AddLink,
    AddOutreach,
    AddSite,
    AtPostcode,
    Change,
    ChangeOffer,
    CloseSite,
    LonLat,
    MoveSite,
    Point,
    Scenario,
    SetSpeed,
    Spot,
    Stop,
    Venue,
)
from geo.coordinates import to_grid
from geo.errors import InputError, ReachError, UnknownNameError
from geo.network.modes import LONGEST_THRESHOLD_MIN, Mode, mode_named
from geo.pack import AreaPack

# The coast of the pack is generalised; a sea wall or a pier's deck may lie this far outside it.
_COAST_M = 50.0
_SUGGESTIONS = 8
_LIKE = 50.0  # per cent, of the normalised edit similarity


@dataclass(frozen=True)
class Site:
    """A site (facility, destination) that families can go to in a scenario.

    Attributes
    ----------
    site, name
        Id and name.
    easting, northing
        Metres of the area's grid.
    outcomes
        Outcomes of the local strategy that its programmes serve.
    programmes
        What it offers.
    capacity
        Capacity: children who can come in a week; None is no stated limit.
    session
        The outreach session, or None for a site that is open all week.
    """

    site: str
    name: str
    easting: float
    northing: float
    programmes: tuple[str, ...]
    outcomes: frozenset[str]
    capacity: float | None = None
    session: AddOutreach | None = None


@dataclass(frozen=True)
class Link:
    """A new path, open both ways, between two points ``(easting, northing)``."""

    name: str
    one_end: tuple[float, float]
    other_end: tuple[float, float]


@dataclass(frozen=True)
class Applied:
    """The result of a list of changes.

    Attributes
    ----------
    sites
        By id, in the order in which they were added.
    links
        New paths.
    mode
        How families travel.
    routes
        Changes of the timetable, in their order; they count only for a mode that goes by timetable.
    """

    sites: Mapping[str, Site]
    links: tuple[Link, ...]
    mode: Mode
    routes: Routes = ()


class Ground:
    """The venues, postcodes, coast and programmes that scenarios look up in one area pack; made once for a pack.

    Parameters
    ----------
    pack
        The area.
    usual
        Programmes that the sites of a category are assumed to offer until a scenario says otherwise; a category that is
        not named offers everything.
    """

    def __init__(self, pack: AreaPack, usual: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self.pack = pack
        self._usual = dict(usual or {})
        self.programmes: dict[str, frozenset[str]] = {
            str(entry["name"]): frozenset(entry["outcomes"]) for entry in pack.strategy.get("programmes", [])
        }
        self._baselines: dict[str, dict[str, Site]] = {}

    @cached_property
    def _venues(self) -> dict[str, tuple[float, float]]:
        services = self.pack.services
        return dict(
            zip(services.index.astype(str), zip(services["easting"], services["northing"], strict=True), strict=True)
        )

    @cached_property
    def _postcodes(self) -> dict[str, tuple[float, float]]:
        rows = self.pack.postcodes
        return dict(zip(rows["postcode"], zip(rows["easting"], rows["northing"], strict=True), strict=True))

    @cached_property
    def _dry(self) -> shapely.STRtree | None:
        """Land and piers, where the pack has them."""
        layers = self.pack.basemap["layer"]
        parts = self.pack.basemap.loc[layers.isin(["land", "pier"])].geometry.to_numpy()
        return shapely.STRtree(parts) if (layers == "land").any() else None

    def position(self, spot: Spot) -> tuple[float, float]:
        """Return easting and northing of a spot.

        Raises
        ------
        UnknownNameError
            When the area has no such service or postcode; it lists the nearest spellings.
        InputError
            When the coordinates are not numbers, in the sea or outside the map of the area.
        """
        match spot:
            case Venue(service):
                if service not in self._venues:
                    raise UnknownNameError("venue", service[:100], _close(service, self._venues))
                easting, northing = self._venues[service]
            case AtPostcode(postcode):
                if postcode not in self._postcodes:
                    raise UnknownNameError("postcode", postcode, _close(postcode, self._postcodes))
                easting, northing = self._postcodes[postcode]
            case Point(easting, northing):
                if not (math.isfinite(easting) and math.isfinite(northing)):
                    raise InputError(
                        f"the point {easting}, {northing} is nowhere: give its easting and northing in metres on "
                        f"{self.pack.crs}, the grid of {self.pack.name}"
                    )
                self._check_dry(easting, northing, f"{easting:.0f}, {northing:.0f}")
            case LonLat(lon, lat):
                easting, northing = (float(axis[0]) for axis in to_grid(lon, lat, self.pack.crs))
                if not (math.isfinite(easting) and math.isfinite(northing)):
                    raise InputError(
                        f"the position {lon}, {lat} is not on {self.pack.crs}, the grid of {self.pack.name}"
                    )
                self._check_dry(easting, northing, f"{lon}, {lat}")
            case Stop(stop):
                easting, northing = stop_position(self.pack.timetable, stop)
        return float(easting), float(northing)

    def _check_dry(self, easting: float, northing: float, said: str) -> None:
        """Refuse a position far from any land; `said` is how it was given."""
        point = shapely.Point(easting, northing)
        if self._dry is not None and not len(self._dry.query(point, predicate="dwithin", distance=_COAST_M)):
            raise InputError(
                f"the point {said} is in the sea or outside the map of {self.pack.name}: choose a place on land"
            )

    def offer(self, programmes: tuple[str, ...] | None) -> tuple[tuple[str, ...], frozenset[str]]:
        """Return the programmes (all of them for None) and the outcomes that they serve.

        Raises
        ------
        UnknownNameError
            When the strategy names no such programme.
        """
        chosen = tuple(self.programmes) if programmes is None else programmes
        for name in chosen:
            if name not in self.programmes:
                raise UnknownNameError("programme", name, list(self.programmes))
        return chosen, frozenset().union(*(self.programmes[name] for name in chosen))

    def baseline(self, service: str) -> Mapping[str, Site]:
        """Return the open sites of a category by id.

        No open source says what each offers, so each is assumed to offer what is usual for its category (all programmes
        of the strategy, where nothing is listed for the category) until a scenario says otherwise; `UnknownNameError`
        for an unknown category.
        """
        if service not in self._baselines:
            programmes, outcomes = self.offer(self._usual.get(service))
            rows = self.pack.services_of(service)
            self._baselines[service] = {
                str(site): Site(str(site), str(name), float(easting), float(northing), programmes, outcomes)
                for site, name, easting, northing in zip(
                    rows.index, rows["name"], rows["easting"], rows["northing"], strict=True
                )
            }
        return self._baselines[service]


def outcomes_of(pack: AreaPack) -> list[str]:
    """Return the outcomes that the local strategy names; none without a strategy."""
    return [str(name) for name in pack.strategy.get("outcomes", [])]


def apply(ground: Ground, scenario: Scenario) -> Applied:
    """Work out the sites and links of an area after a scenario's changes.

    Parameters
    ----------
    ground
        The area.
    scenario
        The changes, made in their order.

    Raises
    ------
    InputError
        When the scenario is for another area, or a change cannot be made; the message names the change.
    UnknownNameError
        When its service, mode or baseline is unknown.
    """
    if scenario.area != ground.pack.code:
        raise InputError(f"the scenario {scenario.name!r} is for {scenario.area!r}, not for {ground.pack.code!r}")
    if not 0 <= scenario.within_min <= LONGEST_THRESHOLD_MIN:
        most = LONGEST_THRESHOLD_MIN
        raise InputError(f"a threshold of {scenario.within_min} minutes is out of range: give 0 to {most}")
    if scenario.baseline and scenario.baseline not in ground.pack.baselines:
        raise UnknownNameError("baseline", scenario.baseline, ground.pack.baselines)
    applied = Applied(ground.baseline(scenario.service), (), mode_named(scenario.mode))
    for number, change in enumerate(scenario.changes, start=1):
        try:
            _check_numbers(change)
            applied = _applied(ground, applied, change)
        except ReachError as error:
            raise InputError(f"change {number} ({change.kind}) cannot be made: {error}") from error
    return applied


def _check_numbers(change: Change) -> None:
    """Refuse impossible costs and capacities; files are checked by the schema before, values made in code are not."""
    cost = getattr(change, "cost", FREE)
    if not (math.isfinite(cost.one_off) and math.isfinite(cost.yearly)):
        raise InputError(f"its costs are {cost.one_off} once and {cost.yearly} a year: give money as plain numbers")
    places = getattr(change, "places", None)
    if places is not None and not (math.isfinite(places) and places >= 0):
        raise InputError(f"{places} places cannot be: give 0 or more, or leave them out where there is no limit")


def _applied(ground: Ground, before: Applied, change: Change) -> Applied:
    match change:
        case SetSpeed(speed_kmh):
            return replace(before, mode=before.mode.at_speed(speed_kmh))
        case AddLink(name, one_end, other_end):
            link = Link(name, ground.position(one_end), ground.position(other_end))
            return replace(before, links=(*before.links, link))
    if isinstance(change, ROUTE_CHANGES):
        routes = with_route(ground.pack, before.routes, change, before.mode, ground.position)
        return replace(before, routes=routes)
    sites = dict(before.sites)
    match change:
        case AddSite() | AddOutreach():
            if change.site in sites:
                raise InputError(f"there is a site {change.site!r} already; give the new one another id")
            easting, northing = ground.position(change.at)
            session = change if isinstance(change, AddOutreach) else None
            offer = ground.offer(change.programmes)
            sites[change.site] = Site(change.site, change.name, easting, northing, *offer, change.places, session)
        case CloseSite(site):
            _known(sites, site)
            del sites[site]
        case MoveSite(site, at):
            easting, northing = ground.position(at)
            sites[site] = replace(_known(sites, site), easting=easting, northing=northing)
        case ChangeOffer(site, programmes, places):
            changed = _known(sites, site)
            if programmes is not None:
                chosen, outcomes = ground.offer(programmes)
                changed = replace(changed, programmes=chosen, outcomes=outcomes)
            if places is not None:
                if changed.session is not None:
                    raise InputError("the places of a session follow from its families, days and weeks; change those")
                changed = replace(changed, capacity=places)
            sites[site] = changed
    return replace(before, sites=sites)


def _known(sites: Mapping[str, Site], site: str) -> Site:
    if site not in sites:
        raise UnknownNameError("site", site[:100], list(sites)[:50])
    return sites[site]


def _close(name: str, names: Iterable[str]) -> list[str]:
    found = process.extract(name[:100], list(names), scorer=fuzz.ratio, score_cutoff=_LIKE, limit=_SUGGESTIONS)
    return [close for close, _, _ in found]
