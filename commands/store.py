"""`reach store`: check, back up, restore, move and purge what people keep, and write out who changed it."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, fields
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.console import check_out, csv_text, name_some, new_group, note, terminal, write_stream
from commands.options import Out
from commands.people import operator
from drawing.formulas import no_formula
from geo.errors import InputError, UnknownNameError
from wording.rounding import digits

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from store.audit import Entry

store_commands = new_group(
    "What people keep: check it, back it up, restore it, move it and purge it; and who changed it."
)

Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]


@store_commands.command("check")
def check_command() -> None:
    """Read all that is kept, and say what is wrong with it.

    The exit code is 1 where something is.
    """
    from store.copies import counts
    from store.database import plain
    from store.integrity import set_aside_files
    from store.soundness import faults

    with _store() as engine:
        console = terminal()
        console.print(f"{_capital(plain(engine.url))}: {_held(counts(engine))}.", soft_wrap=True)
        for aside in set_aside_files(engine.url):
            console.print(f"A damaged file was set aside as {aside}.", soft_wrap=True)
        found = False
        for fault in faults(engine, _step):
            found = True
            console.print(fault, soft_wrap=True)
    if found:
        raise typer.Exit(1)
    console.print("It is sound: every version can be read, and every list says what is kept.", soft_wrap=True)


@store_commands.command("backup")
def backup_command(file: Annotated[Path, typer.Argument(help="File to write (SQLite).", metavar="FILE")]) -> None:
    """Write all that is kept, every version included, to one file, while others may go on saving."""
    _check_file(file)
    from store.copies import back_up

    with _store() as engine:
        made = back_up(engine, file, _step)
    note(f"Wrote {file}: {_held(made)}")


@store_commands.command("restore")
def restore_command(
    file: Annotated[Path, typer.Argument(help="A file that reach store backup has written.", metavar="FILE")],
    replace: Annotated[
        Path | None,
        typer.Option(
            help="Replace what is kept now, which is first backed up to this file. Without it, only an empty store "
            "is filled.",
            metavar="BACKUP",
        ),
    ] = None,
    yes: Yes = False,
) -> None:
    """Fill the store from a backup, in one step that is done completely or not at all."""
    if not file.is_file():
        raise InputError(f"there is no file {file}")
    if replace is not None:
        _check_file(replace, new=True)
    from store.copies import counts, holds, restore
    from store.database import plain

    with _store() as engine:
        held = counts(engine)
        if replace is not None and holds(held):
            _sure(f"Replace all of {plain(engine.url)} ({_held(held)})", yes)
        made = restore(file, engine, operator(), first=replace, step=_step)
        if replace is not None and replace.exists():
            note(f"What was kept before is in {replace}")
        note(f"Restored to {plain(engine.url)}: {_held(made)}")


@store_commands.command("move")
def move_command(
    to: Annotated[
        str, typer.Option(help="Address of an empty database, such as postgresql://user@host/name.", metavar="URL")
    ],
) -> None:
    """Copy all that is kept to another, empty database, and check that it is equal; nobody can save meanwhile.

    What is kept now stays as it is. Set REACH_DATABASE_URL to the new address afterwards.
    """
    from store.copies import move
    from store.database import ENVIRONMENT, database_url, open_engine, plain

    target = database_url(to)
    if target == database_url():
        raise InputError(f"--to is {plain(target)}, where it is kept already")
    with _store() as engine:
        other = open_engine(target)
        try:
            made = move(engine, other, operator(), _step)
        finally:
            other.dispose()
    note(f"Copied to {plain(target)}: {_held(made)}")
    note(f"Set {ENVIRONMENT} to that address now, before anybody saves again: the old database is left as it is")


@store_commands.command("purge")
def purge_command(
    deleted_before: Annotated[
        int, typer.Option(min=0, max=36_500, help="What was deleted at least so many days ago.", metavar="DAYS")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    yes: Yes = False,
) -> None:
    """Take away for good what was deleted or removed long ago: plans with all versions, bookmarks and own data.

    What is not deleted is never touched. It cannot be undone: make a backup first.
    """
    from store.purge import purge

    with _store() as engine:
        found = purge(engine, deleted_before, operator(), only_say=True)
        console = terminal()
        kinds = {"plans": found.scenarios, "bookmarks": found.bookmarks, "own data": found.layers}
        if not found:
            console.print("Nothing was deleted that long ago.")
            return
        for kind, names in kinds.items():
            if names:
                console.print(f"{digits(len(names))} {kind}: {name_some(names)}", soft_wrap=True)
        if dry_run:
            return
        _sure("Take all of this away for good", yes)
        gone = purge(engine, deleted_before, operator())
        note(
            f"Taken away: {digits(len(gone.scenarios))} plans, {digits(len(gone.bookmarks))} bookmarks, "
            f"{digits(len(gone.layers))} own data"
        )


@store_commands.command("audit")
def audit_command(
    since: Annotated[
        str | None,
        typer.Option(help="Only what was done on this day (UTC) and later, such as 2026-05-12.", metavar="DAY"),
    ] = None,
    format_: Annotated[str, typer.Option("--format", help="csv or json.")] = "csv",
    out: Out = None,
) -> None:
    """Write the audit log: who changed what, when and from where, the first change first.

    The log only grows. In CSV, a text that a spreadsheet would read as a formula gets an apostrophe.
    """
    if format_ not in ("csv", "json"):
        raise UnknownNameError("format", format_, ["csv", "json"])
    first = None if since is None else _day(since)
    check_out(out)
    from store.audit import AuditLog

    with _store() as engine:
        found = AuditLog(engine).all(operator(), since=first)
        write_stream(_as_csv(found) if format_ == "csv" else _as_json(found), out)


def _day(text: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        raise InputError(f"--since {text[:50]!r} is not a day, such as 2026-05-12") from None


def _as_csv(entries: Iterable["Entry"]) -> Iterator[str]:
    from store.audit import Entry

    columns = [field.name for field in fields(Entry)]
    yield csv_text(columns, [])
    for entry in entries:
        row = {name: no_formula(value) for name, value in _plain(entry).items()}
        yield csv_text(columns, [row]).partition("\n")[2]


def _as_json(entries: Iterable["Entry"]) -> Iterator[str]:
    before = "["
    for entry in entries:
        yield f"{before}\n{json.dumps(_plain(entry), ensure_ascii=False)}"
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"


def _plain(entry: "Entry") -> dict[str, str]:
    return {**asdict(entry), "at": entry.at.isoformat(timespec="milliseconds")}


@contextmanager
def _store() -> Iterator["Engine"]:
    """Open the store that the environment names."""
    from store.database import open_engine

    engine = open_engine()
    try:
        yield engine
    finally:
        engine.dispose()


def _check_file(file: Path, *, new: bool = False) -> None:
    """Refuse a file that cannot be written, or is the store itself, before any work is done."""
    from store.database import database_url
    from store.integrity import file_of

    target = file.resolve()
    if not target.parent.is_dir():
        raise InputError(f"{file}: there is no folder {target.parent}")
    if target.exists() and (new or not target.is_file()):
        raise InputError(f"{file}: is there already" if new else f"{file}: is not an ordinary file")
    own = file_of(database_url())
    if own is not None and own.resolve() == target:
        raise InputError(f"{file}: is the store itself")


def _sure(question: str, yes: bool) -> None:
    """Ask before something that cannot be undone; where nobody can be asked, it needs ``--yes``."""
    if yes:
        return
    if not _asked_at_a_terminal():
        raise InputError("this cannot be undone, and nobody is there to be asked: give --yes to do it")
    if not typer.confirm(f"{question}?", err=True):
        raise InputError("nothing was changed")


def _asked_at_a_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _step(name: str) -> None:
    """Say on standard error what is worked on."""
    note(f"{datetime.now(UTC):%H:%M:%S} {name}")


def _held(rows: Mapping[str, int]) -> str:
    """Say how much is kept."""
    named = {
        "scenario": "plans",
        "scenario_version": "versions",
        "bookmark": "bookmarks",
        "layer": "own data",
        "short_link": "short links",
    }
    return ", ".join(f"{digits(rows.get(table, 0))} {words}" for table, words in named.items())


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
