"""Opening: migrations on both back ends, versions, two at once, and errors in words."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from kb.errors import BadInput, ConfigurationError, StoreError
from kb.store import Store
from kb.store.engine import parse_url
from kb.store.migrate import FOLDER, HEAD
from kb.tables import Row, Settings, table

ROOT = Path(__file__).parents[2]


def test_migrations_make_what_the_tables_say(empty_url: str) -> None:
    ours = set(Row.metadata.tables)

    def is_ours(name: str | None, kind: str, _parents: object) -> bool:
        # What 0001 makes on PostgreSQL alone is not in the metadata.
        return (kind != "table" or name in ours) and name not in ("tsv", "ix_passages_tsv")

    with Store.open(empty_url) as store, store.db.read() as conn:
        options = {"compare_type": True, "include_name": is_ours}
        assert compare_metadata(MigrationContext.configure(conn, opts=options), Row.metadata) == []


def test_head_is_alembics_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_partial_indexes_are_there(empty_url: str) -> None:
    """Alembic compares no predicates, so their effect is tried: NULL workspaces must not repeat."""
    with Store.open(empty_url) as store, store.db.write() as conn:
        row = {"scope": "s", "key": "k", "value": "v", "updated_at": store.db.now(), "workspace_id": None}
        insert = store.db.insert(table(Settings)).on_conflict_do_nothing().returning(table(Settings).c.workspace_id)
        assert [conn.execute(insert, row).all() for _ in range(2)] == [[(None,)], []]
        assert conn.execute(insert, {**row, "workspace_id": "T1"}).all() == [("T1",)]


def test_a_newer_database_is_refused(store_url: str) -> None:
    with Store.open(store_url) as store, store.db.write() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigurationError, match=r"revision 9999.*does not know"):
        Store.open(store_url)


def test_reopening_imports_no_alembic(store_url: str) -> None:
    code = "import sys; from kb.store import Store; Store.open(sys.argv[1]).close(); print('alembic' in sys.modules)"
    assert _python(code, store_url).communicate(timeout=60)[0].strip() == "False"


def test_two_processes_may_migrate_at_once(empty_url: str) -> None:
    code = "import sys; from kb.store import Store; s = Store.open(sys.argv[1]); print(s.items.counts()['items'])"
    several = [_python(code, empty_url) for _ in range(3)]
    assert [process.communicate(timeout=120)[0].strip() for process in several] == ["0", "0", "0"]


def test_sqlite_creates_its_folder_and_keeps_a_wal(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path}/a b/100%/steelyard.db") as store, store.db.read() as conn:
        pragmas = [conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "foreign_keys")]
    assert pragmas == ["wal", 1]


def test_postgres_urls_of_every_spelling() -> None:
    for url in ("postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"):
        assert parse_url(url).drivername == "postgresql+psycopg"


@pytest.mark.parametrize("url", ["mysql://h/d", "sqlite://", "sqlite:///:memory:", "no url"])
def test_other_urls_are_refused_in_words(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Store.open(url)
    assert "sqlite:///path" in caught.value.hint


def test_an_unreachable_server_is_named_without_its_password() -> None:
    with pytest.raises(StoreError, match="cannot connect") as caught:
        Store.open("postgresql://reader:hunter2@127.0.0.1:1/d?connect_timeout=2")
    assert "127.0.0.1" in str(caught.value)
    assert "hunter2" not in str(caught.value) + caught.value.hint


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("these are my notes, and a good many of them\n" * 100)
    with pytest.raises(StoreError, match="no SQLite database"):
        Store.open(f"sqlite:///{tmp_path / 'notes.db'}")


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot create"):
        Store.open(f"sqlite:///{tmp_path / 'file' / 'sub' / 'steelyard.db'}")


def test_text_that_is_no_unicode_is_bad_input(store: Store) -> None:
    with pytest.raises(BadInput, match="Unicode"):
        store.settings.put("scope", "key", "half a pair: \ud800")


def _python(code: str, url: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, "-c", code, url], stdout=subprocess.PIPE, text=True, env=environment)
