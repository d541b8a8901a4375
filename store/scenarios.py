"""Store of scenarios: save, look up, delete and restore, for several people at once.

Nothing is overwritten. When two people save changes to the same version, both keep their work: the first save becomes
the next version, the second becomes a new scenario, and the second person gets a message (:attr:`Saved.clash`).
"""

import builtins
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session

from analysis.scenario.file import from_json, to_json
from analysis.scenario.scenario import Scenario
from geo.errors import InputError, UnknownNameError
from store.database import explain, open_engine
from store.paging import PAGE, Page, found_by, one_page, searchable
from store.tables import DELETED, RESTORED, SAVED, ScenarioRow, VersionRow
from store.transaction import as_utc, transaction

_ADVICE = "; export the scenario to a file to keep it, then try again"
_NAME_LENGTH = 200
_RETRIES = 5
_MOST_ASKED = 100


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
    """

    scenario_id: str
    number: int
    kind: str
    scenario: Scenario
    saved_by: str
    saved_at: datetime

    @property
    def deleted(self) -> bool:
        """Whether the scenario was deleted by this version."""
        return self.kind == DELETED


@dataclass(frozen=True)
class Listed:
    """One version of a stored scenario as a list shows it, without its content.

    Attributes
    ----------
    scenario_id, number, kind, saved_by, saved_at
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

    @property
    def deleted(self) -> bool:
        """Whether the scenario was deleted by this version."""
        return self.kind == DELETED


@dataclass(frozen=True)
class Saved:
    """The result of a save: the new version, and another person's version with which it was in conflict.

    With a clash, `version` is the first of a new scenario, and both are kept.
    """

    version: Version
    clash: Listed | None = None

    @property
    def message(self) -> str:
        """A message for the person who saved."""
        if self.clash is None:
            return f"Saved as version {self.version.number}."
        if self.clash.deleted:
            return f"{self.clash.saved_by} deleted this plan; yours is kept as “{self.version.scenario.name}”."
        return (
            f"{self.clash.saved_by} changed this scenario while you were editing it. Theirs is version "
            f"{self.clash.number}; yours is kept as “{self.version.scenario.name}”."
        )


class ScenarioStore:
    """Scenarios in a database; safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str | None = None) -> "ScenarioStore":
        """Open the store at `url`, or where `database_url` says; `StoreError` when it cannot be opened."""
        return cls(open_engine(url))

    def close(self) -> None:
        """Close the connections to the database."""
        self._engine.dispose()

    def save(
        self, scenario: Scenario, who: str, *, scenario_id: str | None = None, based_on: int | None = None
    ) -> Saved:
        """Save a scenario as a new version.

        Parameters
        ----------
        scenario
            What to save; its own version number is replaced.
        who
            Name of the person who saves.
        scenario_id
            The stored scenario that was edited; None makes a new one.
        based_on
            The version from which the edit started; needed with `scenario_id`.

        Raises
        ------
        InputError
            When `who` is empty, or `based_on` is missing.
        UnknownNameError
            When there is no such scenario or version.
        StoreError
            When the database fails; nothing is saved then.
        """
        person = _person(who)
        if scenario_id is None:
            return Saved(self._create(scenario, person))
        if based_on is None:
            raise InputError("say which version was edited, so that nobody else's work is covered up")
        try:
            with self._session() as session:
                _version_row(session, scenario_id, based_on)
                if _latest_row(session, scenario_id).number == based_on:
                    return Saved(_add(session, _row(scenario_id, based_on + 1, SAVED, scenario, person)))
        except IntegrityError:
            # On PostgreSQL another save can happen between the read and the write, even in one transaction. The
            # database refuses a second row with the same number: a conflict like any other.
            pass
        name = f"{scenario.name[: _NAME_LENGTH - 60]} ({person[:40]}’s copy)"
        copy = self._create(replace(scenario, name=name), person, copied_from=scenario_id, copied_version=based_on)
        with self._session() as session:
            now = session.execute(select(*_columns(ScenarioRow)).where(ScenarioRow.id == scenario_id)).first()
            return Saved(copy, clash=None if now is None else _listed(now))

    def duplicate(self, scenario_id: str, who: str, name: str, *, number: int | None = None) -> Version:
        """Make a new scenario from a version of another, the latest when `number` is left out; errors as `save`."""
        origin = self.latest(scenario_id) if number is None else self.version(scenario_id, number)
        scenario = replace(origin.scenario, name=name.strip()[:_NAME_LENGTH] or origin.scenario.name)
        return self._create(scenario, _person(who), copied_from=scenario_id, copied_version=origin.number)

    def latest(self, scenario_id: str) -> Version:
        """Return the last version, deleted or not; `UnknownNameError` when there is no such scenario."""
        with self._session() as session:
            return _read(_latest_row(session, scenario_id))

    def version(self, scenario_id: str, number: int) -> Version:
        """Return one version, as a shared link names it; `UnknownNameError` when there is none."""
        with self._session() as session:
            return _read(_version_row(session, scenario_id, number))

    def versions(self, scenario_id: str) -> builtins.list[Listed]:
        """Return the record of a scenario, the first version first; `UnknownNameError` when there is no scenario."""
        query = select(*_columns(VersionRow)).where(VersionRow.scenario_id == scenario_id).order_by(VersionRow.number)
        with self._session() as session:
            found = [_listed(row) for row in session.execute(query)]
        if not found:
            raise _unknown(scenario_id)
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

    def delete(self, scenario_id: str, who: str) -> Version:
        """Delete a scenario, so that it is not listed any more; :meth:`restore` undoes it. Errors as for `save`."""
        return self._mark(scenario_id, DELETED, who)

    def restore(self, scenario_id: str, who: str) -> Version:
        """Restore a deleted scenario as it was. Errors as for `save`."""
        return self._mark(scenario_id, RESTORED, who)

    def _mark(self, scenario_id: str, kind: str, who: str) -> Version:
        person = _person(who)
        for attempt in range(_RETRIES):
            latest = self.latest(scenario_id)
            if latest.deleted == (kind == DELETED):
                return latest
            marked = _row(scenario_id, latest.number + 1, kind, latest.scenario, person)
            try:
                with self._session() as session:
                    return _add(session, marked)
            except IntegrityError as error:
                if attempt == _RETRIES - 1:
                    raise explain(self._engine, error, _ADVICE) from error
        raise InputError(f"the scenario {scenario_id!r} is being changed by too many people at once; try again")

    def _create(
        self, scenario: Scenario, person: str, *, copied_from: str | None = None, copied_version: int | None = None
    ) -> Version:
        key = uuid4().hex
        version = _row(key, 1, SAVED, scenario, person)
        row = ScenarioRow(
            id=key,
            area=scenario.area,
            copied_from=copied_from,
            copied_version=copied_version,
            **_shown(version),
        )
        with self._session() as session:
            session.add(row)
            session.flush()
            session.add(version)
            session.flush()
            return _read(version)

    def _session(self) -> AbstractContextManager[Session]:
        return transaction(self._engine, _ADVICE)


def _person(who: str) -> str:
    person = " ".join("".join(letter if letter.isprintable() else " " for letter in who).split())[:_NAME_LENGTH]
    if not person:
        raise InputError("say who is saving: give a name")
    return person


def _row(scenario_id: str, number: int, kind: str, scenario: Scenario, person: str) -> VersionRow:
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


def _read(row: VersionRow) -> Version:
    return Version(row.scenario_id, row.number, row.kind, _scenario(row.body), row.saved_by, as_utc(row.saved_at))


@lru_cache(maxsize=512)
def _scenario(body: str) -> Scenario:
    """Read a body; kept, because the check by the schema is the slowest part of a list and a body never changes."""
    return from_json(body)


def _add(session: Session, row: VersionRow) -> Version:
    """Add a version, and write to the row of its scenario what lists show; the version first, as it can clash."""
    session.add(row)
    session.flush()
    change = update(ScenarioRow).where(ScenarioRow.id == row.scenario_id)
    session.execute(change.values(**_shown(row)), execution_options={"synchronize_session": False})
    return _read(row)


def _shown(row: VersionRow) -> dict[str, Any]:
    """Return what the row of a scenario says of its last version."""
    return {
        "number": row.number,
        "kind": row.kind,
        "name": row.name,
        "saved_by": row.saved_by,
        "saved_at": row.saved_at,
        "search": searchable(row.name, row.saved_by),
    }


def _columns(table: type[ScenarioRow] | type[VersionRow]) -> tuple[InstrumentedAttribute[Any], ...]:
    """Return the columns of a :class:`Listed`."""
    key = ScenarioRow.id if table is ScenarioRow else VersionRow.scenario_id
    return (key, table.number, table.kind, table.name, table.saved_by, table.saved_at)


def _listed(row: Any) -> Listed:
    scenario_id, number, kind, name, saved_by, saved_at = row
    return Listed(scenario_id, number, kind, name, saved_by, as_utc(saved_at))


def _unknown(scenario_id: str) -> UnknownNameError:
    return UnknownNameError("stored scenario", scenario_id[:100], [])


def _latest_row(session: Session, scenario_id: str) -> VersionRow:
    row = session.scalars(
        select(VersionRow).where(VersionRow.scenario_id == scenario_id).order_by(VersionRow.number.desc()).limit(1)
    ).first()
    if row is None:
        raise _unknown(scenario_id)
    return row


def _version_row(session: Session, scenario_id: str, number: int) -> VersionRow:
    row = session.get(VersionRow, (scenario_id, number))
    if row is None:
        last = _latest_row(session, scenario_id).number
        raise UnknownNameError("version", str(number), [str(n) for n in range(1, last + 1)][-50:])
    return row
