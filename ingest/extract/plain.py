"""Plain text (licences, terms, reports) with its clear headings marked and its hard line breaks undone."""

import re
from collections.abc import Iterator

from ingest.sanitise import clean_text

_MARKDOWN = re.compile(r"#{1,6} +\S")
_FRONT_MATTER = re.compile(r"\s*---\n(.*?)\n---[ \t]*(?:\n|$)", re.S)  # of Markdown files
_RULE = re.compile(r"[=\-_*~+#\s]{3,}$")
_NUMBERED = re.compile(
    r"(?P<number>(?:section|article|part|chapter|annex|appendix|schedule|exhibit|attachment)\s+[\dA-Z]{1,4}(?:\.\d+)*[.:]?"
    r"|\d{1,2}(?:\.\d{1,2}){0,3}[.)]?|[IVX]{1,5}\.)\s+(?P<title>\S.*)",
    re.I,
)
_RUN_IN = re.compile(
    r"(?P<head>\d{1,2}(?:\.\d{1,2})*\.?\s+[“\"]?[A-Z][^.:;]{2,70}[.:])\s+(?P<rest>[“\"(A-Z].{20,})", re.S
)
_LISTED = re.compile(r"\s*\d{1,2}[.)]\s")
_ITEM = re.compile(r"\s*(?:[-*+•▪◦·–—]\s+\S|\(?\w{1,4}[.)]\s+\S|\(\w{1,5}\)|>)")
_SMALL_WORDS = "a an and as at by for from in into of on or per the to with via vs under no not other than"
_SMALL = frozenset(_SMALL_WORDS.split())
_WRAPPED_FROM = 45  # a shorter line was ended on purpose
_LONGEST_HEADING = 100
_SHORT = 60


def render_plain(text: str) -> str:
    """The text with `#` headings; paragraphs are single lines. Every word of the input is kept, in order."""
    text = clean_text(text.expandtabs(4)).strip("\n")
    front = _FRONT_MATTER.match(text)
    pieces = ["\n".join(_not_heading(line) for line in front[1].split("\n"))] if front else []
    lines = [line.rstrip() for line in text[front.end() if front else 0 :].split("\n")]
    pieces += [piece for paragraph in _paragraphs(lines) for piece in _mark(paragraph)]
    return "\n\n".join(pieces)


def _paragraphs(lines: list[str]) -> Iterator[list[str]]:
    """Runs of lines between blank ones; fenced code stays in one piece."""
    run: list[str] = []
    fenced = False
    for line in lines:
        if line.lstrip().startswith("```"):
            fenced = not fenced
        if line.strip() or fenced:
            run.append(line)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _mark(run: list[str]) -> Iterator[str]:
    """One paragraph as headings and flowing text."""
    if run[0].lstrip().startswith("```"):
        yield "\n".join(_not_heading(line) for line in run)
        return
    body: list[str] = []
    for position, line in enumerate(run):
        alone = len(run) == 1
        listed = sum(bool(_LISTED.match(other)) for other in run) > 1
        underlined = (
            position + 1 < len(run) and not _ITEM.match(line) and re.match(r"\s*(={3,}|-{3,})$", run[position + 1])
        )
        level = _heading_level(line, alone=alone, listed=listed, first=position == 0, underlined=bool(underlined))
        if _RULE.match(line):
            continue
        if level:
            yield from _flow(body)
            body = []
            yield f"{'#' * level} {_bare(line)}"
        else:
            body.append(line)
    yield from _flow(body)


def _not_heading(line: str) -> str:
    """A comment in code or metadata only looks like a heading."""
    return f" {line}" if _MARKDOWN.match(line) else line


def _bare(line: str) -> str:
    return re.sub(r"\*\*|__", "", " ".join(line.lstrip("# ").rstrip("# ").split()))


def _heading_level(line: str, *, alone: bool, listed: bool, first: bool, underlined: bool) -> int:
    """0 for a line that is no clear heading."""
    line = line.strip()
    if _MARKDOWN.match(line):
        return len(line) - len(line.lstrip("#"))
    line = _bare(line)
    if underlined and len(line) <= _LONGEST_HEADING:
        return 1
    if not first or len(line) > _LONGEST_HEADING or line.endswith((",", ";", ":", "and", "or")) or line.startswith("|"):
        return 0
    if numbered := _NUMBERED.match(line):
        return _numbered_level(numbered, short=alone or (not listed and len(line) <= _SHORT))
    return 1 if alone and _is_upper(line) else 0


def _numbered_level(found: re.Match[str], *, short: bool) -> int:
    title = found["title"]
    if not short and not _is_upper(title):
        return 0
    ends_well = not title.endswith(".") or len(title.split()) <= 6
    if not (ends_well and (_is_upper(title) or _is_title(title))):
        return 0
    depth = len(re.findall(r"\d+", found["number"])) or 1
    return min(1 + depth, 6)


def _is_upper(line: str) -> bool:
    letters = [c for c in line if c.isalpha()]
    return (
        len(letters) >= 4 and all(c.isupper() for c in letters) and len(line.split()) <= 14 and not line.endswith(".")
    )


def _is_title(line: str) -> bool:
    words = [w.strip("“”\"'’()[],.&/-") for w in line.split()]
    telling = [w for w in words if w and w.lower() not in _SMALL]
    return bool(telling) and sum(w[:1].isupper() or w[:1].isdigit() for w in telling) >= 0.75 * len(telling)


def _flow(body: list[str]) -> Iterator[str]:
    """Join hard-wrapped lines; keep list items, quotes, table rows and short lines where they stand."""
    joined: list[str] = []
    for line in body:
        wrapped = bool(joined) and len(joined[-1].split("\n")[-1]) >= _WRAPPED_FROM and not _stands_alone(line)
        if wrapped and not joined[-1].lstrip().startswith("|"):
            joined[-1] += " " + line.strip()
        else:
            joined.append(line.rstrip())
    if not joined:
        return
    if found := _RUN_IN.match(joined[0].strip()):
        title = re.sub(r"^[\d.]+\s+", "", found["head"]).rstrip(".:")
        if len(title.split()) <= 9 and _is_title(title):
            yield f"## {found['head']}"
            joined[0] = found["rest"]
    yield "\n".join(_indented(line) for line in joined)


def _stands_alone(line: str) -> bool:
    return bool(_ITEM.match(line)) or line.lstrip().startswith(("|", "#", "http"))


def _indented(line: str) -> str:
    text = " ".join(line.split())
    return "  " + text if line.startswith("    ") and _ITEM.match(line) else text
