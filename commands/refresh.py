"""`reach data refresh` and `reach data rollback`: a pack from its publishers' own services, and the way back."""

import json
from dataclasses import asdict
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from commands.console import ReachTyper, name_some, note, terminal, write_text
from wording.rounding import digits

if TYPE_CHECKING:
    from geo.live.report import RefreshReport

_HASH_SHOWN = 12


class Format(StrEnum):
    """Output formats of the report."""

    TABLE = "table"
    JSON = "json"


def add_refresh(group: ReachTyper) -> None:
    """Add both commands to the group `reach data`."""
    group.command("refresh")(refresh_command)
    group.command("rollback")(rollback_command)


def refresh_command(
    area: Annotated[str, typer.Argument(help="Name of the recipe.")],
    sources: Annotated[
        Path | None,
        typer.Option(exists=True, file_okay=False, help="Folder of files for what no publisher is asked for."),
    ] = None,
    only: Annotated[list[str] | None, typer.Option(help="Fetch this source alone; may be given again.")] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Ask nobody; use what was fetched before.")] = False,
    form: Annotated[Format, typer.Option("--format", help="A table to read, or JSON.")] = Format.TABLE,
) -> None:
    """Fetch the sources of an area from their publishers, and build its pack from them."""
    from geo.live.refresh import refresh

    report = refresh(area, sources=sources, only=only or (), offline=offline, tell=note)
    if report.changed:
        _logged(area, "refreshed")
    if form is Format.JSON:
        content = {**asdict(report), "folder": str(report.folder)}
        content["sources"] = content.pop("lines")
        write_text(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n", None)
    else:
        _print(report)
    for line in report.failed:
        kept = f"Without {line.source}" if line.done == "absent" else f"Kept {line.source} of {line.date}"
        note(f"{kept}: {line.why}")
    if report.nothing_done:
        note("Error: no publisher gave anything that can be used; the pack is as it was.")
        raise typer.Exit(1)


def rollback_command(area: Annotated[str, typer.Argument(help="Name of the area.")]) -> None:
    """Bring back the pack from before the last refresh; once more brings the newer one back."""
    from geo.live.refresh import rollback

    folder = rollback(area)
    _logged(area, "the one before is back")
    terminal().print(f"The earlier pack of {area} is back in {folder}", soft_wrap=True)


def _logged(area: str, how: str) -> None:
    """Write to the audit log that the data of an area are others now; it is there where the dashboard is installed."""
    if find_spec("sqlalchemy") is None:
        return
    from commands.people import operator
    from store.audit import AuditLog
    from store.database import open_engine
    from store.errors import StoreError

    try:
        engine = open_engine()
        try:
            AuditLog(engine).area_refreshed(area, how, operator())
        finally:
            engine.dispose()
    except StoreError as error:
        note(f"The data are there, but no line in the audit log: {error}")


def _print(report: "RefreshReport") -> None:
    console = terminal()
    table = Table("Source", "Done", "Bytes", "Date", "SHA-256", "Why", box=None, pad_edge=False)
    table.columns[2].justify = "right"
    table.columns[5].ratio = 1
    for line in report.lines:
        table.add_row(line.source, line.done, digits(line.bytes), line.date, line.sha256[:_HASH_SHOWN], line.why)
    console.print(table)
    if report.swept:
        console.print(f"Removed what killed runs had left: {name_some(report.swept)}", soft_wrap=True)
    if report.changed:
        again = f"reach data rollback {report.area}"
        console.print(f"Refreshed {report.area} in {report.folder}. The pack from before: {again}", soft_wrap=True)
    else:
        console.print(f"{report.area} is unchanged.", soft_wrap=True)
