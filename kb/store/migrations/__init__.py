"""Alembic migrations. `kb.store.migrate` runs them; a new one also moves its `HEAD`."""
