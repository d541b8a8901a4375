"""People, whom things belong to, and the audit log, whose rows the database itself refuses to change."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables and columns; what was saved before belongs to nobody."""
    op.create_table(
        "person",
        sa.Column("id", sa.String(300), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("claimed", sa.String(20), nullable=False),
        sa.Column("given", sa.String(20), nullable=True),
        sa.Column("team", sa.String(100), nullable=False),
        sa.Column("first_seen", _TIME, nullable=False),
        sa.Column("last_seen", _TIME, nullable=False),
        sa.Column("ended", sa.Double(), nullable=False),
        sa.Column("ended_nonce", sa.String(100), nullable=False),
        sa.Column("removed_at", _TIME, nullable=True),
        sa.Column("search", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("person", sa.String(300), nullable=False),
        sa.Column("person_name", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("subject_name", sa.String(200), nullable=False),
        sa.Column("origin", sa.String(200), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    for table, columns in {
        "scenario": {"owner": 300, "owner_name": 200, "team": 100},
        "bookmark": {"owner": 300},
        "layer": {"owner": 300, "owner_name": 200, "team": 100},
    }.items():
        for name, length in columns.items():
            op.add_column(table, sa.Column(name, sa.String(length), nullable=False, server_default=""))
    _only_add()


def _only_add() -> None:
    """Let rows of the audit log be added alone."""
    refused = "the audit log only grows"
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{change.lower()} BEFORE {change} ON audit "
                f"BEGIN SELECT RAISE(ABORT, '{refused}'); END"
            )
        # INSERT OR REPLACE takes a row away without the trigger of its deletion.
        op.execute(
            "CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit "
            "WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id) "
            f"BEGIN SELECT RAISE(ABORT, '{refused}'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{refused}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows()"
    )
