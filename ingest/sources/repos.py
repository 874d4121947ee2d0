"""Which model a repository on the Hub holds, and which licence its tag names. Exact or not at all.

A repository is a model of the catalogue only where the catalogue cites it; any other one, be it "-Base", "-FP8" or a
day later, is a subject of its own under its full name. So is a tag that stands for no licence of the catalogue.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from urllib.parse import urlsplit

from kb.facts.fields import prefix_of
from kb.facts.load import load_starter

HUB = "huggingface.co"
_TAGS = {
    "bigscience-bloom-rail-1.0": "bloom-rail-1.0",
    "deepseek": "deepseek-la-1.0",
    "deepseek-license": "deepseek-la-1.0",
    "exaone": "exaone-nc",
    "gemma": "gemma-tou",
    "llama2": "llama-2",
    "llama3": "llama-3",
    "llama3.1": "llama-3.1",
    "llama3.2": "llama-3.2",
    "llama3.3": "llama-3.3",
    "llama4": "llama-4",
    "mnpl": "mistral-mnpl",
    "mrl": "mistral-mrl",
    "nvidia-nemotron-open-model-license": "nvidia-nemotron",
    "nvidia-open-model-license": "nvidia-open-model",
    "qwen": "qwen-2024",
    "tongyi-qianwen": "tongyi-2023",
    "tongyi-qianwen-license-agreement": "tongyi-2023",
}
_OWNERS_TAGS = {  # a name that several publishers gave to texts of their own
    ("moonshotai", "modified-mit"): "kimi-modified-mit",
    ("mistralai", "modified-mit"): "mistral-modified-mit",
}
_SAYS_NOTHING = frozenset({"", "other", "unknown", "none", "null", "license", "licence"})


def subject_of(repository: str) -> str:
    """`model:deepseek-v4-pro` of "deepseek-ai/DeepSeek-V4-Pro", else `model:owner/name` in lower case."""
    return _cited().get(repository.casefold()) or "model:" + "/".join(map(_part, repository.split("/")))


def _part(name: str) -> str:
    return re.sub(r"[^a-z0-9._-]+", "-", name.lower()).lstrip("._-") or "unnamed"


@cache
def _cited() -> Mapping[str, str]:
    """Repositories that the starter facts cite for a model's licence or openness, or give as its other name."""
    found: dict[str, str] = {}
    for fact in load_starter():
        if prefix_of(fact.subject) != "model":
            continue
        if fact.field in ("licence", "openness") and (named := _repository(fact.source_url)):
            found.setdefault(named, fact.subject)
        elif fact.field == "alias" and re.fullmatch(r"[\w.-]+/[\w.-]+", fact.value):
            found.setdefault(fact.value.casefold(), fact.subject)
    return found


def _repository(url: str) -> str:
    parts = urlsplit(url)
    names = parts.path.strip("/").split("/")
    return "/".join(names[:2]).casefold() if parts.hostname == HUB and len(names) >= 2 else ""


def licence_of(repository: str, tags: Iterable[str], name: str = "") -> str:
    """The licence that the tags name; empty where they name none, or several.

    Under the tag "other" it is the name that the model card gives, if any.
    """
    said = {tag.strip().lower() for tag in tags if tag}
    if len(said) != 1:
        return ""
    tag = said.pop()
    tag = name.strip().lower() if tag == "other" else tag
    tag = re.sub(r"[^a-z0-9._+-]+", "-", tag).strip("-.")
    owner = repository.partition("/")[0].lower()
    return "" if tag in _SAYS_NOTHING else _OWNERS_TAGS.get((owner, tag)) or _TAGS.get(tag, tag)
