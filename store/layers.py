"""Store of layers: one's own places and counts under a name, for an area; every replacement and removal can be undone.

Only what the reader (:mod:`geo.own`) found to be good is kept, never the file itself. The id of a layer is short and
drawn at random, so that nobody finds the layers of others by counting. Protected counts, of families that a service
knows, are not kept here: see ``docs/decisions/0013-own-data.md``.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pandas as pd
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geo.errors import InputError, NewerFileError, UnknownNameError
from geo.own.table import MOST_ROWS
from store.audit import Action, record
from store.errors import StoreError
from store.kept import Kept
from store.paging import PAGE, Page, found_by, one_page, searchable
from store.person import NOBODY, Owner, Person, Task
from store.short_links import LENGTH, LETTERS, new_code
from store.tables import LayerContentRow, LayerRow
from store.transaction import as_utc, transaction
from store.words import tidy

SERVICES, SITES, COUNTS = KINDS = ("services", "sites", "counts")
COLUMNS: Mapping[str, Mapping[str, type]] = MappingProxyType(
    {
        SERVICES: {"name": str, "easting": float, "northing": float, "postcode": str},
        SITES: {"name": str, "easting": float, "northing": float, "postcode": str},
        COUNTS: {"measure": str, "lsoa": str, "value": float},
    }
)
"""The columns of each kind and what they hold: metres on the area's grid, a code of a small area, a count."""
NAME_LENGTH, _WHO_LENGTH = 100, 80
_AREA = re.compile(r"[a-z0-9_-]{1,100}")
_VERSION = 1
_TRIES = 5
_KIND = "own data"


@dataclass(frozen=True)
class Layer:
    """A layer, without its rows.

    Attributes
    ----------
    id, area, kind, name
        Id, code of the area, one of `KINDS`, and the name that a person gave it.
    number, rows
        Number of its present content, from 1, and how many rows that has.
    saved_by, saved_at, removed_at, owner
        By whom (may be empty) and when the present content was saved; when the layer was removed, or None; UTC. Whom
        it belongs to.
    """

    id: str
    area: str
    kind: str
    name: str
    number: int
    rows: int
    saved_by: str
    saved_at: datetime
    removed_at: datetime | None = None
    owner: Owner = NOBODY


class LayerStore(Kept):
    """Layers in a database; safe to share between threads."""

    def add(self, area: str, kind: str, name: str, rows: pd.DataFrame, who: Person, *, for_team: bool = False) -> Layer:
        """Add a layer.

        Parameters
        ----------
        area, kind
            Code of the area, and one of `KINDS`.
        name
            Its name; one line, cut to `NAME_LENGTH`.
        rows
            Its content, with the `COLUMNS` of the kind; others are left out.
        who
            Who adds it, and whom it then belongs to; their name may be empty.
        for_team
            Whether their team may change it too.

        Raises
        ------
        NotAllowedError
            When `who` may not keep data.
        InputError
            When the name is empty, or there are no rows, too many, or rows that are not of the kind.
        StoreError
            When the database fails; nothing is saved then.
        """
        who.need(Task.DATA)
        called, body, owner = _called(name), to_json(kind, rows), who.as_owner(for_team=for_team)
        if not _AREA.fullmatch(area):
            raise InputError(f"{area[:100]!r} is not the code of an area")
        for _ in range(_TRIES):
            try:
                with transaction(self._engine) as session:
                    row = LayerRow(id=new_code(), area=area, kind=kind, name=called, number=1)
                    row.owner, row.owner_name, row.team = owner.person, owner.name, owner.team
                    row.search = searchable(called, tidy(who.name, _WHO_LENGTH))
                    session.add(row)
                    session.flush()
                    session.add(_content(row.id, 1, len(rows), body, who))
                    session.flush()
                    record(session, who, Action.SAVED, _KIND, row.id, called)
                    return _read(session, row.id)
            except IntegrityError:  # somebody else has just drawn the same id
                continue
        raise StoreError("no free id was found for the layer: try again")

    def list(
        self,
        area: str,
        *,
        kinds: tuple[str, ...] = KINDS,
        search: str = "",
        page: int = 1,
        size: int = PAGE,
        removed: bool = False,
    ) -> Page[Layer]:
        """Return a page of the layers of an area, or of the removed ones; the latest first.

        Parameters
        ----------
        area, kinds
            Code of the area, and which of `KINDS` are wanted.
        search
            Words that are in the name or in the name of who saved last; empty for all.
        page, size, removed
            Number of the page, from 1; how many there are on one; whether to list the removed ones.

        Raises
        ------
        StoreError
            When the database fails.
        """
        query = _layers().where(LayerRow.area == area, LayerRow.kind.in_(kinds), found_by(LayerRow.search, search))
        if removed:
            query = query.where(LayerRow.removed_at.is_not(None)).order_by(LayerRow.removed_at.desc())
        else:
            query = query.where(LayerRow.removed_at.is_(None)).order_by(LayerContentRow.saved_at.desc())
        with transaction(self._engine) as session:
            rows, total, number = one_page(session, query.order_by(LayerRow.id), page, size)
            return Page(tuple(map(_made, rows)), total, number, size)

    def find(self, layer_id: str) -> Layer:
        """Return a layer, removed or not.

        Raises
        ------
        UnknownNameError
            When there is no such layer.
        StoreError
            When the database fails.
        """
        with transaction(self._engine) as session:
            return _read(session, layer_id)

    def content(self, layer_id: str, number: int | None = None) -> pd.DataFrame:
        """Return the rows of a layer, the present ones when no number is given.

        Raises
        ------
        UnknownNameError
            When there is no such layer or number.
        NewerFileError
            When a newer version of this program saved them.
        InputError
            When they are damaged.
        StoreError
            When the database fails.
        """
        with transaction(self._engine) as session:
            layer = _read(session, layer_id)
            row = session.get(LayerContentRow, (layer.id, number or layer.number))
            if row is None:
                raise UnknownNameError("content of the layer", str(number), [str(n + 1) for n in range(layer.number)])
            return from_json(layer.kind, row.body)

    def rename(self, layer_id: str, name: str, who: Person) -> Layer:
        """Give a layer another name; errors as for `add` and `remove`."""
        with transaction(self._engine) as session:
            row = _own(session, layer_id, who)
            called = _called(name)
            if called != row.name:
                row.name = called
                session.flush()
                record(session, who, Action.RENAMED, _KIND, row.id, called)
            return _searched(session, row)

    def replace(self, layer_id: str, rows: pd.DataFrame, who: Person, *, based_on: int) -> Layer:
        """Give a layer other rows of its kind; :meth:`put_back` undoes it.

        Parameters
        ----------
        layer_id, rows, who
            As for `add`.
        based_on
            Number of the content that is replaced, so that nobody else's work is covered up.

        Raises
        ------
        NotAllowedError
            When `who` may not keep data, or it is somebody else's.
        InputError
            As for `add`, and when somebody else has replaced it since.
        UnknownNameError
            When there is no such layer.
        StoreError
            When the database fails; nothing is saved then.
        """
        clash = InputError("somebody else has replaced this layer meanwhile: look at it as it is now, then try again")
        try:
            with transaction(self._engine) as session:
                row = _own(session, layer_id, who)
                if row.number != based_on:
                    raise clash
                row.number = based_on + 1
                session.add(_content(row.id, row.number, len(rows), to_json(row.kind, rows), who))
                session.flush()
                record(session, who, Action.REPLACED, _KIND, row.id, row.name)
                return _searched(session, row)
        except IntegrityError:  # on PostgreSQL another replacement may come between the read and the write
            raise clash from None

    def put_back(self, layer_id: str, number: int, who: Person, *, based_on: int) -> Layer:
        """Give a layer the rows again that it had under a number; errors as for `content` and `replace`."""
        who.need(Task.DATA)
        return self.replace(layer_id, self.content(layer_id, number), who, based_on=based_on)

    def remove(self, layer_id: str, who: Person) -> Layer:
        """Remove a layer from the list; :meth:`restore` undoes it. Errors as for `replace`."""
        with transaction(self._engine) as session:
            row = _own(session, layer_id, who)
            if row.removed_at is None:
                row.removed_at = datetime.now(UTC)
                record(session, who, Action.DELETED, _KIND, row.id, row.name)
            return _read(session, row.id)

    def restore(self, layer_id: str, who: Person) -> Layer:
        """Return a removed layer to the list as it was; errors as for `remove`."""
        with transaction(self._engine) as session:
            row = _own(session, layer_id, who)
            if row.removed_at is not None:
                row.removed_at = None
                record(session, who, Action.RESTORED, _KIND, row.id, row.name)
            return _read(session, row.id)


def to_json(kind: str, rows: pd.DataFrame) -> str:
    """Return the rows of a layer as compact JSON; positions to a tenth of a metre. `InputError` as for `add`."""
    if kind not in KINDS:
        raise InputError(f"{kind[:50]!r} is no kind of layer: {', '.join(KINDS)}")
    columns = COLUMNS[kind]
    if not len(rows):
        raise InputError("there is no row to keep: correct the rows with problems first")
    if len(rows) > MOST_ROWS:
        raise InputError(f"a layer has at most {MOST_ROWS:,} rows, not {len(rows):,}: divide it")
    missing = [column for column in columns if column not in rows]
    if missing:
        raise InputError(f"a layer of {kind} lacks the columns {', '.join(missing)}")
    kept = rows[list(columns)].copy()
    for column in ("easting", "northing"):
        if column in columns:
            kept[column] = kept[column].astype(float).round(1)
    cells = kept.to_numpy(object).tolist()
    _check(columns, cells)
    content = {"version": _VERSION, "columns": list(columns), "rows": cells}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def from_json(kind: str, body: str) -> pd.DataFrame:
    """Return the rows of a layer from their JSON; errors as for :meth:`LayerStore.content`."""
    columns = COLUMNS[kind]
    try:
        content: Any = json.loads(body)
        if content["version"] > _VERSION:
            raise NewerFileError("this layer was made by a newer version of this program: update the program")
        cells = content["rows"]
        if content["columns"] != list(columns):
            raise InputError("this layer is damaged: it has other columns than its kind")
        _check(columns, cells)
    except (ValueError, TypeError, KeyError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"this layer is damaged: {error}") from error
    frame = pd.DataFrame(cells, columns=list(columns))
    return frame.astype({column: "float64" if kind is float else object for column, kind in columns.items()})


def _check(columns: Mapping[str, type], cells: Any) -> None:
    """Hold that every row has what its kind says."""
    for row in cells:
        if len(row) != len(columns):
            raise InputError("a row of this layer has too few or too many cells")
        for value, kind in zip(row, columns.values(), strict=True):
            good = isinstance(value, str) if kind is str else isinstance(value, int | float) and math.isfinite(value)
            if not good:
                raise InputError(
                    f"a row of this layer has {value!r} where it needs {'a text' if kind is str else 'a number'}"
                )


def _called(name: str) -> str:
    called = tidy(name, NAME_LENGTH)
    if not called:
        raise InputError("give the layer a name, so that you know it again")
    return called


def _content(layer_id: str, number: int, count: int, body: str, who: Person) -> LayerContentRow:
    return LayerContentRow(
        layer_id=layer_id,
        number=number,
        rows=count,
        body=body,
        saved_by=tidy(who.name, _WHO_LENGTH),
        saved_at=datetime.now(UTC),
    )


def _layers() -> Select[LayerRow, int, str, datetime]:
    """Return the query of all layers with their present content, without its body."""
    present = (LayerContentRow.layer_id == LayerRow.id) & (LayerContentRow.number == LayerRow.number)
    return select(LayerRow, LayerContentRow.rows, LayerContentRow.saved_by, LayerContentRow.saved_at).join(
        LayerContentRow, present
    )


def _row(session: Session, layer_id: str, *, held: bool = False) -> LayerRow:
    wanted = layer_id.casefold()
    known = len(wanted) == LENGTH and set(wanted) <= set(LETTERS)
    row = session.get(LayerRow, wanted, with_for_update=held or None) if known else None
    if row is None:
        raise UnknownNameError("layer", layer_id[:100], [])
    return row


def _own(session: Session, layer_id: str, who: Person) -> LayerRow:
    """Return a layer that `who` may change, and hold it until the end of the transaction."""
    who.need(Task.DATA)
    row = _row(session, layer_id, held=True)
    who.need_own(Owner(row.owner, row.owner_name, row.team))
    return row


def _read(session: Session, layer_id: str) -> Layer:
    return _made(session.execute(_layers().where(LayerRow.id == _row(session, layer_id).id)).one())


def _searched(session: Session, row: LayerRow) -> Layer:
    """Write to the row of a layer what a search compares, and return the layer."""
    made = _read(session, row.id)
    row.search = searchable(made.name, made.saved_by)
    return made


def _made(found: Any) -> Layer:
    row, rows, saved_by, saved_at = found
    return Layer(
        id=row.id,
        area=row.area,
        kind=row.kind,
        name=row.name,
        number=row.number,
        rows=rows,
        saved_by=saved_by,
        saved_at=as_utc(saved_at),
        removed_at=None if row.removed_at is None else as_utc(row.removed_at),
        owner=Owner(row.owner, row.owner_name, row.team),
    )
