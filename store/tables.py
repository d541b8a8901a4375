"""Tables of the store (database schema).

A scenario has one row in ``scenario``; everything that happens to it (a save, a deletion, a restoration) adds a row to
``scenario_version``, and no row there is ever changed. So the table is also the record of who did what and when, and
undoing a deletion adds one more row. What a list shows of the last of them stands in ``scenario`` too, written in the
same transaction, so that a list reads no content; a column `search` has what a search compares
(:func:`store.paging.searchable`). Only :mod:`store.purge` takes rows away.
``pack_met`` has a row for each version of an area's data that the program has opened, and its rows are never changed
either. In a row of ``bookmark`` only `removed_at` changes: it is set when the bookmark is taken off the list, and
cleared when that is undone. Rows of ``short_link`` are never changed.
A layer of one's own data has one row in ``layer``, of which its name, the number of its present content and
`removed_at` change; what it held at any time is in ``layer_content``, whose rows are never changed.
``person`` has a row for each person who has signed in. ``audit`` has a row for every change that somebody makes to the
others, written in the same transaction; the database itself refuses to change or to take away its rows.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, Double, ForeignKey, Index, Integer, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SAVED, DELETED, RESTORED = "saved", "deleted", "restored"


class Base(DeclarativeBase):
    """Root of the tables; constraints are named so that a later migration can find them."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "ix": "ix_%(table_name)s_%(column_0_name)s",
        }
    )


class ScenarioRow(Base):
    """A scenario; its content is in its versions, and `number`, `kind`, `name` … are those of the last one.

    ``copied_from`` and ``copied_version`` name the version from which it was made, when it is a duplicate or the result
    of a conflict between two saves.
    """

    __tablename__ = "scenario"
    __table_args__ = (Index("ix_scenario_listed", "area", "saved_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    area: Mapped[str] = mapped_column(String(100))
    copied_from: Mapped[str | None] = mapped_column(String(32))
    copied_version: Mapped[int | None] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(200))
    saved_by: Mapped[str] = mapped_column(String(200))
    saved_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    search: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(String(300), default="")
    owner_name: Mapped[str] = mapped_column(String(200), default="")
    team: Mapped[str] = mapped_column(String(100), default="")


class VersionRow(Base):
    """A save, deletion or restoration of a scenario; numbers count from 1, and `body` is the JSON of the scenario."""

    __tablename__ = "scenario_version"
    __table_args__ = (
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("kind IN ('saved', 'deleted', 'restored')", name="kind"),
    )

    scenario_id: Mapped[str] = mapped_column(ForeignKey("scenario.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    saved_by: Mapped[str] = mapped_column(String(200))
    saved_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class PackRow(Base):
    """A version of an area's data that the program has opened: `body` is the JSON of its summary."""

    __tablename__ = "pack_met"

    area: Mapped[str] = mapped_column(String(100), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    met_by: Mapped[str] = mapped_column(String(200))
    met_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class BookmarkRow(Base):
    """A view that somebody wants to find again: a page and the query of its address."""

    __tablename__ = "bookmark"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    area: Mapped[str] = mapped_column(String(100), index=True)
    title: Mapped[str] = mapped_column(String(200))
    page: Mapped[str] = mapped_column(String(100))
    query: Mapped[str] = mapped_column(Text)
    saved_by: Mapped[str] = mapped_column(String(200))
    saved_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    removed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    search: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(String(300), default="")


class ShortLinkRow(Base):
    """A short address of a view: a page and the query of its address, and their hash, which finds them again."""

    __tablename__ = "short_link"

    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    page: Mapped[str] = mapped_column(String(100))
    query: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64), index=True, unique=True)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class LayerRow(Base):
    """A layer of one's own data: places or counts under a name; `number` is that of its present content."""

    __tablename__ = "layer"
    __table_args__ = (CheckConstraint("kind IN ('services', 'sites', 'counts')", name="kind"),)

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    area: Mapped[str] = mapped_column(String(100), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(200))
    number: Mapped[int] = mapped_column(Integer)
    removed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    search: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(String(300), default="")
    owner_name: Mapped[str] = mapped_column(String(200), default="")
    team: Mapped[str] = mapped_column(String(100), default="")


class LayerContentRow(Base):
    """What a layer held at one time; numbers count from 1, and `body` is its rows as JSON."""

    __tablename__ = "layer_content"
    __table_args__ = (CheckConstraint("number > 0", name="number"),)

    layer_id: Mapped[str] = mapped_column(ForeignKey("layer.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    rows: Mapped[int] = mapped_column(Integer)
    body: Mapped[str] = mapped_column(Text)
    saved_by: Mapped[str] = mapped_column(String(200))
    saved_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class PersonRow(Base):
    """A person who has signed in.

    `claimed` is the role that their groups gave them when they last signed in, and `given` the one that an
    administrator gave them, which wins; `removed_at` is set while they may not come in at all. Sign-ins before
    `ended`, in seconds since 1970 as their provider counts them, and the one with `ended_nonce`, hold no more: they
    have signed out.
    """

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(String(300), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(320))
    claimed: Mapped[str] = mapped_column(String(20))
    given: Mapped[str | None] = mapped_column(String(20))
    team: Mapped[str] = mapped_column(String(100))
    first_seen: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    last_seen: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ended: Mapped[float] = mapped_column(Double, default=0.0)
    ended_nonce: Mapped[str] = mapped_column(String(100), default="")
    removed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    search: Mapped[str] = mapped_column(Text)


class AuditRow(Base):
    """Who changed what, when and from where; rows are only added. `id` is drawn at random, so that copies agree."""

    __tablename__ = "audit"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    person: Mapped[str] = mapped_column(String(300))
    person_name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    action: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(300))
    subject_name: Mapped[str] = mapped_column(String(200))
    origin: Mapped[str] = mapped_column(String(200))
    search: Mapped[str] = mapped_column(Text)
