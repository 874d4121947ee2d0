"""Names as tokens: blind to case, hyphens and spaces, and to whether a digit touches a letter."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_TOKEN = re.compile(r"\d+(?:\.\d+)*|[^\W\d_]+|\+")
_GAP = re.compile(r"[-\u2010\u2011_:/ \u00a0]?")  # between two tokens of one name


@dataclass(frozen=True, slots=True)
class Token:
    """`gap` is what stands between this token and the one before it."""

    word: str  # lower case
    raw: str
    start: int
    end: int
    gap: str

    @property
    def joined(self) -> bool:
        """Whether it may belong to one name with the token before."""
        return _GAP.fullmatch(self.gap) is not None

    @property
    def attached(self) -> bool:
        return self.gap != " " and self.joined

    @property
    def numeric(self) -> bool:
        return self.raw[0].isdigit()

    @property
    def capital(self) -> bool:
        return self.raw[0].isupper()


def tokens(text: str) -> list[Token]:
    found: list[Token] = []
    end = 0
    for match in _TOKEN.finditer(text):
        gap = text[end : match.start()]
        found.append(Token(match.group().lower(), match.group(), match.start(), match.end(), gap))
        end = match.end()
    return found


def key_of(name: str) -> tuple[str, ...]:
    return tuple(token.word for token in tokens(name))


def slug_of(run: Sequence[Token], *, glued: bool) -> str:
    """The slug of a name as written; `glued`: its family is written with the version at once ("qwen3")."""
    pieces = [run[0].word]
    for token in run[1:]:
        touches = token.gap == "" or token.word == "+"
        pieces.append(("" if touches else "-") + ("plus" if token.word == "+" else token.word))
    slug = "".join(pieces)
    if glued:
        return re.sub(r"^([a-z]+)-(?=\d)", r"\1", slug)
    return re.sub(r"^([a-z]{3,})(?=\d)", r"\1-", slug)
