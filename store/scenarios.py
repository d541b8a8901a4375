"""Store of scenarios: save, look up, delete and restore, for several people at once.

Nothing is overwritten. When two people save changes to the same version, both keep their work: the first save becomes
the next version, the second becomes a new scenario, and the second person gets a message (:attr:`Saved.clash`). So does
a save over a scenario that belongs to somebody else.
"""

import builtins
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session

from analysis.scenario.scenario import Scenario
from geo.errors import InputError
from store.audit import Action, record
from store.database import explain
from store.kept import Kept
from store.paging import PAGE, Page, found_by, one_page
from store.person import NOBODY, Owner, Person
from store.scenario_rows import (
    latest_row,
    owner_in,
    owner_of,
    scenario_in,
    scenario_row,
    shown,
    unknown,
    version_made,
    version_row,
)
from store.tables import DELETED, RESTORED, SAVED, ScenarioRow, VersionRow
from store.transaction import as_utc, transaction

_ADVICE = "; export the scenario to a file to keep it, then try again"
_NAME_LENGTH = 200
_RETRIES = 5
_MOST_ASKED = 100
_KIND = "plan"


@dataclass(frozen=True)
class Version:
    """One version of a stored scenario.

    Attributes
    ----------
    scenario_id, number
        Id of the scenario, and number of the version, from 1.
    kind
        ``saved``, ``deleted`` or ``restored``.
    scenario
        The scenario in this version; its `version` is `number`.
    saved_by, saved_at
        By whom and when (UTC).
    owner
        Whom the scenario belongs to.
    """

    scenario_id: str
    number: int
    kind: str
    scenario: Scenario
    saved_by: str
    saved_at: datetime
    owner: Owner = NOBODY

    @property
    def deleted(self) -> bool:
        """Whether the scenario was deleted by this version."""
        return self.kind == DELETED


@dataclass(frozen=True)
class Listed:
    """One version of a stored scenario as a list shows it, without its content.

    Attributes
    ----------
    scenario_id, number, kind, saved_by, saved_at, owner
        As of a :class:`Version`.
    name
        Name of the scenario.
    """

    scenario_id: str
    number: int
    kind: str
    name: str
    saved_by: str
    saved_at: datetime
    owner: Owner = NOBODY

    @property
    def deleted(self) -> bool:
        """Whether the scenario was deleted by this version."""
        return self.kind == DELETED


@dataclass(frozen=True)
class Saved:
    """The result of a save.

    Attributes
    ----------
    version
        The new version; with `clash` or `belongs_to` the first of a new scenario, so that both are kept.
    clash
        Another person's version with which it was in conflict.
    belongs_to
        Whom the scenario belongs to that was edited, where that is somebody else.
    """

    version: Version
    clash: Listed | None = None
    belongs_to: Owner | None = None

    @property
    def message(self) -> str:
        """A message for the person who saved."""
        if self.belongs_to is not None:
            return f"It belongs to {self.belongs_to.words}; yours is kept as “{self.version.scenario.name}”."
        if self.clash is None:
            return f"Saved as version {self.version.number}."
        if self.clash.deleted:
            return f"{self.clash.saved_by} deleted this plan; yours is kept as “{self.version.scenario.name}”."
        return (
            f"{self.clash.saved_by} changed this scenario while you were editing it. Theirs is version "
            f"{self.clash.number}; yours is kept as “{self.version.scenario.name}”."
        )


class ScenarioStore(Kept):
    """Scenarios in a database; safe to share between threads."""

    def save(
        self,
        scenario: Scenario,
        who: Person,
        *,
        scenario_id: str | None = None,
        based_on: int | None = None,
        for_team: bool | None = None,
    ) -> Saved:
        """Save a scenario as a new version.

        Parameters
        ----------
        scenario
            What to save; its own version number is replaced.
        who
            Who saves, and whom a new scenario belongs to.
        scenario_id
            The stored scenario that was edited; None makes a new one.
        based_on
            The version from which the edit started; needed with `scenario_id`.
        for_team
            Whether the team of whom it belongs to may change it too; None leaves that as it is, which is no for a new
            one. Only whom it belongs to can change that.

        Raises
        ------
        NotAllowedError
            When `who` may not save plans.
        InputError
            When `who` has no name, or `based_on` is missing.
        UnknownNameError
            When there is no such scenario or version.
        StoreError
            When the database fails; nothing is saved then.
        """
        own = owner_of(who, for_team)
        if scenario_id is None:
            return Saved(self._create(scenario, who, own))
        if based_on is None:
            raise InputError("say which version was edited, so that nobody else's work is covered up")
        belongs_to = None
        try:
            with self._session() as session:
                row = scenario_row(session, scenario_id)
                version_row(session, scenario_id, based_on)
                owner = owner_in(row)
                if not who.may_change(owner):
                    belongs_to = owner
                elif row.number == based_on:
                    kept = owner if for_team is None or own.person != owner.person else replace(owner, team=own.team)
                    version = version_made(scenario_id, based_on + 1, SAVED, scenario, own.name)
                    return Saved(_add(session, version, who, Action.SAVED, kept))
        except IntegrityError:
            # On PostgreSQL another save can happen between the read and the write, even in one transaction. The
            # database refuses a second row with the same number: a conflict like any other.
            pass
        name = f"{scenario.name[: _NAME_LENGTH - 60]} ({own.name[:40]}’s copy)"
        copy = self._create(replace(scenario, name=name), who, own, (scenario_id, based_on))
        if belongs_to is not None:
            return Saved(copy, belongs_to=belongs_to)
        with self._session() as session:
            now = session.execute(select(*_columns(ScenarioRow)).where(ScenarioRow.id == scenario_id)).first()
            return Saved(copy, clash=None if now is None else _listed(now))

    def duplicate(self, scenario_id: str, who: Person, name: str, *, number: int | None = None) -> Version:
        """Make a new scenario from a version of another, the latest when `number` is left out; errors as `save`."""
        own = owner_of(who)
        origin = self.latest(scenario_id) if number is None else self.version(scenario_id, number)
        scenario = replace(origin.scenario, name=name.strip()[:_NAME_LENGTH] or origin.scenario.name)
        return self._create(scenario, who, own, (scenario_id, origin.number))

    def latest(self, scenario_id: str) -> Version:
        """Return the last version, deleted or not; `UnknownNameError` when there is no such scenario."""
        with self._session() as session:
            return _read(latest_row(session, scenario_id), owner_in(scenario_row(session, scenario_id)))

    def version(self, scenario_id: str, number: int) -> Version:
        """Return one version, as a shared link names it; `UnknownNameError` when there is none."""
        with self._session() as session:
            return _read(version_row(session, scenario_id, number), owner_in(scenario_row(session, scenario_id)))

    def versions(self, scenario_id: str) -> builtins.list[Listed]:
        """Return the record of a scenario, the first version first; `UnknownNameError` when there is no scenario."""
        query = select(*_columns(VersionRow)).join(ScenarioRow, ScenarioRow.id == VersionRow.scenario_id)
        query = query.where(VersionRow.scenario_id == scenario_id).order_by(VersionRow.number)
        with self._session() as session:
            found = [_listed(row) for row in session.execute(query)]
        if not found:
            raise unknown(scenario_id)
        return found

    def list(
        self, area: str, *, search: str = "", page: int = 1, size: int = PAGE, deleted: bool = False
    ) -> Page[Listed]:
        """Return a page of the scenarios of an area, each with its last version, the latest saved first.

        Parameters
        ----------
        area
            Code of the area.
        search
            Words that are in the name or in the name of who saved last; empty for all.
        page, size
            Number of the page, from 1, and how many there are on one. A page after the last is the last.
        deleted
            Whether to list those that are deleted, instead of those that are not.

        Raises
        ------
        StoreError
            When the database fails.
        """
        query = select(*_columns(ScenarioRow)).where(
            ScenarioRow.area == area,
            ScenarioRow.kind == DELETED if deleted else ScenarioRow.kind != DELETED,
            found_by(ScenarioRow.search, search),
        )
        with self._session() as session:
            query = query.order_by(ScenarioRow.saved_at.desc(), ScenarioRow.id)
            rows, total, number = one_page(session, query, page, size)
            return Page(tuple(map(_listed, rows)), total, number, size)

    def listed(self, area: str, scenario_ids: Sequence[str]) -> dict[str, Listed]:
        """Return some scenarios of an area that are not deleted, as :meth:`list` shows them, by id."""
        query = select(*_columns(ScenarioRow)).where(
            ScenarioRow.area == area, ScenarioRow.kind != DELETED, ScenarioRow.id.in_(scenario_ids[:_MOST_ASKED])
        )
        with self._session() as session:
            return {row[0]: _listed(row) for row in session.execute(query)}

    def delete(self, scenario_id: str, who: Person) -> Version:
        """Delete a scenario, so that it is not listed any more; :meth:`restore` undoes it.

        Errors as for `save`; `NotAllowedError` also when it is somebody else's.
        """
        return self._mark(scenario_id, DELETED, who)

    def restore(self, scenario_id: str, who: Person) -> Version:
        """Restore a deleted scenario as it was. Errors as for `delete`."""
        return self._mark(scenario_id, RESTORED, who)

    def _mark(self, scenario_id: str, kind: str, who: Person) -> Version:
        person = owner_of(who).name
        for attempt in range(_RETRIES):
            try:
                with self._session() as session:
                    owner = owner_in(scenario_row(session, scenario_id))
                    who.need_own(owner)
                    latest = _read(latest_row(session, scenario_id), owner)
                    if latest.deleted == (kind == DELETED):
                        return latest
                    marked = version_made(scenario_id, latest.number + 1, kind, latest.scenario, person)
                    return _add(session, marked, who, Action(kind), owner)
            except IntegrityError as error:
                if attempt == _RETRIES - 1:
                    raise explain(self._engine, error, _ADVICE) from error
        raise InputError(f"the scenario {scenario_id!r} is being changed by too many people at once; try again")

    def _create(self, scenario: Scenario, who: Person, owner: Owner, copied: tuple[str, int] | None = None) -> Version:
        """Add a scenario, which is a copy of a version of another when that is given."""
        key = uuid4().hex
        version = version_made(key, 1, SAVED, scenario, owner.name)
        copied_from, copied_version = copied or (None, None)
        row = ScenarioRow(
            id=key,
            area=scenario.area,
            copied_from=copied_from,
            copied_version=copied_version,
            owner=owner.person,
            owner_name=owner.name,
            **shown(version, owner),
        )
        with self._session() as session:
            session.add(row)
            session.flush()
            session.add(version)
            session.flush()
            record(session, who, Action.COPIED if copied else Action.SAVED, _KIND, key, version.name)
            return _read(version, owner)

    def _session(self) -> AbstractContextManager[Session]:
        return transaction(self._engine, _ADVICE)


def _read(row: VersionRow, owner: Owner) -> Version:
    scenario = scenario_in(row.body)
    return Version(row.scenario_id, row.number, row.kind, scenario, row.saved_by, as_utc(row.saved_at), owner)


def _add(session: Session, row: VersionRow, who: Person, action: Action, owner: Owner) -> Version:
    """Add a version, and write to the row of its scenario what lists show; the version first, as it can clash."""
    session.add(row)
    session.flush()
    change = update(ScenarioRow).where(ScenarioRow.id == row.scenario_id)
    session.execute(change.values(**shown(row, owner)), execution_options={"synchronize_session": False})
    record(session, who, action, _KIND, row.scenario_id, row.name)
    return _read(row, owner)


def _columns(table: type[ScenarioRow] | type[VersionRow]) -> tuple[InstrumentedAttribute[Any], ...]:
    """Return the columns of a :class:`Listed`."""
    key = ScenarioRow.id if table is ScenarioRow else VersionRow.scenario_id
    owner = (ScenarioRow.owner, ScenarioRow.owner_name, ScenarioRow.team)
    return (key, table.number, table.kind, table.name, table.saved_by, table.saved_at, *owner)


def _listed(row: Any) -> Listed:
    scenario_id, number, kind, name, saved_by, saved_at, *owner = row
    return Listed(scenario_id, number, kind, name, saved_by, as_utc(saved_at), Owner(*owner))
