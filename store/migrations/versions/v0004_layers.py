"""Tables of layers of one's own data."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "layer",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("area", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('services', 'sites', 'counts')", name="ck_layer_kind"),
        sa.PrimaryKeyConstraint("id", name="pk_layer"),
    )
    op.create_index("ix_layer_area", "layer", ["area"])
    op.create_table(
        "layer_content",
        sa.Column("layer_id", sa.String(16), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("saved_by", sa.String(200), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 0", name="ck_layer_content_number"),
        sa.ForeignKeyConstraint(["layer_id"], ["layer.id"], name="fk_layer_content_layer_id"),
        sa.PrimaryKeyConstraint("layer_id", "number", name="pk_layer_content"),
    )
