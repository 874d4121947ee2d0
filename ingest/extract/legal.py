"""Acts in the Official Journal's XHTML (EUR-Lex, "Convex" since 2023 with the prefix oj-, before without it, and
consolidated texts): chapters, sections, articles, annexes and amending points become headings of the right depth.

A heading's rank says what it closes; its level is its depth among those still open, so an article directly under a
chapter and one under a section of a chapter both read well. An amending act quotes whole articles: those stand in
tables, rank below the amending point, and so stay under it.
"""

import re
from collections.abc import Iterator

from ingest.extract.render import MARKER
from ingest.sanitise import Node, clean_line

_CLASSES = re.compile(
    r"(?:^|\s)(?:oj-)?(doc-ti|ti-art|sti-art|ti-section-1|ti-section-2|ti-grseq-1|ti-annexttl|title-division-1"
    r"|title-division-2|title-article-norm|stitle-article-norm|title-annex-1|title-annex-2|title-gr-seq-level-1)(?:\s|$)"
)
_ALIASES = {
    "title-division-1": "ti-section-1",
    "title-division-2": "ti-section-2",
    "title-article-norm": "ti-art",
    "stitle-article-norm": "sti-art",
    "title-annex-1": "doc-ti",
    "title-annex-2": "doc-ti",
    "ti-annexttl": "doc-ti",
    "title-gr-seq-level-1": "ti-grseq-1",
}
_DIVISIONS = (("part", 1), ("title", 2), ("chapter", 3), ("section", 4), ("sub-section", 5), ("subsection", 5))
_PREAMBLE, _WHOLE, _ARTICLE, _POINT, _QUOTED, _GROUP = -1, 0, 6, 7, 8, 9
_ANNEX = re.compile(r"[‘'\"“]?\s*(?:annex|appendix)\b", re.I)
_WHEREAS = re.compile(r"(?:whereas|have adopted this \w+|has adopted this \w+)\s*:?$", re.I)
_AMENDS = re.compile(r"\b(?:is|are)\s+(?:hereby\s+)?amended\s+as\s+follows\s*:$", re.I)
_LONGEST_POINT = 220


def is_legal_act(tree: Node) -> bool:
    """Whether the page carries the Official Journal's own markup."""
    return bool(
        tree.xpath(
            "//*[contains(@class, 'ti-art') or contains(@class, 'title-article-norm') or contains(@class, 'oj-doc-ti')]"
        )
    )


def mark_legal_structure(tree: Node) -> None:
    """Turn the act's title lines, in place, into h1 to h6."""
    _mark_amending_points(tree)
    _mark_footnotes(tree)
    open_ranks: list[int] = []
    for node, rank in _headings(tree):
        while open_ranks and (open_ranks[-1] >= rank or open_ranks[-1] == _PREAMBLE):
            open_ranks.pop()
        node.tag = f"h{min(len(open_ranks) + 1, 6)}"
        open_ranks.append(rank)


def _headings(tree: Node) -> Iterator[tuple[Node, int]]:
    """Title lines in reading order with their rank; a number and the name below it are joined into one."""
    for node in list(tree.iter()):
        if node.getparent() is None and node is not tree:
            continue
        rank = _given_rank(node)
        kind = _kind(node)
        if rank is None and kind is not None:
            rank = _rank(kind, node)
        if rank is None and node.tag == "p" and _WHEREAS.match(_text(node)):
            rank = _PREAMBLE
        if rank is not None:
            if kind is not None:
                _join_name(node, kind)
            yield node, rank


def _kind(node: Node) -> str | None:
    found = _CLASSES.search(node.get("class") or "") if isinstance(node.tag, str) else None
    return _ALIASES.get(found[1], found[1]) if found else None


def _given_rank(node: Node) -> int | None:
    rank = node.get("data-rank") if isinstance(node.tag, str) else None
    return int(rank) if rank else None


def _text(node: Node) -> str:
    return clean_line("".join(node.itertext()))


def _is_quoted(node: Node) -> bool:
    return any(True for _ in node.iterancestors("table"))


def _rank(kind: str, node: Node) -> int | None:
    """None: a line of the act's own title, or a name that belongs to no number; both stay text."""
    text = _text(node)
    if kind == "ti-art":
        return _QUOTED if _is_quoted(node) else _ARTICLE
    if kind == "ti-section-1":
        rank = next((rank for word, rank in _DIVISIONS if text.lower().lstrip("‘'“").startswith(word)), 5)
        return rank + _QUOTED if _is_quoted(node) else rank
    if kind == "ti-grseq-1":
        return _GROUP
    if kind == "doc-ti" and _ANNEX.match(text):
        return _QUOTED if _is_quoted(node) else _WHOLE
    return None


_NAMED_BY = {"ti-art": "sti-art", "ti-section-1": "ti-section-2", "doc-ti": "doc-ti", "ti-grseq-1": "ti-grseq-1"}


def _join_name(node: Node, kind: str) -> None:
    """ "Article 6" and the line below it, "Classification rules ...", make one heading."""
    name = _next_line(node)
    if name is None or _kind(name) != _NAMED_BY[kind]:
        return
    if kind == "doc-ti" and _ANNEX.match(_text(name)):
        return
    if kind == "ti-grseq-1" and not re.match(r"(?:section|part)\s+\w{1,4}$", _text(node), re.I):
        return
    node.text, joined = f"{_text(node)} {_text(name)}", name.getparent()
    for child in list(node):
        node.remove(child)
    tail = name.tail or ""
    joined.remove(name)
    if tail.strip():
        joined.text = (joined.text or "") + tail


def _next_line(node: Node) -> Node | None:
    """The paragraph that follows, also when it is wrapped in a title block of its own."""
    following = node.getnext()
    if following is None or (node.tail or "").strip():
        return None
    if following.tag == "div" and len(following) == 1:
        following = following[0]
    return following if isinstance(following.tag, str) else None


def _mark_footnotes(tree: Node) -> None:
    """The notes below an act's last line are no part of its last annex."""
    for rule in tree.xpath("//hr[contains(@class, 'note')][not(ancestor::table)]"):
        rule.tag, rule.text = "p", "Footnotes"
        rule.set("data-rank", str(_PREAMBLE))


# ---------------------------------------------------------------- amending points


def _mark_amending_points(tree: Node) -> None:
    """In "Regulation X is amended as follows: (1) ... (2) ...", every point is a heading of its own."""
    for line in tree.xpath("//p[not(ancestor::table)]"):
        if _AMENDS.search(_text(line)):
            for table in line.itersiblings("table"):
                _mark_point(table)


def _mark_point(table: Node) -> None:
    rows = table.xpath("./tr | ./tbody/tr")
    cells = list(rows[0].iterchildren("td")) if len(rows) == 1 else []
    if len(cells) != 2 or not MARKER.match(_text(cells[0])):
        return
    number = next(iter(cells[0].iter("p")), None)
    line = next((p for p in cells[1].iterchildren("p")), None)
    if number is None or line is None:
        return
    said = _text(line)
    if said.endswith(":") and len(said) <= _LONGEST_POINT:
        # The marker's own cell goes first, so the line takes the number with it when it is rendered.
        line.set("data-rank", str(_POINT))
    else:
        number.set("data-rank", str(_POINT))
