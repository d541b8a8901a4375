"""What a plan changes of buses and trains, in words."""

from collections.abc import Callable

from analysis.scenario.lab import Effect
from analysis.scenario.routes import planned_timetable
from analysis.scenario.scenario import (
    ROUTE_CHANGES,
    AddRoute,
    CutRoute,
    MoveStop,
    RouteChange,
    RunRoute,
    ShortenRoute,
    Spot,
)
from geo.pack import AreaPack
from geo.timetable.changes import route_keys
from geo.timetable.planned import Every
from wording.languages import english
from wording.numbers import listed
from wording.rounding import shortest


def stop_words(pack: AreaPack, stop: str) -> str:
    """Name a stop; its id stands for one that the timetable does not have, such as that of a route of the plan."""
    timetable = pack.timetable
    return timetable.stop_names[timetable.stop_ids.index(stop)] if stop in timetable.stop_ids else stop


def every_words(every: Every) -> str:
    """Say how often something runs: ``"every 15 minutes from 07:00 until 19:00 on Mondays and Tuesdays"``."""
    say = english().say
    days = listed([say(f"scenario.days.{day}") for day in every.weekdays])
    minutes = shortest(every.every_min)
    return say("scenario.route.every", minutes=minutes, starts=every.starts, until=every.until, days=days)


def route_change_words(pack: AreaPack, change: RouteChange, place: Callable[[Spot], str]) -> str:
    """Say in a sentence what a change of buses or trains is; `place` names a spot."""
    say = english().say
    match change:
        case AddRoute():
            how = listed([every_words(every) for every in change.every])
            one, other = place(change.stops[0]), place(change.stops[-1])
            kind = "add_both_ways" if change.both_ways else "add"
            return say(
                f"scenario.route.{kind}",
                name=change.name,
                vehicle=english().named("scenario.route.vehicles")[change.vehicle],
                one=one,
                other=other,
                stops=len(change.stops),
                how=how,
                speed=shortest(change.speed_kmh),
            )
        case RunRoute():
            return say("scenario.route.run", route=change.route, how=every_words(change.every))
        case ShortenRoute():
            one, other = stop_words(pack, change.first), stop_words(pack, change.last)
            kind = "shorten" if change.of_every == 1 else "shorten_some"
            return say(f"scenario.route.{kind}", route=change.route, one=one, other=other, n=change.of_every)
        case CutRoute():
            return say("scenario.route.cut", route=change.route)
        case MoveStop():
            return say("scenario.route.move_stop", stop=stop_words(pack, change.stop), place=place(change.at))


def route_step_words(pack: AreaPack, change: RouteChange) -> str:
    """Say in a few words what an edit did."""
    say = english().say
    match change:
        case AddRoute():
            return say("edits.add_route", route=change.name)
        case RunRoute():
            return say("edits.run_route", route=change.route)
        case ShortenRoute():
            return say("edits.shorten_route", route=change.route)
        case CutRoute():
            return say("edits.cut_route", route=change.route)
        case MoveStop():
            return say("edits.move_stop", stop=stop_words(pack, change.stop))


def changed_routes_words(effect: Effect) -> list[str]:
    """Say of each route that a plan adds or changes what its times are, now and with the plan; a stop has no times.

    Empty for a mode that does not ride, where none of them counts.
    """
    if effect.after.mode.timing is None:
        return []
    pack, say, said = effect.counts.pack, english().say, dict[str, None]()
    changes = [change for change in effect.scenario.changes if isinstance(change, ROUTE_CHANGES)]
    for number, change in enumerate(changes):
        if isinstance(change, AddRoute):
            said[say("scenario.route.times.planned", route=change.name)] = None
        elif not isinstance(change, MoveStop):
            # A route is called by a name that changes before this one may have made another.
            timetable = planned_timetable(pack, effect.after.routes[:number])
            line = timetable.routes[route_keys(timetable)[change.route]]
            if line.status != "planned":
                said[say(f"scenario.route.times.{line.status}", route=change.route)] = None
    return list(said)


def route_notes(effect: Effect) -> list[str]:
    """Say what must be read beside the result of a plan about routes: what its times are, or that they do not count."""
    not_counted = not_counted_words(effect)
    return [not_counted] if not_counted else changed_routes_words(effect)


def not_counted_words(effect: Effect) -> str:
    """Say that changes of buses and trains do not count for a mode that does not ride; empty where all count."""
    if effect.after.mode.timing is not None:
        return ""
    if not any(isinstance(change, ROUTE_CHANGES) for change in effect.scenario.changes):
        return ""
    return english().say("scenario.route.not_counted")
