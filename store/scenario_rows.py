"""Rows of the tables of scenarios: made, looked up, and whom they belong to."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.scenario.file import from_json, to_json
from analysis.scenario.scenario import Scenario
from geo.errors import InputError, UnknownNameError
from store.paging import searchable
from store.person import Owner, Person, Task
from store.tables import ScenarioRow, VersionRow


def owner_of(who: Person, for_team: bool | None = None) -> Owner:
    """Return the owner of what `who` makes; refuse who may save no plans, or has no name."""
    who.need(Task.PLAN)
    own = who.as_owner(for_team=bool(for_team))
    if not own.name:
        raise InputError("say who is saving: give a name")
    return own


def owner_in(row: ScenarioRow) -> Owner:
    """Return whom a scenario belongs to."""
    return Owner(row.owner, row.owner_name, row.team)


def version_made(scenario_id: str, number: int, kind: str, scenario: Scenario, person: str) -> VersionRow:
    """Make the row of a version, by the name of who made it; `InputError` when it could not be read again."""
    numbered = replace(scenario, version=number)
    body = to_json(numbered)
    # A scenario that cannot be read again must not be saved.
    if from_json(body) != numbered:
        raise InputError(f"the scenario {scenario.name[:100]!r} does not survive being saved; check its changes")
    return VersionRow(
        scenario_id=scenario_id,
        number=number,
        kind=kind,
        name=scenario.name,
        body=body,
        saved_by=person,
        saved_at=datetime.now(UTC),
    )


@lru_cache(maxsize=512)
def scenario_in(body: str) -> Scenario:
    """Read a body; kept, because the check by the schema is the slowest part of a list and a body never changes."""
    return from_json(body)


def shown(row: VersionRow, owner: Owner) -> dict[str, Any]:
    """Return what the row of a scenario says of its last version, and the team of its owner."""
    return {
        "team": owner.team,
        "number": row.number,
        "kind": row.kind,
        "name": row.name,
        "saved_by": row.saved_by,
        "saved_at": row.saved_at,
        "search": searchable(row.name, row.saved_by),
    }


def unknown(scenario_id: str) -> UnknownNameError:
    """Make the error that there is no such scenario."""
    return UnknownNameError("stored scenario", scenario_id[:100], [])


def scenario_row(session: Session, scenario_id: str) -> ScenarioRow:
    """Find a scenario; `UnknownNameError` when there is none."""
    row = session.get(ScenarioRow, scenario_id)
    if row is None:
        raise unknown(scenario_id)
    return row


def latest_row(session: Session, scenario_id: str) -> VersionRow:
    """Find the last version of a scenario; `UnknownNameError` when there is none."""
    row = session.scalars(
        select(VersionRow).where(VersionRow.scenario_id == scenario_id).order_by(VersionRow.number.desc()).limit(1)
    ).first()
    if row is None:
        raise unknown(scenario_id)
    return row


def version_row(session: Session, scenario_id: str, number: int) -> VersionRow:
    """Find a version of a scenario; `UnknownNameError` when there is none."""
    row = session.get(VersionRow, (scenario_id, number))
    if row is None:
        last = latest_row(session, scenario_id).number
        raise UnknownNameError("version", str(number), [str(n) for n in range(1, last + 1)][-50:])
    return row
