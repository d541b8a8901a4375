"""`reach data build` and `reach data new`: make the recipe of an area, and compile its pack."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from commands.console import name_some, terminal
from geo.errors import PackError, UnknownNameError
from geo.files import check_folder, write_whole
from wording.rounding import digits, fixed

Recipe = Annotated[str, typer.Argument(help="Name of the recipe, the file in data/recipes without its ending.")]
Sources = Annotated[Path, typer.Option(exists=True, file_okay=False, help="Folder of the publishers' files.")]


def build_command(area: Recipe, sources: Sources) -> None:
    """Compile an area pack from the publishers' files, and say what was read, used and left out."""
    from geo.build import build_pack
    from geo.packs import packs_folder

    console = terminal()
    check_folder(packs_folder())  # a build takes minutes
    before = sources_of(area)
    with _steps(console, area) as progress:
        folder = build_pack(area, sources, progress=progress)
    console.print(f"Built {area}: {fixed(megabytes(folder), 1)} MB in {folder}", soft_wrap=True)
    print_sources(console, area, before)


def new_command(
    area: Annotated[str, typer.Argument(help="Short name of the area: small letters, digits and hyphens.")],
    sources: Annotated[Path | None, typer.Option(file_okay=False, help="Folder of the publishers' files.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Ask nothing: list what the recipe still misses.")] = False,
) -> None:
    """Make the recipe of a new area by asking, and list what is missing."""
    from geo.new_recipe import check_name, missing_parts, recipe_text
    from geo.recipe import recipe_path

    console = terminal()
    check_name(area)
    path = recipe_path(area)
    if not check and path.exists():
        console.print(f"There is a recipe already: {path}. Nothing was changed.", soft_wrap=True)
    elif not check:
        answers = _ask(area)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, recipe_text(answers).encode())
        console.print(f"Wrote {path}. CONTRIBUTING has a table of every key.", soft_wrap=True)
    missing = missing_parts(area, sources)
    for line in missing:
        console.print(Text(f"- {line}"), soft_wrap=True)
    if not missing:
        where = str(sources) if sources is not None else "DIR"
        console.print(f"Nothing is missing. Next: reach data build {area} --sources {where}", soft_wrap=True)
    elif sources is None:
        console.print("With --sources DIR, the files themselves are looked at, too.")


def sources_of(area: str) -> dict[str, Mapping[str, Any]]:
    """Return the sources of the pack that there is now, by key; empty without one."""
    from geo.packs import open_pack

    try:
        return {str(one["key"]): one for one in open_pack(area).provenance["sources"]}
    except (UnknownNameError, PackError):
        return {}


def print_sources(console: Console, area: str, before: Mapping[str, Mapping[str, Any]]) -> None:
    """Print what was read, used and left out of each source, against the pack before."""
    from geo.packs import open_pack

    pack = open_pack(area)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("Source", no_wrap=True)
    for title in ("Read", "Used", "Before"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("Left out", ratio=1)
    for one in pack.provenance["sources"]:
        old = before.get(str(one["key"]))
        left_out = "; ".join(f"{digits(rows)} {why}" for why, rows in one["left_out"].items())
        if not one.get("given", True):
            left_out = "not given; the pack is built without it"
        table.add_row(
            str(one["key"]),
            digits(one["rows_read"]),
            digits(one["rows"]),
            "new" if old is None else digits(old["rows"]),
            Text(left_out),
        )
    console.print(table)
    for key, ids in pack.provenance.get("unplaced", {}).items():
        console.print(Text(f"Not placed, of {key}: {name_some(ids)}"), soft_wrap=True)
    for key, remarks in pack.provenance.get("remarks", {}).items():
        for remark in remarks:
            console.print(Text(f"Of {key}: {remark}"), soft_wrap=True)
    gone = sorted(set(before) - {str(one["key"]) for one in pack.provenance["sources"]})
    if gone:
        console.print(f"No longer a source: {', '.join(gone)}")


def megabytes(folder: Path) -> float:
    """Size of the files of a folder, in millions of bytes."""
    return sum(path.stat().st_size for path in folder.iterdir()) / 1e6


def _ask(area: str) -> dict[str, Any]:
    """Ask for what a recipe must know; each question has a default."""
    from geo.new_recipe import usual_answers

    usual = usual_answers()
    answers: dict[str, Any] = {"code": area}
    answers["name"] = typer.prompt("Name as people write it", default=area.replace("-", " ").title())
    answers["lad_code"] = typer.prompt("Code of the local authority (E, W or S and 8 digits)", default="")
    answers["crs"] = typer.prompt("Metric grid of the positions", default=usual["crs"])
    answers["folder"] = typer.prompt("Folder of its files, under the folder of sources", default=area)
    answers["has_oa"] = typer.confirm("Are there boundaries of output areas, finer than the ones with counts?", False)
    answers["oa_code"] = usual["oa_code"]
    if answers["has_oa"]:
        answers["oa_code"] = typer.prompt("Property of their boundaries with the code", default=usual["oa_code"])
    named = {"lsoa_code": "code of a small area", "ward_code": "code of a ward", "ward_name": "name of a ward"}
    for key, what in named.items():
        answers[key] = typer.prompt(f"Property of the boundaries with the {what}", default=usual[key])
    answers["postcodes"] = typer.confirm("Is there a list of postcodes (Code-Point Open)?", True)
    answers["counts_code"] = typer.prompt("Column of the code in the table of counts", default=answers["lsoa_code"])
    answers["children_column"] = typer.prompt("Column of the children aged 0 to 3", default=usual["children_column"])
    answers["population_column"] = typer.prompt("Column of all people", default=usual["population_column"])
    answers["year"] = typer.prompt("Year of the counts")
    answers["targets"] = typer.prompt("Wards to set against the others, by name, with commas (none)", default="")
    answers["land"] = typer.prompt("Sides of the area that are land as far as the map goes", default=usual["land"])
    return answers


@contextmanager
def _steps(console: Console, area: str) -> Iterator[Callable[[str, int, int], None]]:
    """Yield a function that shows each step: a bar on a terminal, otherwise one line a step."""
    if not console.is_terminal:
        yield lambda step, number, total: console.print(f"{number}/{total} {step}")
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[step]}"), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(f"Building {area}", step="", total=None)

        def show(step: str, number: int, total: int) -> None:
            progress.update(task, completed=number - 1, total=total, step=f"{number}/{total} {step}")

        yield show
        total = progress.tasks[0].total
        progress.update(task, completed=total, step="done")
