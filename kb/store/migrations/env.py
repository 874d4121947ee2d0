"""Alembic's entry: always on the connection, and in the transaction, that `kb.store.migrate` holds."""

from alembic import context

from kb.tables import Row
from kb.tables_decisions import Decisions  # noqa: F401 - registers its tables
from kb.tables_examinations import Examinations  # noqa: F401 - registers its table
from kb.tables_generations import Generations  # noqa: F401 - registers its table
from kb.tables_installations import Installations  # noqa: F401 - registers its tables
from kb.tables_notes import ItemNotes  # noqa: F401 - registers its tables
from kb.tables_queues import Inbox  # noqa: F401 - registers its tables
from kb.tables_stories import StoryItems  # noqa: F401 - registers its tables
from kb.tables_subscriptions import Subscriptions  # noqa: F401 - registers its table
from kb.tables_watches import Watches  # noqa: F401 - registers its table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    render_as_batch=True,  # SQLite alters a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
