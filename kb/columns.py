"""Column types and index helpers of `kb.tables`: the same Python values on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Index, Integer, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

from kb.errors import BadInput


class UtcDateTime(TypeDecorator[datetime]):
    """Aware in, aware UTC out; a naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise BadInput(f"{value.isoformat()} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class BigId(TypeDecorator[int]):
    """BIGINT; INTEGER on SQLite, where only that name makes a row id."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())


class Json(TypeDecorator[Any]):
    """JSONB on PostgreSQL, text on SQLite."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(
            JSONB(none_as_null=True) if dialect.name == "postgresql" else JSON(none_as_null=True)
        )


class Key(TypeDecorator[str]):
    """Text in byte order on both back ends, so that a prefix is a range of an index."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String(collation="C") if dialect.name == "postgresql" else String())


def partial_index(name: str, *columns: str, where: str, on_sqlite: str | None = None, unique: bool = False) -> Index:
    """It holds only the rows that its query can want; SQLite uses it where a query says `where` to the letter."""
    return Index(name, *columns, unique=unique, sqlite_where=text(on_sqlite or where), postgresql_where=text(where))


def unique_in_workspace(name: str, *columns: str) -> tuple[Index, Index]:
    """NULLs differ in a unique index, hence two: one for shared rows and one for the workspaces'."""
    return (
        partial_index(f"uq_{name}_shared", *columns, where="workspace_id IS NULL", unique=True),
        partial_index(f"uq_{name}_workspace", "workspace_id", *columns, where="workspace_id IS NOT NULL", unique=True),
    )
