"""`reach report`: briefs and reports as PDF, a map in one file, slides."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from commands.console import check_out, new_group, note, terminal
from commands.options import Area, open_area
from geo.errors import InputError, UnknownNameError
from geo.files import check_folder

if TYPE_CHECKING:
    from analysis.scenario.lab import Effect
    from analysis.scenario.scenario import Scenario
    from geo.pack import AreaPack
    from reports.facts import Facts

report_commands = new_group("Make briefs and reports (PDF, XLSX), a map in one file (HTML) and slides (PPTX).")

Out = Annotated[Path, typer.Option(help="File to write.", metavar="FILE")]
Day = Annotated[
    str | None, typer.Option("--date", help="Date on it, as 2026-05-31; today when left out.", metavar="DAY")
]
Plan = Annotated[
    Path | None,
    typer.Option("--scenario", help="Scenario file whose changes it shows as well.", metavar="FILE"),
]


@report_commands.command("ward")
def ward_command(
    ward: Annotated[str, typer.Argument(help="Name or code of the ward.")],
    out: Out,
    area: Area = None,
    scenario: Plan = None,
    day: Day = None,
) -> None:
    """Make the brief of a ward: two pages of A4, PDF."""
    check_out(out, [scenario])
    from reports.files import report_date, write_whole
    from reports.ward_brief import ward_brief

    made_on = report_date(day)
    facts = _facts(area)
    code = facts.ward_code(ward)
    write_whole(out, ward_brief(facts, code, made_on, _effect(facts.pack, scenario)))
    note(f"Wrote {out}")


@report_commands.command("all-wards")
def all_wards_command(
    out: Annotated[Path, typer.Option(help="Folder to write to; made when it is not there.", metavar="DIR")],
    area: Area = None,
    scenario: Plan = None,
    day: Day = None,
) -> None:
    """Make the brief of every ward."""
    from reports.files import file_name, report_date, write_whole
    from reports.ward_brief import ward_brief

    made_on = report_date(day)
    facts = _facts(area)
    effect = _effect(facts.pack, scenario)
    _make_folder(out)
    names = facts.pack.wards["name"].astype(str).to_dict()
    with _progress("Ward briefs", len(names)) as step:
        for code, name in names.items():
            write_whole(out / f"{file_name(name)}.pdf", ward_brief(facts, str(code), made_on, effect))
            step(name)
    note(f"Wrote {len(names)} briefs to {out}")


@report_commands.command("borough")
def borough_command(out: Out, area: Area = None, scenario: Plan = None, day: Day = None) -> None:
    """Make the brief of the whole area: two pages of A4, a third on buses and trains where it has a timetable, PDF."""
    check_out(out, [scenario])
    from reports.borough_brief import borough_brief
    from reports.files import report_date, write_whole

    made_on = report_date(day)
    facts = _facts(area)
    write_whole(out, borough_brief(facts, made_on, _effect(facts.pack, scenario)))
    note(f"Wrote {out}")


@report_commands.command("scenario")
def scenario_command(
    file: Annotated[Path, typer.Argument(help="Scenario file, JSON.", metavar="FILE")],
    out: Annotated[
        Path | None,
        typer.Option(help="File to write, .pdf or .xlsx; beside the scenario, PDF, when left out.", metavar="FILE"),
    ] = None,
    day: Day = None,
) -> None:
    """Report what a scenario changes, for whom, and at what cost: PDF, or XLSX by the file's ending."""
    from analysis.scenario.file import read_scenario
    from analysis.scenario.lab import Lab
    from geo.packs import open_pack
    from reports.files import report_date, write_whole
    from reports.scenario_report import scenario_report
    from reports.scenario_workbook import scenario_workbook

    if not file.name:
        raise InputError("give the scenario file: its name is empty")
    target = file.with_suffix(".pdf") if out is None else out
    makers: dict[str, Callable[..., bytes]] = {".pdf": scenario_report, ".xlsx": scenario_workbook}
    if target.suffix.lower() not in makers:
        raise UnknownNameError("kind of report", target.suffix or target.name, list(makers))
    check_out(target, [file])
    made_on = report_date(day)
    scenario = read_scenario(file)
    effect = Lab(open_pack(scenario.area)).effect(scenario)
    write_whole(target, makers[target.suffix.lower()](effect, made_on))
    note(f"Wrote {target}")


@report_commands.command("map")
def map_command(out: Out, area: Area = None, day: Day = None) -> None:
    """Make a map to hand on: one HTML file that opens with no internet."""
    check_out(out)
    from reports.files import report_date, write_whole
    from reports.html_map import html_map

    made_on = report_date(day)
    write_whole(out, html_map(_facts(area), made_on))
    note(f"Wrote {out}")


@report_commands.command("meeting")
def meeting_command(
    out: Out,
    area: Area = None,
    service: Annotated[
        list[str] | None, typer.Option(help="Kind of service that the story is about; may be given again.")
    ] = None,
    ward: Annotated[list[str] | None, typer.Option(help="Ward that it is about; may be given again.")] = None,
    scenario: Plan = None,
    language: Annotated[str, typer.Option(help="Language of the words, such as en or pl.")] = "en",
    day: Day = None,
) -> None:
    """Make the slides of the meeting story, PPTX."""
    check_out(out, [scenario])
    from reports.files import report_date, write_whole
    from reports.slides import meeting_slides

    made_on = report_date(day)
    facts = _facts(area)
    plan = _effect(facts.pack, scenario)
    slides = meeting_slides(
        facts,
        made_on,
        services=service or [],
        wards=[facts.ward_code(name) for name in ward or []],
        effect=plan,
        language=language,
    )
    write_whole(out, slides)
    note(f"Wrote {out}")


def _facts(area: str | None) -> "Facts":
    from reports.facts import Facts

    return Facts.of(open_area(area))


def _effect(pack: "AreaPack", file: Path | None) -> "Effect | None":
    if file is None:
        return None
    from analysis.scenario.file import read_scenario
    from analysis.scenario.lab import Lab

    scenario: Scenario = read_scenario(file)
    return Lab(pack).effect(scenario)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        check_folder(folder)
    except OSError as error:
        raise InputError(f"--out {folder}: cannot be made or written to: {error.strerror or error}") from error


@contextmanager
def _progress(what: str, total: int) -> Iterator[Callable[[str], None]]:
    """Yield a function that shows each step on standard error: a bar on a terminal, otherwise one line a step."""
    import sys

    console = terminal(sys.stderr)
    if not console.is_terminal:
        numbers = iter(range(1, total + 1))
        yield lambda name: note(f"{next(numbers)}/{total} {name}")
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[name]}"), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(what, name="", total=total)
        yield lambda name: progress.update(task, advance=1, name=name)
