"""Words on who may do what: roles, owners, the list of people, the log of changes, and the page of the server."""

from collections.abc import Mapping
from datetime import datetime

from wording.dates import date_words
from wording.languages import english
from wording.rounding import digits


def people_words() -> Mapping[str, str]:
    """Return the words of roles, owners and the list of people by name, such as ``"title"``."""
    return english().named("people")


def say_people(place: str, /, **values: object) -> str:
    """Return the same words, filled in."""
    return english().say(f"people.{place}", **values)


def role_words() -> Mapping[str, str]:
    """Return what each role may do, by its name."""
    return english().named("people.roles")


def belongs_words(name: str, team: str) -> str:
    """Say whom something belongs to: a team, a person, or nobody who is known."""
    if team:
        return say_people("belongs_team", team=team)
    return say_people("belongs", whose=name) if name else say_people("belongs_nobody")


def owner_words(name: str, team: str) -> str:
    """Say the same in few words, for a list: ``"team East"``."""
    return say_people("in_team", team=team) if team else say_people("belongs", whose=name)


def copy_words(name: str, team: str) -> str:
    """Say why a change of what belongs to somebody else becomes a plan of one's own."""
    if team:
        return say_people("belongs_team_copy", team=team)
    return say_people("belongs_copy", whose=name) if name else say_people("belongs_nobody_copy")


def role_said(given: str | None, claimed: str) -> str:
    """Say which role somebody has, and who says so."""
    return say_people("given", role=given) if given else say_people("claimed", role=claimed)


def known_words(given: str | None, claimed: str, team: str, seen: datetime, closed: bool) -> str:
    """Say what there is to say of a person, in a line.

    Parameters
    ----------
    given, claimed
        The role that an administrator gave them, or None, and the one that their groups give.
    team
        Their team; empty for none.
    seen
        When they were here last.
    closed
        Whether they may not come in.
    """
    parts = [say_people("closed")] if closed else []
    parts.append(role_said(given, claimed))
    if team:
        parts.append(say_people("in_team", team=team))
    parts.append(say_people("seen", day=date_words(seen.astimezone().date())))
    return "; ".join(parts)


def moment_words(at: datetime) -> str:
    """Write a moment in the time of the server: ``"3 May 2026, 14:05"``."""
    there = at.astimezone()
    return f"{date_words(there.date())}, {there:%H:%M}"


def operator_words() -> Mapping[str, str]:
    """Return the words of the server's page by name, such as ``"title"``."""
    return english().named("operator")


def say_operator(place: str, /, **values: object) -> str:
    """Return the same words, filled in."""
    return english().say(f"operator.{place}", **values)


def ended_words(done: int, stopped: int, failed: int) -> str:
    """Say how many jobs have ended, and how."""
    return say_operator("ended_said", done=digits(done), stopped=digits(stopped), failed=digits(failed))


def memory_words(megabytes: float) -> str:
    """Say how much memory a process holds; 0 where the system does not say."""
    return say_operator("memory", size=digits(megabytes)) if megabytes else say_operator("not_told")


def size_words(size: int | None) -> str:
    """Write a size in bytes as megabytes, one decimal below ten; None where it is not known."""
    if size is None:
        return say_operator("not_told")
    megabytes = size / 1e6
    return say_operator("megabytes", n=digits(megabytes, 1 if megabytes < 10 else 0))


def rows_words() -> Mapping[str, str]:
    """Return what the rows of each table of the store are, by its name."""
    return english().named("operator.rows")


def purge_title(count: int) -> str:
    """Say how many things would be taken away for good."""
    return english().counted("operator.purge_list", count)


def purge_done(count: int) -> str:
    """Say how many things are gone."""
    return english().counted("operator.purge_done", count)


def some_names(names: tuple[str, ...], most: int = 20) -> str:
    """List names, and say how many more there are."""
    shown = ", ".join(f"“{name}”" for name in names[:most])
    return say_operator("purge_more", names=shown, n=digits(len(names) - most)) if len(names) > most else shown
