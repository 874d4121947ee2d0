"""A readable difference between two versions of a text: sentences out and in, under the headings where they stand."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

_SENTENCE_END = re.compile(r"(?<=[.!?;:])[’”\"')\]]*\s+(?=[A-Z0-9(‘“\"'])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:No|Art|Arts|Sec|Inc|Ltd|Corp|e\.g|i\.e|cf|vs|p|pp|U\.S|approx|Dr|Mr|Ms)\."
    r"|^\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,4})[.)])$"
)
_HEADING = re.compile(r"(#{1,6}) (.*)")


def diff(old_text: str, new_text: str) -> str:
    """Empty when nothing changed. Hunks open with `@@ heading > heading @@`; lines begin with `- ` or `+ `."""
    old, new = list(_sentences(old_text)), list(_sentences(new_text))
    matcher = SequenceMatcher(None, [said for said, _ in old], [said for said, _ in new], autojunk=False)
    lines: list[str] = []
    last_path: tuple[str, ...] | None = None
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if kind == "equal":
            continue
        for sign, part in (("-", old[old_from:old_to]), ("+", new[new_from:new_to])):
            for said, path in part:
                if path != last_path:
                    lines.append(f"@@ {' > '.join(path) or 'beginning'} @@")
                    last_path = path
                lines.append(f"{sign} {said}")
    return "\n".join(lines)


def _sentences(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each sentence, list item, table row or heading with the headings above it."""
    path: list[tuple[int, str]] = []
    for line in text.split("\n"):
        line = " ".join(line.split())
        if not line:
            continue
        if heading := _HEADING.match(line):
            level = len(heading[1])
            path = [step for step in path if step[0] < level]
            yield line, tuple(name for _, name in path)
            path.append((level, heading[2]))
            continue
        names = tuple(name for _, name in path)
        yield from ((sentence, names) for sentence in _split(line))


def _split(line: str) -> list[str]:
    """Sentences of one line; an abbreviation or a list marker ends none."""
    sentences: list[str] = []
    for piece in _SENTENCE_END.split(line):
        if sentences and _ABBREVIATION.search(sentences[-1]):
            sentences[-1] += f" {piece}"
        else:
            sentences.append(piece)
    return sentences
