"""Tables of scenarios and their versions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "scenario",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("area", sa.String(100), nullable=False),
        sa.Column("copied_from", sa.String(32)),
        sa.Column("copied_version", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_scenario"),
    )
    op.create_index("ix_scenario_area", "scenario", ["area"])
    op.create_table(
        "scenario_version",
        sa.Column("scenario_id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("saved_by", sa.String(200), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_scenario_version_number")),
        sa.CheckConstraint("kind IN ('saved', 'deleted', 'restored')", name=op.f("ck_scenario_version_kind")),
        sa.ForeignKeyConstraint(["scenario_id"], ["scenario.id"], name="fk_scenario_version_scenario_id"),
        sa.PrimaryKeyConstraint("scenario_id", "number", name="pk_scenario_version"),
    )
