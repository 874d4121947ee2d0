"""Every kind of source, by name. Adding one is a file and a line here."""

from ingest.source import Source
from ingest.sources.arxiv import ArxivSource
from ingest.sources.deprecations import DeprecationsSource
from ingest.sources.eurlex import EurLexSource
from ingest.sources.federal_register import FederalRegisterSource
from ingest.sources.feed import FeedSource
from ingest.sources.genai_prices import GenaiPricesSource
from ingest.sources.github_releases import GitHubReleasesSource
from ingest.sources.huggingface import HuggingFaceSource
from ingest.sources.litellm import LiteLLMSource
from ingest.sources.llmfit import LlmfitSource
from ingest.sources.models_dev import ModelsDevSource
from ingest.sources.openrouter import OpenRouterSource
from ingest.sources.openrouter_history import OpenRouterHistorySource
from ingest.sources.page import PageSource

SOURCES: dict[str, Source] = {
    "feed": FeedSource(),
    "page": PageSource(),
    "litellm": LiteLLMSource(),
    "genai-prices": GenaiPricesSource(),
    "huggingface": HuggingFaceSource(),
    "llmfit": LlmfitSource(),
    "openrouter": OpenRouterSource(),
    "openrouter-history": OpenRouterHistorySource(),
    "models-dev": ModelsDevSource(),
    "deprecations": DeprecationsSource(),
    "github-releases": GitHubReleasesSource(),
    "federal-register": FederalRegisterSource(),
    "eurlex": EurLexSource(),
    "arxiv": ArxivSource(),
}
