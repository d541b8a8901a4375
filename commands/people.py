"""`reach people`: who has signed in to a shared dashboard, what they may do, and who may not come in."""

import getpass
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from commands.console import check_out, csv_text, new_group, note, write_answer
from commands.options import FORMATS, Format, Out
from drawing.formulas import no_formula
from geo.errors import UnknownNameError
from wording.rounding import digits

if TYPE_CHECKING:
    from store.people import Known, PeopleStore
    from store.person import Person

people_commands = new_group("Who has signed in to a shared dashboard, what they may do, and who may not come in.")

BY_GROUPS = "by-groups"
_COLUMNS = ("id", "email", "name", "role", "given", "team", "first_seen", "last_seen", "removed_at")
_MOST = 500
Who = Annotated[str, typer.Argument(help="Their e-mail address, or their id.", metavar="PERSON")]


@people_commands.command("list")
def list_command(
    search: Annotated[str, typer.Option(help="Only those whose name, address or team has these words.")] = "",
    format_: Format = "table",
    out: Out = None,
) -> None:
    """List who has signed in: their role and team, when they were last here, and whether they may come in."""
    if format_ not in FORMATS:
        raise UnknownNameError("format", format_, list(FORMATS))
    check_out(out)
    with _people() as people:
        found = list(_every(people, search))
    rows = [_plain(one) for one in found]
    write_answer(
        format_,
        out,
        lambda console: _print(console, found),
        lambda: json.dumps(rows, indent=2, ensure_ascii=False) + "\n",
        lambda: csv_text(_COLUMNS, [{name: no_formula(value) for name, value in row.items()} for row in rows]),
    )


@people_commands.command("role")
def role_command(
    person: Who,
    role: Annotated[
        str, typer.Argument(help="viewer, member, planner or administrator; by-groups leaves it to their groups.")
    ],
) -> None:
    """Give somebody a role, which then counts for more than their groups; it holds from their next click."""
    from store.person import Role

    names = [*Role, BY_GROUPS]
    if role not in names:
        raise UnknownNameError("role", role, names)
    given = None if role == BY_GROUPS else Role(role)
    _change(person, lambda people, key, who: people.give_role(key, given, who))


@people_commands.command("team")
def team_command(person: Who, team: Annotated[str, typer.Argument(help='Name of the team; "" for none.')]) -> None:
    """Put somebody into a team, whose members may change the plans and data that one of them shares with it."""
    _change(person, lambda people, key, who: people.give_team(key, team, who))


@people_commands.command("remove")
def remove_command(person: Who) -> None:
    """Let somebody come in no more; what they saved stays, and "reach people restore" undoes it."""
    _change(person, lambda people, key, who: people.remove(key, who))


@people_commands.command("restore")
def restore_command(person: Who) -> None:
    """Let somebody come in again, with the role and team that they had."""
    _change(person, lambda people, key, who: people.restore(key, who))


def operator() -> "Person":
    """Return whoever types a command, who may do everything: they hold the database anyway."""
    from store.person import local_person

    try:
        name = getpass.getuser()
    except (KeyError, OSError, ImportError):  # a user without a name, as in a container
        name = ""
    return local_person(name, origin="command")


def _change(typed: str, work: Callable[["PeopleStore", str, "Person"], "Known"]) -> None:
    """Change what is known of somebody, and say what it is now."""
    with _people() as people:
        who = operator()
        note(_sentence(work(people, people.find(typed, who).id, who)))


@contextmanager
def _people() -> Iterator["PeopleStore"]:
    from store.people import PeopleStore

    people = PeopleStore.open()
    try:
        yield people
    finally:
        people.close()


def _every(people: "PeopleStore", search: str) -> Iterator["Known"]:
    number = 1
    while True:
        page = people.list(operator(), search=search, page=number, size=_MOST)
        yield from page
        if number >= page.pages:
            return
        number += 1


def _sentence(one: "Known") -> str:
    team = f", team {one.team}" if one.team else ""
    closed = "" if one.removed_at is None else "; they may not come in"
    return f"{one.name} ({one.email or one.id}): {_role(one)}{team}{closed}"


def _role(one: "Known") -> str:
    return f"{one.role} {'by their groups' if one.given is None else 'by an administrator'}"


def _plain(one: "Known") -> dict[str, Any]:
    times = {name: getattr(one, name) for name in ("first_seen", "last_seen", "removed_at")}
    return {
        "id": one.id,
        "email": one.email,
        "name": one.name,
        "role": one.role.value,
        "given": one.given is not None,
        "team": one.team,
        **{name: None if at is None else at.isoformat(timespec="seconds") for name, at in times.items()},
    }


def _print(console: Console, found: list["Known"]) -> None:
    if not found:
        console.print("Nobody is found: people are listed here once they have signed in.")
        return
    table = Table("Name", "E-mail", "Role", "Team", "Last here", box=SIMPLE_HEAD, pad_edge=False)
    for one in found:
        here = f"{one.last_seen:%Y-%m-%d}" if one.removed_at is None else "may not come in"
        table.add_row(*(Text(cell) for cell in (one.name, one.email or one.id, _role(one), one.team, here)))
    console.print(table)
    console.print(f"{digits(len(found))} in all.")
