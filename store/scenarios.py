"""Store of scenarios: save, look up, delete and restore, for several people at once.

Nothing is overwritten. When two people save changes to the same version, both keep their work: the first save becomes
the next version, the second becomes a new scenario, and the second person gets a message (:attr:`Saved.clash`).
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from uuid import uuid4

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from analysis.scenario.file import from_json, to_json
from analysis.scenario.scenario import Scenario
from geo.errors import InputError, NewerFileError, UnknownNameError
from store.database import explain, open_engine
from store.tables import DELETED, RESTORED, SAVED, ScenarioRow, VersionRow
from store.transaction import as_utc

_LOG = logging.getLogger(__name__)
_NAME_LENGTH = 200
_RETRIES = 5


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
class Unreadable:
    """One version of a stored scenario that this program cannot read, such as one that a newer program saved.

    Attributes
    ----------
    scenario_id, number, kind, saved_by, saved_at
        As of a :class:`Version`.
    name
        Name of the scenario.
    reason
        Why it cannot be read, in a few words that follow the name: "made by a newer version of this program".
    """

    scenario_id: str
    number: int
    kind: str
    name: str
    saved_by: str
    saved_at: datetime
    reason: str

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
    clash: Version | Unreadable | None = None

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
            return Saved(copy, clash=_read_or_not(_latest_row(session, scenario_id)))

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

    def versions(self, scenario_id: str) -> list[Version]:
        """Return all versions that can be read, the first one first; `UnknownNameError` when there is no scenario."""
        with self._session() as session:
            query = select(VersionRow).where(VersionRow.scenario_id == scenario_id).order_by(VersionRow.number)
            found = [_read_or_not(row) for row in session.scalars(query)]
        if not found:
            raise UnknownNameError("stored scenario", scenario_id[:100], [])
        for other in found:
            if isinstance(other, Unreadable):
                _LOG.warning(
                    "version %d of the scenario %s is left out: %s", other.number, other.scenario_id, other.reason
                )
        return [version for version in found if isinstance(version, Version)]

    def list(self, area: str, *, deleted: bool = False) -> list[Version]:
        """Return the last version of each scenario of an area that is (or is not) deleted, the latest saved first.

        Those that cannot be read are left out: :meth:`unreadable` returns them.
        """
        return [version for version in self._last(area, deleted) if isinstance(version, Version)]

    def unreadable(self, area: str) -> tuple[Unreadable, ...]:
        """Return the last version of each scenario of an area that is not deleted and cannot be read."""
        return tuple(version for version in self._last(area, False) if isinstance(version, Unreadable))

    def _last(self, area: str, deleted: bool) -> Sequence[Version | Unreadable]:
        with self._session() as session:
            last = (
                select(VersionRow.scenario_id, func.max(VersionRow.number).label("number"))
                .group_by(VersionRow.scenario_id)
                .subquery()
            )
            is_last = (VersionRow.scenario_id == last.c.scenario_id) & (VersionRow.number == last.c.number)
            query = select(VersionRow).join(last, is_last).join(ScenarioRow, ScenarioRow.id == VersionRow.scenario_id)
            query = query.where(ScenarioRow.area == area)
            query = query.where(VersionRow.kind == DELETED if deleted else VersionRow.kind != DELETED)
            rows = session.scalars(query.order_by(VersionRow.saved_at.desc(), VersionRow.scenario_id))
            return [_read_or_not(row) for row in rows]

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
                    raise explain(self._engine, error) from error
        raise InputError(f"the scenario {scenario_id!r} is being changed by too many people at once; try again")

    def _create(
        self, scenario: Scenario, person: str, *, copied_from: str | None = None, copied_version: int | None = None
    ) -> Version:
        row = ScenarioRow(id=uuid4().hex, area=scenario.area, copied_from=copied_from, copied_version=copied_version)
        version = _row(row.id, 1, SAVED, scenario, person)
        with self._session() as session:
            session.add(row)
            session.flush()
            return _add(session, version)

    @contextmanager
    def _session(self) -> Iterator[Session]:
        """Open a transaction that ends with the block; explain an error of the database, but pass on a conflict."""
        try:
            with Session(self._engine) as session, session.begin():
                yield session
        except IntegrityError:
            raise
        except SQLAlchemyError as error:
            raise explain(self._engine, error) from error


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


def _read_or_not(row: VersionRow) -> Version | Unreadable:
    """Read a version, or make an :class:`Unreadable` if it cannot be read, so that the others are still listed."""
    try:
        return _read(row)
    except InputError as error:
        newer = isinstance(error, NewerFileError)
        reason = "made by a newer version of this program" if newer else f"damaged: {error}"
        return Unreadable(row.scenario_id, row.number, row.kind, row.name, row.saved_by, as_utc(row.saved_at), reason)


def _add(session: Session, row: VersionRow) -> Version:
    session.add(row)
    session.flush()
    return _read(row)


def _latest_row(session: Session, scenario_id: str) -> VersionRow:
    row = session.scalars(
        select(VersionRow).where(VersionRow.scenario_id == scenario_id).order_by(VersionRow.number.desc()).limit(1)
    ).first()
    if row is None:
        raise UnknownNameError("stored scenario", scenario_id[:100], [])
    return row


def _version_row(session: Session, scenario_id: str, number: int) -> VersionRow:
    row = session.get(VersionRow, (scenario_id, number))
    if row is None:
        last = _latest_row(session, scenario_id).number
        raise UnknownNameError("version", str(number), [str(n) for n in range(1, last + 1)][-50:])
    return row
