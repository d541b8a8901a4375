"""Bring a database's tables to the version that this program writes, with Alembic.

Migrations are in ``store/migrations/versions`` and are never changed, only added. All of them run in one transaction:
if the program is killed in between, the tables stay as they were.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from store.errors import StoreError

_LOCK = 7_305_551


def upgrade(engine: Engine) -> None:
    """Run the migrations that the database does not have yet.

    Raises
    ------
    StoreError
        When the database was made by a newer version of this program.
    """
    config = _config()
    steps = ScriptDirectory.from_config(config)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            # Two programs that start together must not both create the tables; SQLite locks when a transaction begins.
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        version = current_version(connection)
        if version == steps.get_current_head():
            return
        if version is not None and version not in {step.revision for step in steps.walk_revisions()}:
            raise StoreError(
                f"the database was made by a newer version of this program (tables {version}): update the program"
            )
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def current_version(connection: Connection) -> str | None:
    """Return the version of the tables of a database; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    # A percent sign in a folder's name would be read as the start of a variable, so it is doubled.
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config
