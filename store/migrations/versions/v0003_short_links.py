"""Table of short links."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "short_link",
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("page", sa.String(100), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_short_link"),
    )
    op.create_index("ix_short_link_digest", "short_link", ["digest"], unique=True)
