"""Bring a database to the newest revision. An up-to-date one costs a single query and no Alembic import."""

from pathlib import Path

from sqlalchemy import Connection, text

from kb.errors import ConfigurationError
from kb.store.engine import Db

HEAD = "0012"  # a test holds it equal to Alembic's own head
FOLDER = Path(__file__).parent / "migrations"
_ADVISORY_LOCK = 0x57EE17A2D  # any constant of ours


def migrate(db: Db) -> None:
    """Two processes may open the same database at once: the second waits, looks again, and finds nothing to do."""
    with db.read() as conn:
        if _revision(db, conn) == HEAD:
            return
    with db.write() as conn:  # on SQLite BEGIN IMMEDIATE is the lock
        if not db.sqlite:
            conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        revision = _revision(db, conn)
        if revision != HEAD:
            _upgrade(db, conn, revision)


def _revision(db: Db, conn: Connection) -> str | None:
    there = (
        "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
        if db.sqlite
        else "SELECT to_regclass('alembic_version')"
    )
    if conn.scalar(text(there)) is None:
        return None
    revision = conn.scalar(text("SELECT version_num FROM alembic_version"))
    return None if revision is None else str(revision)


def _upgrade(db: Db, conn: Connection, revision: str | None) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = conn
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise ConfigurationError(
            f"the database is at revision {revision}, which this Steelyard does not know ({db.shown_url})",
            hint="it was opened by a newer Steelyard: upgrade this one, or restore a backup",
        )
    command.upgrade(config, "head")
