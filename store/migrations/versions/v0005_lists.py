"""Columns that lists show and search, so that they read no content; filled for what is there."""

import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_LISTED = ("number", "kind", "name", "saved_by", "saved_at")


def upgrade() -> None:
    """Add the columns and fill them."""
    op.add_column("scenario", sa.Column("number", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("scenario", sa.Column("kind", sa.String(10), nullable=False, server_default="saved"))
    op.add_column("scenario", sa.Column("name", sa.String(200), nullable=False, server_default=""))
    op.add_column("scenario", sa.Column("saved_by", sa.String(200), nullable=False, server_default=""))
    op.add_column(
        "scenario",
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False, server_default="1970-01-01 00:00:00.000000"),
    )
    for table in ("scenario", "bookmark", "layer"):
        op.add_column(table, sa.Column("search", sa.Text(), nullable=False, server_default=""))
    op.drop_index("ix_scenario_area", "scenario")
    op.create_index("ix_scenario_listed", "scenario", ["area", "saved_at"])
    _fill_scenarios()
    _fill("bookmark", "SELECT id, title, saved_by FROM bookmark")
    _fill(
        "layer",
        "SELECT layer.id, layer.name, layer_content.saved_by FROM layer JOIN layer_content "
        "ON layer_content.layer_id = layer.id AND layer_content.number = layer.number",
    )


def _fill_scenarios() -> None:
    connection = op.get_bind()
    version = sa.table("scenario_version", sa.column("scenario_id", sa.String), *_columns())
    scenario = sa.table("scenario", sa.column("id", sa.String), sa.column("search", sa.Text), *_columns())
    last = (
        sa.select(version.c.scenario_id, sa.func.max(version.c.number).label("number"))
        .group_by(version.c.scenario_id)
        .subquery()
    )
    is_last = (version.c.scenario_id == last.c.scenario_id) & (version.c.number == last.c.number)
    rows = connection.execute(
        sa.select(version.c.scenario_id, *(version.c[name] for name in _LISTED)).join(last, is_last)
    ).all()
    if rows:
        change = sa.update(scenario).where(scenario.c.id == sa.bindparam("key"))
        change = change.values({name: sa.bindparam(f"new_{name}") for name in (*_LISTED, "search")})
        connection.execute(
            change,
            [
                {
                    "key": row.scenario_id,
                    "new_search": _searchable(row.name, row.saved_by),
                    **{f"new_{name}": getattr(row, name) for name in _LISTED},
                }
                for row in rows
            ],
        )


def _columns() -> list[sa.ColumnClause[Any]]:
    return [
        sa.column("number", sa.Integer),
        *(sa.column(name, sa.String) for name in ("kind", "name", "saved_by")),
        sa.column("saved_at", sa.DateTime(timezone=True)),
    ]


def _fill(table: str, query: str) -> None:
    connection = op.get_bind()
    rows = connection.execute(sa.text(query)).all()
    if rows:
        connection.execute(
            sa.text(f"UPDATE {table} SET search = :search WHERE id = :id"),
            [{"id": key, "search": _searchable(*texts)} for key, *texts in rows],
        )


def _searchable(*texts: str) -> str:
    return "\n".join(unicodedata.normalize("NFKC", text).casefold() for text in texts)
