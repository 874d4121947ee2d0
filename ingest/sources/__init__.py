"""Every kind of source, by name. Adding one is a file and a line here."""

from ingest.source import Source
from ingest.sources.feed import FeedSource
from ingest.sources.page import PageSource

SOURCES: dict[str, Source] = {"feed": FeedSource(), "page": PageSource()}
