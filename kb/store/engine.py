"""Connections: opening, pragmas, transactions, and database errors in our own words. The same on both back ends."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, exc
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.engine import URL, make_url

from kb.errors import BadInput, ConfigurationError, Conflict, SteelyardError, StoreError

BUSY_TIMEOUT_S = 30
POOL_SIZE = 4
POOL_OVERFLOW = 12
IN_CLAUSE = 500  # ids named in one statement; SQLite's own limit is 32,766 variables


class Db:
    """An engine with a clock. `read()` and `write()` are one transaction each; a writer on SQLite begins IMMEDIATE."""

    def __init__(self, url: URL, clock: Callable[[], datetime]) -> None:
        self.sqlite = url.get_backend_name() == "sqlite"
        self.shown_url = url.render_as_string(hide_password=True)
        self.now = clock
        self._engine = _engine(url)
        self._writer = self._engine.execution_options(steelyard_write=True)
        self._joined = threading.local()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self._in_our_words():
            if (joined := self._conn()) is not None:
                yield joined
                return
            with self._engine.connect() as conn:
                yield conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with self._in_our_words():
            if (joined := self._conn()) is not None:
                yield joined
                return
            with self._writer.begin() as conn:
                yield conn

    @contextmanager
    def together(self) -> Iterator[None]:
        """One transaction around everything that this thread reads and writes inside: all of it holds, or none."""
        with self.write() as conn:
            outer, self._joined.conn = self._conn(), conn
            try:
                yield
            finally:
                self._joined.conn = outer

    def _conn(self) -> Connection | None:
        return getattr(self._joined, "conn", None)

    @contextmanager
    def raw(self) -> Iterator[Any]:
        """The driver's own connection, outside any transaction."""
        with self._in_our_words():
            pooled = self._engine.raw_connection()
            try:
                yield pooled.driver_connection
            finally:
                pooled.close()

    def insert(self, table: Table) -> Any:
        """An INSERT that knows `on_conflict_do_nothing` (the two dialects spell it alike, but share no type)."""
        return insert_into(table, sqlite=self.sqlite)

    def upsert(self, conn: Connection, table: Table, key: dict[str, Any], values: dict[str, Any]) -> None:
        """Set `values` on the row that has `key` (None matches NULL), or insert it."""
        same = [table.c[name] == value if value is not None else table.c[name].is_(None) for name, value in key.items()]
        update = table.update().where(*same).values(**values)
        if conn.execute(update).rowcount:
            return
        put = self.insert(table).values(**key, **values).on_conflict_do_nothing().returning(table.c.id)
        if conn.execute(put).first() is None:  # another writer was first (PostgreSQL only)
            conn.execute(update)

    def close(self) -> None:
        if self.sqlite:
            # Outside a transaction: inside one it is a reader that turns writer, which is refused and not waited for.
            with self.raw() as connection:
                connection.execute("PRAGMA optimize")
        self._engine.dispose()

    @contextmanager
    def _in_our_words(self) -> Iterator[None]:
        try:
            yield
        except (exc.SQLAlchemyError, sqlite3.Error) as error:  # the driver's own while connecting
            raise _translated(error, self.shown_url) from error
        except UnicodeEncodeError as error:
            raise BadInput(f"text that is no valid Unicode cannot be stored: {error.reason}") from error


def insert_into(table: Table, *, sqlite: bool) -> Any:
    return sqlite_dialect.insert(table) if sqlite else postgresql.insert(table)


def parse_url(url: str) -> URL:
    """`sqlite:///path`, `postgresql://...` or `postgresql+psycopg://...`; what else is refused in words."""
    try:
        parsed = make_url(url)
    except exc.ArgumentError as error:
        raise ConfigurationError(
            "the database URL cannot be read", hint="use sqlite:///path or postgresql://…"
        ) from error
    if parsed.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise ConfigurationError(f"no back end for {parsed.drivername}", hint="use sqlite:///path or postgresql://…")
    if parsed.database in (None, "", ":memory:"):
        raise ConfigurationError("SQLite in memory is not shared between threads", hint="use sqlite:///path")
    return parsed


def open_db(url: str, clock: Callable[[], datetime]) -> Db:
    """A `Db` whose database answers. SQLite: the parent directory exists and the journal is a WAL."""
    parsed = parse_url(url)
    db = Db(parsed, clock)
    if db.sqlite:
        _make_parent(Path(str(parsed.database)))
        _switch_to_wal(db)
    return db


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, pool_size=POOL_SIZE, max_overflow=POOL_OVERFLOW)
    patience = {} if "timeout" in url.query else {"timeout": BUSY_TIMEOUT_S}  # seconds to wait for another writer
    engine = create_engine(url, pool_size=POOL_SIZE, max_overflow=POOL_OVERFLOW, connect_args=patience)
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _set_pragmas(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we begin ourselves: the driver would begin late and never IMMEDIATE
    # NORMAL may lose the last commits at a power cut but never tears; a killed process loses nothing.
    # https://sqlite.org/pragma.html#pragma_synchronous
    for pragma in ("foreign_keys=ON", "synchronous=NORMAL", "cache_size=-8000", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(conn: Connection) -> None:
    # A reader that turns writer fails at once with SQLITE_BUSY whatever the timeout, hence IMMEDIATE from the start.
    writes = conn.get_execution_options().get("steelyard_write", False)
    conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _make_parent(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"cannot create {path.parent}: {error.strerror}", hint="set STEELYARD_HOME") from error


def _switch_to_wal(db: Db) -> None:
    """Persistent, so only the first opening changes it; SQLite does not wait for its busy timeout here, so we do."""
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    with db.raw() as connection:
        while not _is_wal(connection):
            if time.monotonic() > deadline:
                raise StoreError(f"cannot switch {db.shown_url} to a WAL: another process holds it", hint="try again")
            time.sleep(0.02)


def _is_wal(connection: Any) -> bool:
    if connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
        return True
    try:
        connection.execute("PRAGMA journal_mode=WAL")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        return False
    return True


def _translated(error: Exception, url: str) -> SteelyardError:
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, SteelyardError):  # our own column types refuse with one of ours
        return cause
    said = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
    if isinstance(error, exc.IntegrityError) and ("UNIQUE" in said or type(cause).__name__ == "UniqueViolation"):
        return Conflict(f"it is there already: {said}")
    for part, words, hint in _KNOWN:
        if part in said:
            return StoreError(f"{words} ({url})", hint=hint)
    return StoreError(f"the database refused: {said} ({url})")


_KNOWN = (
    ("database is locked", "the database is busy: another process holds it too long", "try again"),
    ("unable to open database file", "cannot open the database file", "check the path and its permissions"),
    ("readonly database", "the database file is read-only", "check its permissions"),
    ("disk is full", "the disk is full", "free some space"),
    ("not a database", "this file is no SQLite database", "check STEELYARD_DATABASE_URL"),
    ("malformed", "the database file is damaged", "restore a backup"),
    ("does not exist", "cannot connect: no such database or role", "create it, or check STEELYARD_DATABASE_URL"),
    ("connection", "cannot connect to the database", "is it running? check STEELYARD_DATABASE_URL"),
    ("QueuePool limit", "too many connections at once", "lower the number of workers"),
)
