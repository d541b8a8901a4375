"""`reach layers`: check a file of one's own places or counts before it is used or put on the page."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from commands.console import csv_text, new_group, write_answer
from commands.options import Area, Format, Out, open_area
from geo.errors import InputError
from wording.rounding import digits, fixed

if TYPE_CHECKING:
    from geo.own.counts import Counts
    from geo.own.places import Places
    from geo.own.table import Problem

KINDS = ("places", "counts")
FORMATS = ("table", "json", "csv")
MOST_PRINTED = 20
_COLUMNS = ("line", "column", "value", "reason")

layer_commands = new_group("One's own data: places (services, candidate sites) and counts by area or postcode.")


@layer_commands.callback()
def _layers() -> None:
    """Keep `check` a command of its own name, as it is the only one."""


@layer_commands.command("check")
def check_command(
    file: Annotated[Path, typer.Argument(help="CSV, workbook, GeoJSON, GeoPackage or zipped shapefile.")],
    area: Area = None,
    kind: Annotated[str, typer.Option(help="What it holds: places or counts.")] = "places",
    match: Annotated[
        list[str] | None,
        typer.Option(help="A column matched by hand, such as lat=North or postcode=Home.", metavar="MEANING=COLUMN"),
    ] = None,
    format_: Format = "table",
    out: Out = None,
) -> None:
    """Say what was read in a file, what is wrong with its rows, and what would be asked about them.

    The page "Your data", and every command that takes such a file, read it in the same way. Nothing is kept. As CSV,
    only the rows with a problem or a question are listed. The exit code is 2 where a row cannot be used as it stands.
    """
    if kind not in KINDS:
        raise InputError(f"--kind {kind!r} is none of: {', '.join(KINDS)}")
    if format_ not in FORMATS:
        raise InputError(f"--format {format_!r} is none of: {', '.join(FORMATS)}")
    by_hand = _by_hand(match or [])

    from geo.own.counts import read_counts
    from geo.own.files import read_file
    from geo.own.places import read_places

    pack = open_area(area)
    table = read_file(file)
    found: Counts | Places
    if kind == "counts":
        counts = found = read_counts(table, pack, columns=by_hand)
        used, questions = counts.used, list[dict[str, Any]]()
        more: dict[str, Any] = {"levels": dict(counts.levels), "small_areas": int(counts.rows["lsoa"].nunique())}
    else:
        places = found = read_places(table, pack, columns=by_hand)
        used, questions, more = len(places.rows), _questions(places), {}
    result = {
        "area": pack.code,
        "file": found.table.name,
        "kind": kind,
        "read_as": found.table.kind,
        "columns": dict(found.columns),
        "rows": len(found.table),
        "used": used,
        **more,
        "problems": [_problem(problem) for problem in found.problems],
        "questions": questions,
    }
    listed = [*result["problems"], *({"column": "", "value": "", **one} for one in questions)]
    write_answer(
        format_,
        out,
        lambda console: _print(console, result, found.table.unit),
        lambda: json.dumps(result, indent=2, ensure_ascii=False) + "\n",
        lambda: csv_text(_COLUMNS, [{name: one[name] for name in _COLUMNS} for one in listed]),
    )
    if listed:
        raise typer.Exit(2)


def _by_hand(match: list[str]) -> Mapping[str, str]:
    """Return the columns that were matched by hand, by what they mean."""
    from geo.own.columns import NAMES

    chosen = {}
    for text in match:
        role, equals, column = text.partition("=")
        if not equals or role not in NAMES:
            raise InputError(f"--match {text!r} is not MEANING=COLUMN; meanings: {', '.join(NAMES)}")
        chosen[role] = column
    return chosen


def _problem(problem: "Problem") -> dict[str, Any]:
    return {"line": problem.line, "column": problem.column, "value": problem.value, "reason": problem.reason}


def _questions(places: "Places") -> list[dict[str, Any]]:
    from geo.own.sites import question_words

    return [
        {
            "line": question.line,
            "name": question.name,
            "kind": question.kind,
            "one": question.one,
            "other": question.other,
            "apart_km": round(question.apart_km, 1) if question.apart_km < 1e6 else None,
            "reason": question_words(question),
        }
        for question in places.questions
    ]


def _print(console: Console, result: dict[str, Any], unit: str) -> None:
    console.print(Text(f"{result['file']}: {result['read_as']}", style="bold"))
    columns = ", ".join(f"{role} from {column}" for role, column in result["columns"].items())
    console.print(Text(f"Columns: {columns}"), soft_wrap=True)
    console.print(Text(f"{digits(result['used'])} of {digits(result['rows'])} rows can be used."))
    for measure, level in result.get("levels", {}).items():
        console.print(Text(f"{measure}: by {level}"))
    for title, listed in (("Problems", result["problems"]), ("Questions", result["questions"])):
        if not listed:
            continue
        table = Table(box=SIMPLE_HEAD, pad_edge=False, title=f"{title}: {digits(len(listed))}", title_justify="left")
        table.add_column(unit.capitalize(), justify="right")
        table.add_column("What")
        for one in listed[:MOST_PRINTED]:
            told = f"{one['column']}: {one['reason']}" if one.get("column") else one["reason"]
            table.add_row(fixed(one["line"], 0), Text(told))
        console.print(table)
        if len(listed) > MOST_PRINTED:
            console.print(Text(f"and {digits(len(listed) - MOST_PRINTED)} more; --format csv lists all"))
