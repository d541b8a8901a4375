"""`reach visit`: who can go to a kind of service and back in the time that a family has."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from commands.access import asked_sites, check_measure
from commands.console import count_text, csv_text, note, rounded, write_answer
from commands.options import (
    Area,
    Assumed,
    Baseline,
    Counted,
    Day,
    Format,
    Leaving,
    Out,
    Reading,
    Service,
    check_options,
    open_area,
)
from commands.points import by_timetable, mode_at, name_off_network, note_off_streets, note_timetable, way_words
from geo.errors import InputError
from geo.timetable.timing import Timing, clock, minute_of
from wording.rounding import shortest

if TYPE_CHECKING:
    from analysis.reach.outings import OutingReach
    from geo.network.modes import Mode
    from geo.pack import AreaPack

COLUMNS = ("code", "name", "group", "total", "there", "can_go", "share")


def visit_command(
    area: Area = None,
    service: Service = None,
    mode: Annotated[str, typer.Option(help="How families travel.")] = by_timetable()[0],
    free: Annotated[
        str, typer.Option(help="From when until when a family has time.", metavar="FROM-UNTIL")
    ] = "09:15-14:45",
    visit: Annotated[float, typer.Option(help="Minutes of the visit.")] = 30.0,
    day: Day = None,
    assumed: Assumed = False,
    measure: Counted = "children_0_3",
    baseline: Baseline = None,
    format_: Format = "table",
    out: Out = None,
    reading: Reading = None,
) -> None:
    """Count who can go to a service and come back: there, a visit while it is open, and home in the time that there is.

    Figures are of people who can go, never of people who do. "There" are those who get there for a visit, whether or
    not they are back in time. Opening hours that nobody published are those that are usual of the kind, if any are;
    a site of which nothing is known counts as open all day. People are to the nearest 5.
    """
    check_options(format_, out, None, 0)

    from analysis.reach.outings import outing_reach, visit_date
    from analysis.travel.access import Access

    time = free_time(free, visit)
    chosen = mode_at(mode)
    timing = Timing() if chosen.timing is None else chosen.timing
    if chosen.timing is not None or assumed:
        chosen = mode_at(mode, leaving=Leaving(day, None, None, assumed))
        timing = chosen.timing or timing
    elif day is not None:
        timing = Timing(day=day.strip().lower())
    pack = open_area(area)
    baseline = pack.baselines[0] if baseline is None else baseline
    check_measure(pack, measure, baseline)
    sites, _ = asked_sites(pack, service, None, reading)
    access = Access.of(pack, chosen)
    when = visit_date(None if chosen.timing is None else pack.timetable, timing)
    name_off_network("site", sites["name"], access.snap(sites[["easting", "northing"]].to_numpy(float)))
    note_off_streets(pack, chosen.walking.name)
    note_timetable(pack, chosen)
    found = outing_reach(access, sites, when, time, measure=measure, baseline=baseline)
    result = answer(
        {
            "area": pack.code,
            "service": service,
            "mode": chosen.kind,
            "day": timing.day,
            "date": when.isoformat(),
            "assumed": timing.assumed,
            "free": f"{clock(time.start_min)}-{clock(time.end_min)}",
            "visit_min": visit,
            "measure": measure,
            "baseline": baseline,
        },
        found,
    )
    write_answer(
        format_,
        out,
        lambda console: _print_table(console, pack, chosen, result, found),
        lambda: json.dumps(result, indent=2, allow_nan=False) + "\n",
        lambda: csv_text(COLUMNS, result["rows"]),
    )
    if format_ == "csv":
        note(f"Note: {_hours(found)}")
    if out is not None and format_ != "table":
        note("Keep these attributions with it: " + " | ".join(pack.attribution()))


def free_time(free: str, visit: float) -> Any:
    """Return the free time of a family and its visit; `InputError` when they make no sense."""
    from analysis.travel.there_and_back import FreeTime

    start, dash, end = free.replace("–", "-").partition("-")
    if not dash:
        raise InputError(f"--free {free!r} is not in the form 09:15-14:45")
    return FreeTime(minute_of(start), minute_of(end), visit)


def answer(asked: dict[str, Any], found: "OutingReach") -> dict[str, Any]:
    """Return question and answer as plain values: shown counts, and shares to 3 decimals.

    Parameters
    ----------
    asked
        What was asked, by name.
    found
        Who can go.
    """
    from analysis.shown import SHARE_DECIMALS, sent

    def figures(row: Any) -> dict[str, Any]:
        counts = {name: sent(row[name]) for name in ("total", "there", "can_go")}
        return counts | {"share": rounded(row["share"], SHARE_DECIMALS)}

    rows, groups = found.shown()
    listed = [
        {"code": str(code), "name": str(row["name"]), "group": str(row["group"]), **figures(row)}
        for code, row in rows.iterrows()
    ]
    hours = {**found.hours_known, "closed": found.closed}
    return {
        **asked,
        "sites": len(found.sites),
        "hours": hours,
        "rows": listed,
        "groups": {str(name): figures(row) for name, row in groups.iterrows()},
    }


def _hours(found: "OutingReach") -> str:
    from wording.outings import hours_words

    return hours_words(found.hours_known, found.closed)


def _print_table(
    console: Console, pack: "AreaPack", mode: "Mode", result: dict[str, Any], found: "OutingReach"
) -> None:
    from geo.measures import measure_named
    from geo.services import CATEGORIES
    from geo.vintages import baseline_words
    from wording.groups import group_names, level_name
    from wording.numbers import percent
    from wording.transit import on_day

    start, end = result["free"].split("-")
    timing = Timing(day=result["date"])
    heading = (
        f"{measure_named(result['measure']).label} who can go to the nearest {CATEGORIES[result['service']].label} for "
        f"{shortest(result['visit_min'])} minutes and be back between {start} and {end} "
        f"{on_day(timing)}: {way_words(mode, leaving=False)}"
    )
    console.print(Text(heading, style="bold"))
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column(level_name(pack, "ward"), no_wrap=True)
    for title in ("All", "There", "There and back", "Share"):
        table.add_column(title, justify="right")
    names, shares = group_names(pack), found.shown()
    for part, rows in zip(("rows", "groups"), shares, strict=True):
        entries = result[part] if part == "rows" else [{"name": names[key], **row} for key, row in result[part].items()]
        for entry, share in zip(entries, rows["share"], strict=True):
            counts = [count_text(entry[name]) for name in ("total", "there", "can_go")]
            table.add_row(entry["name"], *counts, percent(share))
        table.add_section()
    console.print(table)
    console.print(Text(_hours(found)), soft_wrap=True)
    footnote = (
        f"{pack.name}. Baseline: {baseline_words(pack, result['baseline'])}. Can go is not the same as goes. "
        "People are to the nearest 5 and may not add up exactly."
    )
    console.print(Text(footnote, style="dim"), soft_wrap=True)
    console.print(Text("Sources: " + " | ".join(pack.attribution()), style="dim"), soft_wrap=True)
