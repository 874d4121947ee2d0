"""Every kind of source, by name. Adding one is a file and a line here."""

from ingest.source import Source
from ingest.sources.feed import FeedSource
from ingest.sources.genai_prices import GenaiPricesSource
from ingest.sources.litellm import LiteLLMSource
from ingest.sources.page import PageSource

SOURCES: dict[str, Source] = {
    "feed": FeedSource(),
    "page": PageSource(),
    "litellm": LiteLLMSource(),
    "genai-prices": GenaiPricesSource(),
}
