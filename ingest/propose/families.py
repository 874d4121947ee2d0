"""Families of models, as the slugs that we hold show them: "claude-opus-4.5" is of the family "claude opus"."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ingest.propose.tokens import key_of

# Words that tell one variant of a version from another; also those of every slug that we hold.
_VARIANTS = frozenset(
    ("pro", "flash", "mini", "nano", "lite", "ultra", "turbo", "max", "air", "plus", "coder", "code", "thinking",
     "small", "medium", "large", "fast", "heavy", "highspeed", "vision", "instruct", "base", "chat", "codex",
     "spark", "scout", "maverick", "opus", "sonnet", "haiku", "reasoning", "image", "video", "audio", "live",
     "preview", "experimental", "exp", "beta")
)  # fmt: skip
SPOKEN = frozenset({"mini", "nano", "pro", "lite", "turbo", "ultra"})  # parts of names even in small letters
UNFINISHED = frozenset({"preview", "experimental", "beta", "alpha"})
# What a developer sells under a model's name and is none.
PRODUCTS = frozenset(
    ("code", "studio", "api", "cli", "sdk", "agent", "agents", "app", "apps", "build", "business", "enterprise",
     "platform", "desktop", "chat", "cowork", "design", "vibe", "forge", "console", "stack", "workspace", "team",
     "teams", "store", "canvas", "science", "corps", "tag", "partner", "developer", "startup", "program", "ai",
     "education", "robot", "search", "work", "notebook", "deck", "assistant", "connector", "connectors", "plan",
     "plans", "index", "guide", "model", "models", "week", "day")
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Families:
    """`developers` by the words before the version; `heads` are their first words, with the developer if it is one."""

    developers: Mapping[tuple[str, ...], str]
    heads: Mapping[str, str]
    glued: frozenset[str]
    variants: frozenset[str]

    @classmethod
    def of(cls, developers: Mapping[str, str]) -> "Families":
        """From model subjects with their developers' slugs."""
        families: dict[tuple[str, ...], str] = {}
        heads: dict[str, set[str]] = defaultdict(set)
        glued, variants = set(), set(_VARIANTS)
        for subject, developer in developers.items():
            slug = subject.partition(":")[2]
            parts = slug.split("-")
            words = _words(parts)
            families[tuple(words)] = developer
            heads[words[0]].add(developer)
            if re.match(r"[a-z]{2,}\d", parts[0]):
                glued.add(words[0])
            variants.update(part for part in parts[len(words) :] if part.isalpha() and len(part) > 2)
        return cls(
            developers=families,
            heads={head: next(iter(who)) for head, who in heads.items() if len(who) == 1},
            glued=frozenset(glued),
            variants=frozenset(variants),
        )

    def longest(self, words: Iterable[str]) -> tuple[int, str | None]:
        """How many of the words name a family, and whose it is."""
        given = tuple(words)
        for size in range(min(4, len(given)), 0, -1):
            developer = self.developers.get(given[:size]) or (self.heads.get(given[0]) if size == 1 else None)
            if developer:
                return size, developer
        return 0, None


def _words(parts: list[str]) -> list[str]:
    """The words before the first version; of "qwen3" the letters."""
    found: list[str] = []
    for part in parts:
        tokens = key_of(part)
        if any(token[0].isdigit() for token in tokens):
            return found or [tokens[0]]
        found.append(part)
    return found
