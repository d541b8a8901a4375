"""`reach access`: who can reach a kind of service, or one's own sites, within so many minutes."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from commands.console import count_text, csv_text, note, rounded, write_answer
from commands.options import (
    Area,
    Assumed,
    Baseline,
    Between,
    Counted,
    Day,
    Format,
    Leaving,
    Out,
    OwnSites,
    Reading,
    Service,
    Speed,
    StepsPenalty,
    SureOf,
    TravelMode,
    Within,
    check_options,
    open_area,
)
from commands.points import (
    asked_time,
    mode_at,
    name_boxes,
    name_off_network,
    note_off_streets,
    note_timetable,
    way_words,
)
from geo.errors import InputError, UnknownNameError
from wording.rounding import fixed, shortest

if TYPE_CHECKING:
    import pandas as pd

    from analysis.reach.reach import Reach
    from analysis.reach.readings import Contested
    from geo.network.modes import Mode
    from geo.pack import AreaPack

FIGURES = ("total", "reached", "share", "median_min", "p90_min")
COLUMNS = ("code", "name", "group", *FIGURES)


def access_command(
    area: Area = None,
    service: Service = None,
    services: OwnSites = None,
    mode: TravelMode = "walk_pram",
    within: Within = 15.0,
    measure: Counted = "children_0_3",
    baseline: Baseline = None,
    by: Annotated[str, typer.Option(help="Rows by ward or lsoa.")] = "ward",
    format_: Format = "table",
    speed: Speed = None,
    steps_penalty: StepsPenalty = None,
    out: Out = None,
    reading: Reading = None,
    day: Day = None,
    between: Between = None,
    sure: SureOf = None,
    assumed: Assumed = False,
) -> None:
    """Count who can reach a service within a number of minutes.

    Figures are of people who can reach it, never of people who go. People are to the nearest 5 ("fewer than 5", "all
    but a few"), so wards may not add up exactly to their group; totals that a source prints stay as printed, and shares
    are worked out from the figures beside them.
    """
    check_options(format_, out, services, within)

    from analysis.reach.reach import LEVELS, reach
    from analysis.travel.access import Access

    if by not in LEVELS:
        raise UnknownNameError("level", by, list(LEVELS))
    chosen = mode_at(mode, speed, steps_penalty, Leaving(day, between, sure, assumed))
    pack = open_area(area)
    baseline = pack.baselines[0] if baseline is None else baseline
    check_measure(pack, measure, baseline)
    sites, which = asked_sites(pack, service, services, reading)
    access = Access.of(pack, chosen)
    placed = access.snap(sites[["easting", "northing"]].to_numpy(float))
    name_off_network("site", sites["name"], placed)
    times = access.between(access.homes, placed)
    found = reach(pack, times.nearest_s, measure=measure, baseline=baseline, within_min=within, by=by)
    note_off_streets(pack, mode)
    note_timetable(pack, chosen)
    asked = {
        "area": pack.code,
        "service": services.name if services is not None else service,
        "reading": which.default.name if which is not None and reading is None else reading,
        "mode": mode,
        **asked_time(pack, chosen),
        "within_min": int(within) if within.is_integer() else within,
        "measure": measure,
        "baseline": baseline,
        "status": pack.measure_record(measure, baseline)["status"][by],
    }
    result = answer(asked, found)
    which_words = reading_note(which, result["reading"])
    write_answer(
        format_,
        out,
        lambda console: _print_table(console, pack, chosen, result, by, which_words),
        lambda: json.dumps(result, indent=2, allow_nan=False) + "\n",
        lambda: csv_text(COLUMNS, result["rows"]),
    )
    if out is not None and format_ != "table":
        note("Keep these attributions with it: " + " | ".join(pack.attribution()))


def check_measure(pack: "AreaPack", measure: str, baseline: str) -> None:
    """Check that a baseline has a measure.

    Raises
    ------
    UnknownNameError
        When the area has no such baseline, or no such measure under any.
    InputError
        When only other baselines have the measure; names them, and the measures of this one.
    """
    if baseline not in pack.baselines:
        raise UnknownNameError("baseline", baseline, pack.baselines)
    if measure not in pack.measure_names():
        raise UnknownNameError("measure", measure, pack.measure_names())
    here = pack.measure_names(baseline)
    if measure not in here:
        having = [other for other in pack.baselines if measure in pack.measure_names(other)]
        raise InputError(
            f"there is no measure {measure!r} under baseline {baseline!r}; "
            f"baselines that have it: {', '.join(having)}; measures under {baseline!r}: {', '.join(here)}"
        )


def answer(asked: dict[str, Any], found: "Reach") -> dict[str, Any]:
    """Return question and answer as plain values: shown counts, shares to 3 decimals, minutes to 1, None for none.

    Parameters
    ----------
    asked
        ``area, service, mode, within_min, measure, baseline, status``.
    found
        Its rows and groups.
    """
    rows = [
        {"code": str(code), "name": str(row["name"]), "group": str(row["group"]), **_figures(row)}
        for code, row in found.rows.iterrows()
    ]
    return {**asked, "rows": rows, "groups": {str(group): _figures(row) for group, row in found.groups.iterrows()}}


def _figures(row: "pd.Series[Any]") -> dict[str, float | str | None]:
    from analysis.shown import SHARE_DECIMALS, sent

    return {
        "total": sent(row["total"]),
        "reached": sent(row["reached"]),
        "share": rounded(row["share"], SHARE_DECIMALS),
        "median_min": rounded(row["median_min"], 1),
        "p90_min": rounded(row["p90_min"], 1),
    }


def asked_sites(
    pack: "AreaPack", service: str | None, services: Path | None, reading: str | None
) -> tuple["pd.DataFrame", "Contested | None"]:
    """Return the sites, and the readings of the service from which they were chosen; None for sites from a file.

    Raises
    ------
    InputError
        When both a service and a file are given, or neither, a reading goes with a file, or there is no such site.
    UnknownNameError
        When the service or the reading is unknown.
    """
    if services is not None:
        if service is not None:
            raise InputError("give --service or --services, not both")
        if reading is not None:
            raise InputError("--reading goes with --service: a file says itself which places count")
        from geo.own.sites import read_sites

        sites = read_sites(services, pack)
        name_boxes(pack, sites["postcode"])
        return sites, None
    from analysis.reach.readings import contested
    from geo.services import CATEGORIES

    if service is None:
        shown = [category.name for category in CATEGORIES.values() if category.shown]
        raise InputError(f"give --service with a kind of service ({', '.join(shown)}), or --services with a file")
    which = contested(pack, service)
    sites = (which.default if reading is None else which.reading(reading)).sites(pack)
    if sites.empty:
        from analysis.reach.no_data import without_list

        listed = [name for name, kind in CATEGORIES.items() if kind.shown and not without_list(pack, [name])]
        raise InputError(
            f"no list of the kind {service} is in the data of {pack.name}, so nothing is known of who reaches one; "
            f"kinds that it has: {', '.join(listed)}"
        )
    return sites, which


def reading_note(which: "Contested | None", name: str | None) -> str:
    """Return a note on which sites count where the sources do not settle it, and how to get the other readings."""
    if which is None or name is None or not which.others:
        return ""
    others = ", ".join(f"--reading {one.name} ({one.label})" for one in which.readings if one.name != name)
    return f"Which places count: {which.reading(name).label}. Other readings: {others}."


def _print_table(console: Console, pack: "AreaPack", mode: "Mode", result: dict[str, Any], by: str, which: str) -> None:
    console.print(Text(_heading(mode, result), style="bold"))
    console.print(_table(pack, result, by))
    if which:
        console.print(Text(which), soft_wrap=True)
    console.print(Text(_footnote(pack, result, by), style="dim"), soft_wrap=True)
    console.print(Text("Sources: " + " | ".join(pack.attribution()), style="dim"), soft_wrap=True)


def _heading(mode: "Mode", result: dict[str, Any]) -> str:
    from geo.measures import measure_named
    from geo.services import CATEGORIES

    category = CATEGORIES.get(result["service"])
    kind = category.label if category else f"site of {result['service']}"
    label = measure_named(result["measure"]).label
    return f"{label} within {shortest(result['within_min'])} minutes of the nearest {kind}: {way_words(mode)}"


def _footnote(pack: "AreaPack", result: dict[str, Any], by: str) -> str:
    from geo.vintages import baseline_words

    return (
        f"{pack.name}. Baseline: {baseline_words(pack, result['baseline'])}. "
        f"Counts by {pack.level(by).label} are {result['status']}. Can reach is not the same as attends. "
        "People are to the nearest 5 and may not add up exactly; a total that its source prints stays as printed."
    )


def _table(pack: "AreaPack", result: dict[str, Any], by: str) -> Table:
    from wording.groups import group_names, level_name

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column(level_name(pack, by), no_wrap=True)
    apart = ["Group"] if "target" in result["groups"] else []
    for heading in apart:
        table.add_column(heading, no_wrap=True)
    for heading in ("Total", "Can reach", "Share", "Half in min", "9 in 10 in min"):
        table.add_column(heading, justify="right")
    for row in result["rows"]:
        table.add_row(row["name"], *([row["group"]] if apart else []), *_cells(row, 1))
    table.add_section()
    for group, figures in result["groups"].items():
        table.add_row(group_names(pack)[group], *([""] if apart else []), *_cells(figures, 1), style="bold")
    return table


def _share_cell(share: float, decimals: int) -> str:
    """Write a share; 0 only for nobody and 100 only for everybody."""
    least = 10.0**-decimals
    value = round(100 * share, decimals)
    if 0 < share < 1:
        value = min(max(value, least), 100 - least)
    return f"{fixed(value, decimals)} %"


def _cells(figures: dict[str, Any], decimals: int) -> list[str]:
    people = [count_text(figures[key]) for key in ("total", "reached")]
    share = "-" if figures["share"] is None else _share_cell(figures["share"], decimals)
    times = ["-" if figures[key] is None else fixed(figures[key], decimals) for key in ("median_min", "p90_min")]
    return [*people, share, *times]
