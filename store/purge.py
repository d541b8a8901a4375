"""Take away for good what was deleted or removed long ago; what is listed, and its record, are never touched."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from geo.errors import InputError
from store.audit import Action, record
from store.person import Person, Task
from store.tables import DELETED, BookmarkRow, LayerContentRow, LayerRow, ScenarioRow, VersionRow
from store.transaction import transaction

_BATCH = 500
_MOST_DAYS = 36_500
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Purged:
    """The names of what was taken away, or would be: scenarios, bookmarks and layers."""

    scenarios: tuple[str, ...]
    bookmarks: tuple[str, ...]
    layers: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.scenarios or self.bookmarks or self.layers)


def purge(engine: Engine, days: int, who: Person, *, only_say: bool = False, now: datetime | None = None) -> Purged:
    """Take away what was deleted or removed at least so many days ago, with all its versions; it cannot be undone.

    The audit log keeps the name of each, and who took it away.

    Parameters
    ----------
    engine
        The store.
    days
        How many days ago; 0 for all that is deleted.
    who
        Who asks for it.
    only_say
        Whether to take nothing away, and only return what would go.
    now
        The present time, for tests.

    Raises
    ------
    NotAllowedError
        When `who` is not an administrator.
    InputError
        When the number of days is below 0 or above 36,500.
    StoreError
        When the database fails; nothing is taken away then.
    """
    who.need(Task.PURGE)
    if not 0 <= days <= _MOST_DAYS:
        raise InputError(f"the number of days must be between 0 and {_MOST_DAYS}, not {days}")
    before = (now or datetime.now(UTC)) - timedelta(days=days)
    with transaction(engine) as session:
        # The rows are held until the end, so that whoever restores one at this moment finds it gone, or keeps it whole.
        scenarios = session.execute(
            select(ScenarioRow.id, ScenarioRow.name)
            .where(ScenarioRow.kind == DELETED, ScenarioRow.saved_at <= before)
            .order_by(ScenarioRow.saved_at, ScenarioRow.id)
            .with_for_update()
        ).all()
        bookmarks = session.execute(
            select(BookmarkRow.id, BookmarkRow.title)
            .where(BookmarkRow.removed_at <= before)
            .order_by(BookmarkRow.removed_at, BookmarkRow.id)
            .with_for_update()
        ).all()
        layers = session.execute(
            select(LayerRow.id, LayerRow.name)
            .where(LayerRow.removed_at <= before)
            .order_by(LayerRow.removed_at, LayerRow.id)
            .with_for_update()
        ).all()
        if not only_say:
            _take(session, [key for key, _ in scenarios], VersionRow.scenario_id, ScenarioRow.id)
            _take(session, [key for key, _ in bookmarks], BookmarkRow.id)
            _take(session, [key for key, _ in layers], LayerContentRow.layer_id, LayerRow.id)
            for kind, rows in (("plan", scenarios), ("bookmark", bookmarks), ("own data", layers)):
                for key, name in rows:
                    record(session, who, Action.PURGED, kind, key, name)
        found = Purged(*(tuple(name for _, name in rows) for rows in (scenarios, bookmarks, layers)))
    if found and not only_say:
        _LOG.info(
            "taken away for good: %d scenarios, %d bookmarks and %d layers that were deleted before %s",
            len(found.scenarios),
            len(found.bookmarks),
            len(found.layers),
            before.isoformat(timespec="seconds"),
        )
    return found


def _take(session: Session, keys: list[str], *columns: object) -> None:
    """Delete the rows whose column is one of the keys, column after column."""
    for column in columns:
        for start in range(0, len(keys), _BATCH):
            wanted = keys[start : start + _BATCH]
            session.execute(
                delete(column.class_).where(column.in_(wanted)),  # type: ignore[attr-defined]
                execution_options={"synchronize_session": False},
            )
