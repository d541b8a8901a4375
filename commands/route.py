"""`reach route`: one journey from a place to another, or to the nearest service of a kind, leg by leg."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from commands.console import rounded, terminal, write_text
from commands.options import Area, Assumed, Between, Day, Leaving, SureOf, open_area
from commands.points import asked_time, by_timetable, mode_at, note_timetable, way_words
from commands.scenario import check_format
from geo.errors import InputError
from geo.timetable.timing import clock, minute_of
from wording.rounding import digits, fixed

if TYPE_CHECKING:
    import numpy as np

    from analysis.travel.access import Access
    from analysis.travel.itinerary import Itinerary
    from geo.network.modes import Mode
    from geo.network.snapping import Snapped
    from geo.pack import AreaPack

_SAME_S = 0.05  # times of one journey are in whole parts of a second, the time of a window in single precision


@dataclass(frozen=True, eq=False)
class Ends:
    """Where a journey starts, and the places that it may lead to.

    Attributes
    ----------
    start_name
        What the place is called.
    start
        ``(1, 2)`` metres.
    site_names
        ``m`` names.
    sites
        ``(m, 2)`` metres.
    """

    start_name: str
    start: "np.ndarray[Any, Any]"
    site_names: list[str]
    sites: "np.ndarray[Any, Any]"


def route_command(
    start: Annotated[str, typer.Argument(help="Postcode, street, ward, venue or station.", metavar="FROM")],
    end: Annotated[
        str, typer.Argument(help="Likewise, or a kind of service such as pharmacy: the nearest.", metavar="TO")
    ],
    area: Area = None,
    mode: Annotated[str, typer.Option(help="How a family travels.")] = by_timetable()[0],
    day: Day = None,
    at: Annotated[str | None, typer.Option(help="When one can leave, by timetable.", metavar="TIME")] = None,
    between: Between = None,
    sure: SureOf = None,
    assumed: Assumed = False,
    format_: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
) -> None:
    """Show one journey: which bus or train to take, where and when, and the walks; on foot, the streets.

    With --at it is the first journey to arrive of those that leave then or later. Otherwise it is the journey of that
    minute of the window whose time stands for all of it.
    """
    check_format(format_)
    if at is not None and between is not None:
        raise InputError("give --at or --between, not both")

    from analysis.travel.access import Access

    window = between if at is None else f"{clock(minute_of(at))}-{clock(minute_of(at))}"
    chosen = mode_at(mode, leaving=Leaving(day, window, sure, assumed))
    pack = open_area(area)
    ends = ends_of(pack, start, end)
    access = Access.of(pack, chosen)
    origin, sites = access.snap(ends.start), access.snap(ends.sites)
    check_on_streets(ends, origin, sites)
    note_timetable(pack, chosen)
    result = {"area": pack.code, "from": ends.start_name, "mode": chosen.kind, **asked_time(pack, chosen)}
    if access.transit is None:
        result |= _on_streets(access, origin, sites, ends)
    else:
        result |= _by_timetable(access, origin, sites, ends)
    if format_ == "json":
        write_text(f"{json.dumps(result, indent=2, ensure_ascii=False, allow_nan=False)}\n", None)
        return
    _print(pack, chosen, result)


def ends_of(pack: "AreaPack", start: str, end: str) -> Ends:
    """Find the two ends of a journey by what people call them.

    Raises
    ------
    InputError
        When a name is not that of one place, or no service of the kind is in the data.
    """
    import numpy as np

    from geo.finder import Finder
    from geo.services import CATEGORIES

    finder = Finder.of(pack)
    here = finder.find(start).one()
    xy = np.array([[here.easting, here.northing]])
    if end not in CATEGORIES:
        there = finder.find(end).one()
        return Ends(here.name, xy, [there.name], np.array([[there.easting, there.northing]]))
    services = pack.services_of(end)
    if services.empty:
        raise InputError(f"no list of the kind {end} is in the data of {pack.name}, so no journey leads to one")
    return Ends(here.name, xy, services["name"].tolist(), services[["easting", "northing"]].to_numpy(float))


def check_on_streets(ends: Ends, origin: "Snapped", sites: "Snapped") -> None:
    """Check that both ends are on streets of the mode; `InputError` says which is not, and why."""
    from geo.network.snapping import Reason

    for name, snapped in ((ends.start_name, origin), (ends.site_names[0], sites)):
        if (snapped.edge < 0).all():
            raise InputError(f"there is no journey: {name} cannot be reached, {Reason(int(snapped.reason[0])).words}")


def _on_streets(access: "Access", origin: "Snapped", sites: "Snapped", ends: Ends) -> dict[str, Any]:
    import numpy as np

    from analysis.travel.times import route

    nearest = int(access.between(origin, sites).nearest_site[0])
    way = route(access.streets, origin, sites.take(np.array([nearest]))) if nearest >= 0 else None
    if way is None:
        raise InputError(f"there is no journey: no street leads from {ends.start_name} there by this mode")
    streets = [{"street": name, "metres": rounded(metres, 0)} for name, metres in way.legs]
    return {
        "to": ends.site_names[nearest],
        "minutes": rounded(way.time_s / 60, 1),
        "metres": rounded(way.length_m, 0),
        "streets": streets,
    }


def _by_timetable(access: "Access", origin: "Snapped", sites: "Snapped", ends: Ends) -> dict[str, Any]:
    from analysis.travel.itinerary import itinerary

    found = itinerary(access, origin, sites, _leaving_s(access, origin, sites))
    if found is None:
        raise InputError(f"there is no journey: no street and no vehicle leads from {ends.start_name} there")
    site = ends.site_names[found.site]
    walks = [leg for leg in found.legs if leg.kind == "walk"]
    return {
        "to": site,
        "leave": clock(found.asked_s / 60),
        "arrive": clock(found.arrive_s / 60),
        "minutes": rounded(found.seconds / 60, 1),
        "walk_minutes": rounded(sum(leg.arrive_s - leg.depart_s for leg in walks) / 60, 1),
        "walk_metres": rounded(sum(leg.length_m for leg in walks), 0),
        "wait_minutes": rounded(sum(seconds for seconds, _ in _waits(found)) / 60, 1),
        "legs": _legs(found, site),
        "words": _words(found, site),
    }


def _leaving_s(access: "Access", origin: "Snapped", sites: "Snapped") -> float:
    """Return the first minute of the window in which the journey takes the time that stands for all, in seconds."""
    import numpy as np

    assert access.transit is not None
    timing = access.transit.timing
    seconds, _ = access.transit.by_minute(origin, sites)
    stands_s = float(access.between(origin, sites).nearest_s[0])
    nearest = np.abs(np.where(np.isfinite(seconds[0]), seconds[0], np.inf) - stands_s)
    minute = int(np.argmax(nearest <= _SAME_S)) if np.isfinite(stands_s) else 0
    return 60.0 * (timing.start_min + minute)


def _waits(found: "Itinerary") -> list[tuple[float, str]]:
    """Return the seconds of waiting before each leg, and the stop; no name for the wait before leaving."""
    ends = [(found.asked_s, ""), *((leg.arrive_s, leg.end) for leg in found.legs[:-1])]
    return [(max(leg.depart_s - until, 0.0), stop) for leg, (until, stop) in zip(found.legs, ends, strict=True)]


def _legs(found: "Itinerary", site: str) -> list[dict[str, Any]]:
    legs = []
    for leg, (wait_s, _) in zip(found.legs, _waits(found), strict=True):
        entry: dict[str, Any] = {
            "kind": leg.kind,
            "from": leg.start or None,
            "to": leg.end or site,
            "wait_minutes": rounded(wait_s / 60, 1),
            "depart": clock(leg.depart_s / 60),
            "arrive": clock(leg.arrive_s / 60),
            "minutes": rounded((leg.arrive_s - leg.depart_s) / 60, 1),
        }
        if leg.route is None:
            entry["metres"] = rounded(leg.length_m, 0)
        else:
            entry |= {
                "vehicle": leg.route.vehicle,
                "route": leg.route.name,
                "towards": leg.towards,
                "stops": leg.stops,
                "status": leg.route.status,
            }
        legs.append(entry)
    return legs


def _words(found: "Itinerary", site: str) -> list[str]:
    from wording.outings import wait_words
    from wording.transit import leg_words

    lines = []
    for leg, (wait_s, stop) in zip(found.legs, _waits(found), strict=True):
        if wait_s >= 30:
            lines.append(wait_words(wait_s, stop))
        lines.append(leg_words(leg, site).replace("**", ""))  # marks of bold type
    return lines


def _print(pack: "AreaPack", mode: "Mode", result: dict[str, Any]) -> None:
    console = terminal()
    console.print(Text(f"From {result['from']} to {result['to']}: {way_words(mode)}", style="bold"))
    if "streets" in result:
        for street in result["streets"]:
            console.print(Text(f"{digits(street['metres'])} m  {street['street'] or 'a way without a name'}"))
        said = f"{fixed(result['minutes'], 1)} minutes, {digits(result['metres'])} m"
    else:
        for line in result["words"]:
            console.print(Text(line), soft_wrap=True)
        said = (
            f"{fixed(result['minutes'], 1)} minutes from {result['leave']}: on foot {fixed(result['walk_minutes'], 1)} "
            f"({digits(result['walk_metres'])} m), waiting {fixed(result['wait_minutes'], 1)}"
        )
    console.print(Text(said, style="bold"), soft_wrap=True)
    console.print(Text("Sources: " + " | ".join(pack.attribution()), style="dim"), soft_wrap=True)
