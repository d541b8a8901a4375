"""`reach compare-areas`: the same measures, services and thresholds over several areas."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from commands.console import csv_text, note, write_answer
from commands.options import (
    Assumed,
    Between,
    Counted,
    Day,
    Format,
    Leaving,
    Out,
    SureOf,
    TravelMode,
    Within,
    check_options,
)
from commands.points import asked_time, mode_at, note_timetable
from geo.errors import InputError

if TYPE_CHECKING:
    from analysis.areas.side_by_side import SideBySide
    from geo.pack import AreaPack

COLUMNS = ("part", "name", "label", "counts", "unit", "area", "value", "why")


def compare_areas_command(
    areas: Annotated[
        list[str] | None, typer.Argument(help="Names of the areas; all that there are when left out.", metavar="AREA …")
    ] = None,
    mode: TravelMode = "walk_pram",
    within: Within = 15.0,
    service: Annotated[
        list[str] | None,
        typer.Option(help="Kind of service, such as gp_practice; may be repeated; all that any area lists."),
    ] = None,
    measure: Counted = "children_0_3",
    baseline: Annotated[
        str | None,
        typer.Option(help="Which counts are used; the latest that all areas have in one definition when left out."),
    ] = None,
    day: Day = None,
    between: Between = None,
    sure: SureOf = None,
    assumed: Assumed = False,
    format_: Format = "table",
    out: Out = None,
) -> None:
    """Set several areas side by side: who lives there, need, and who can reach which services.

    What an area's data lack is "not in this pack" (no figure in JSON and CSV, and why); what the areas define in
    different ways is not set side by side. Below stands what differs in their sources. People are to the nearest 5.
    """
    check_options(format_, out, None, within)

    from analysis.areas.side_by_side import side_by_side
    from geo.packs import list_packs, open_pack

    asked = areas or list_packs()
    if len(set(asked)) < max(len(asked), 2):
        raise InputError(f"give two areas or more, each of them once; there are: {', '.join(list_packs())}")
    chosen = mode_at(mode, leaving=Leaving(day, between, sure, assumed))
    packs = [open_pack(area) for area in asked]
    found = side_by_side(
        packs, measure=measure, baseline=baseline, mode=chosen.name, within_min=within, services=service or None
    )
    for pack in packs:
        note_timetable(pack, chosen, named=True)
    write_answer(
        format_,
        out,
        lambda console: _print_tables(console, packs, found),
        lambda: json.dumps(answer(packs, found), indent=2, ensure_ascii=False, allow_nan=False) + "\n",
        lambda: csv_text(COLUMNS, rows_of(found)),
    )
    if out is not None and format_ != "table":
        note("Keep these attributions with it: " + " | ".join(_credits(packs)))


def rows_of(found: "SideBySide") -> list[dict[str, Any]]:
    """Return every figure as plain values: people as numbers or words, shares from 0 to 1, None without a figure."""
    from analysis.shown import sent

    rows = []
    for row in (dict(zip(COLUMNS, cells, strict=True)) for cells in found.rows[list(COLUMNS)].to_numpy()):
        value = None if row["why"] else sent(row["value"]) if row["unit"] == "people" else row["value"]
        if value == float("inf"):
            value = None
        rows.append({**row, "value": int(value) if row["unit"] == "places" and value is not None else value})
    return rows


def answer(packs: list["AreaPack"], found: "SideBySide") -> dict[str, Any]:
    """Return question and answer as plain values; by timetable an area has a date of its own for the day."""
    from geo.network.modes import mode_named
    from wording.areas import source_words

    mode = mode_named(found.mode)
    times = {pack.code: asked_time(pack, mode) for pack in packs}
    dates = {code: {"date": asked.pop("date")} if asked else {} for code, asked in times.items()}
    return {
        "areas": [{"code": code, "name": name, **dates[code]} for code, name in found.names.items()],
        "mode": mode.kind,
        **times[packs[0].code],
        "within_min": int(found.within_min) if found.within_min.is_integer() else found.within_min,
        "measure": found.measure,
        "baselines": dict(found.baselines),
        "rows": rows_of(found),
        "sources": [
            {
                "what": fact.what,
                "service": fact.service or None,
                "same": fact.same,
                "values": {area: source_words(fact, area) for area in found.names if fact.values[area] is not None},
            }
            for fact in found.facts
        ],
    }


def _print_tables(console: Console, packs: list["AreaPack"], found: "SideBySide") -> None:
    from wording.areas import answer_words, fact_words, notes_on_figures, page_words, source_words

    words = page_words()
    console.print(Text(answer_words(found).replace("*", "").removeprefix("## "), style="bold"), soft_wrap=True)
    console.print(_figures(found))
    console.print(Text(words["differs"], style="bold"))
    table = _table(found)
    for fact in found.facts:
        if not fact.same:
            table.add_row(fact_words(fact), *(source_words(fact, area) for area in found.names))
    console.print(table)
    console.print(Text(notes_on_figures(found), style="dim"), soft_wrap=True)
    console.print(Text("Sources: " + " | ".join(_credits(packs)), style="dim"), soft_wrap=True)


def _figures(found: "SideBySide") -> Table:
    from wording.areas import cell_words, part_words, row_words

    table = _table(found, justify="right")
    for part, rows in found.rows.groupby("part", sort=False):
        table.add_section()
        table.add_row(Text(part_words(found, str(part)), style="bold"))
        for _, figures in rows.groupby("name", sort=False):
            table.add_row(f"  {row_words(figures)}", *cell_words(figures).values())
    return table


def _table(found: "SideBySide", justify: Any = "left") -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    for name in found.names.values():
        table.add_column(name, justify=justify)
    return table


def _credits(packs: list["AreaPack"]) -> list[str]:
    return list(dict.fromkeys(credit for pack in packs for credit in pack.attribution()))
