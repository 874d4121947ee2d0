"""Claims on which licence a model is under: each licence that the words name, held against the model's own. Pure.

A licence is named by its name, or described: "a licence of its own", "a research licence", "OSI-approved". Two of the
names that everybody uses are looked for in any spelling, and a few licences that no model on record bears are known by
name, so that a model said to be under one of them is said so wrongly.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bot.answer.book import FactBook
from bot.answer.values import Mention
from bot.check.contract import Stance
from bot.check.held import MOST_OF_FAMILY, finding, flipped, models_of
from bot.check.polarity import unclear
from bot.check.said_of import genuine, linked
from bot.check.values import Finding, Reading, Weighed

_I = re.IGNORECASE
PERMISSIVE = frozenset({"licence:mit", "licence:apache-2.0"})
_STANDARD = PERMISSIVE | {"licence:cc-by-nc-4.0", "licence:openmdw-1.1", "licence:openrail-m", "licence:bloom-rail-1.0"}
_MODIFIED = re.compile(r"\bmodified[- ](?:version of (?:the )?)?[“\"‘']?MIT\b|\bmodified version of it\b", _I)
_COVERS = re.compile(
    r"^\s*(?:licen[cs]e\s+)?(?:also\s+|still\s+)?(?:covers?|governs?|appl(?:y|ies) to)\s+(?:the\s+)?$", _I
)
_LEADS = re.compile(r"\W*(?:available|released|licensed|published|distributed|offered|shipped)\b[^,]*\bunder\b", _I)
_BEARS = re.compile(
    r"[(:,–—/-]|\b(?:under|licen[cs]\w*|is|are|was|were|remains?|carr\w+|comes?|came|ships?|shipped|ha[sd]|have|uses?|with|covered|"
    r"govern\w*|mov\w+|stuck|keeps?|kept|adopt\w*|bears?|received|got|offers?|gets?|went|goes|chose|to|by|on|not|models?)\b|^\s*$",
    _I,
)
_ABOUT = re.compile(
    r"\b(?:writ|generat|draft|support|scan|summari[sz]|detect|explain|quot|interpret|compar|produc|translat)\w*\b", _I
)
_SHIFTED = re.compile(r"\b(?:mov|switch|chang|went|shift|left|relicen[cs])\w*\b[^.;]{0,40}\bfrom\b[^.;]{0,15}$", _I)

Fits = Callable[[str, FactBook], bool]


@dataclass(frozen=True, slots=True)
class Stated:
    """A licence as the clause names it, and whether one on record is it."""

    start: int
    end: int
    fits: Fits


def _is(subject: str) -> Fits:
    return lambda licence, _: licence == subject


def _yes(field: str, *values: str) -> Fits:
    def fits(licence: str, book: FactBook) -> bool:
        view = book.one(licence, field)
        return view is not None and view.fact.value in values

    return fits


_WORDS: Sequence[tuple[re.Pattern[str], Fits]] = (
    (re.compile(r"\bApache(?:[- ](?:2(?:\.0)?|licen[cs]\w*))*", _I), _is("licence:apache-2.0")),
    (re.compile(r"\bMIT\b(?![- ](?:Technology|Sloan|CSAIL|Media|researchers?|professors?|press|grants?|"
        r"stud(?:y|ents?|ies)|labs?|spin|teams?|paper|report|scientists?|economists?))"), _is("licence:mit")),
    (_MODIFIED, lambda licence, book: _called(licence, "modified mit", book)),
    (re.compile(r"\b(?:A?GPL|LGPL|GNU|BSD|MPL|CC0|public domain)\b|\bCC[- ]BY(?:[- ]4\.0)?(?![- ]?(?:NC|"
        r"\w))"), lambda *_: False),
    (re.compile(r"\bcommunity licen[cs]e\b", _I), lambda licence, book: _called(licence, "community", book)),
    (re.compile(r"\b(?:(?:non-?commercial|research(?:[- ]only)?|non-production) (?:\w+ )?licen[cs]e)\b", _I),
     _yes("commercial_use", "no")),
    (re.compile(r"\bpermissive(?:ly)?\b", _I), lambda licence, _: licence in PERMISSIVE),
    (re.compile(r"\b(?:OSI[- ](?:approved|certified|recogni[sz]ed)|approved by the (?:OSI|Open Source "
        r"Initiative))\b", _I),
     _yes("osi_approved", "yes")),
    (re.compile(r"\blicen[cs]e of its own\b|\b(?:its|their) own (?:\w+ )?licen[cs]e\b|\b(?:custom|bespoke|"
        r"home-?made) (?:\w+ )?licen[cs]e\b",
                _I), lambda licence, _: licence not in _STANDARD),
)  # fmt: skip


def _called(licence: str, words: str, book: FactBook) -> bool:
    return any(words in name.lower() for name in book.aliases.get(licence, ()))


def judge(reading: Reading, book: FactBook) -> Iterator[Finding]:
    stated = _stated(reading)
    evidence, groups = list[Weighed](), list[list[str]]()
    for i, one in enumerate(stated):
        if unclear(reading.text, one.end) or _SHIFTED.search(reading.text[: one.start]):
            continue
        before = [other.end for other in stated[:i]]
        for group in _of_whom(one, reading, book, max(before, default=0)):
            groups.append(group)
            evidence += [w for model in group for w in _held(one, model, reading, book)]
    name = ", ".join(dict.fromkeys(book.display(g[0]) for g in groups))
    found = finding("model/licence", f"{name}: licence", evidence, reading,
                    ("A licence belongs to a version; a sibling may carry another.",))  # fmt: skip
    if found:
        yield found


def _held(one: Stated, model: str, reading: Reading, book: FactBook) -> Iterator[Weighed]:
    views = book.of(model, "licence")
    for view in views:
        licences = book.licences_of(model)
        if licences:
            fits = any(one.fits(licence, book) for licence in licences)
            yield Weighed(view, flipped("for" if fits else "against", reading, one.start))
    if not views:
        closed = [v for v in book.of(model, "openness") if v.fact.value == "closed"]
        stance: Stance = flipped("against", reading, one.start)
        yield from (Weighed(v, stance) for v in closed)


# ---------------------------------------------------------------- what the clause names


def _stated(reading: Reading) -> list[Stated]:
    """Every licence named, in order; the longest reading of a place counts."""
    found = [Stated(m.start(), m.end(), fits) for pattern, fits in _WORDS for m in pattern.finditer(reading.text)]
    models = {s.partition(":")[2] for s in reading.of("model")}
    for mention in reading.own:
        licences = [s for s in mention.subjects if s.startswith("licence:") and s.partition(":")[2] not in models]
        if len(licences) == 1 and licences[0] not in PERMISSIVE and len(mention.subjects) == 1:
            found.append(Stated(mention.start, mention.end, _is(licences[0])))
    return [one for one in sorted(found, key=lambda o: o.start) if not any(_within(one, other) for other in found)]


def _within(one: Stated, other: Stated) -> bool:
    """The same place in fewer words: "MIT" of "modified MIT", "community licence" of a name."""
    overlaps = one.start < other.end and other.start < one.end
    return one is not other and overlaps and (one.end - one.start) < (other.end - other.start)


def _of_whom(one: Stated, reading: Reading, book: FactBook, since: int) -> list[list[str]]:
    """The models that are said to be under it: where several licences are named, those named after the one before."""
    text = reading.text
    meant = [m for m in linked(reading, one.start, one.end) if not (one.start <= m.start < one.end)]
    if reading.own:
        meant += [m for m in genuine(reading) if m.start >= one.end and _COVERS.match(text[one.end : m.start])]
        nearer = [m for m in meant if m.start >= since and models_of(m, book)]
        meant = nearer or meant
    meant = [m for m in meant if m.start >= one.end or m.start >= one.start or _BEARS.search(text[m.end : one.start])]
    meant = [m for m in meant if not _ABOUT.search(text[m.end : one.start])]
    if not [m for m in meant if models_of(m, book)]:
        meant += [m for m in reading.mentions if m not in reading.own]
    if not meant and _LEADS.match(text):
        meant = [m for m in genuine(reading) if m.start >= one.end][:1]
    groups = [models_of(m, book) for m in dict.fromkeys(meant)]
    groups = groups if any(groups) else [_all_by(text[: one.start], book)]
    return [g for g in groups if 0 < len(g) <= MOST_OF_FAMILY]


def _all_by(before: str, book: FactBook) -> list[str]:
    """ "Mistral's models", "the models of Mistral": those of the maker whose weights are open."""
    for vendor in book.subjects("vendor:"):
        name = "|".join(re.escape(n) for n in {book.display(vendor), *book.aliases.get(vendor, ())})
        if re.search(
            rf"\b(?:{name})(?:['’]s)?\s(?:\w+\s)?(?:models|LLMs|weights)\b|\bmodels (?:of|from|by) "
            rf"(?:{name})\b",
            before,
        ):
            return [m for m in book.models_by(vendor) if book.of(m, "licence")]
    return []


def licences_meant(reading: Reading, book: FactBook) -> list[str]:
    """The licences whose conditions the clause speaks of: those that it names, else those of its models."""
    modified = _MODIFIED.search(reading.text)
    text = reading.sentence.lower()
    models = [m for mention in genuine(reading) for m in models_of(mention, book)]
    of_models = list(dict.fromkeys(lic for m in models for lic in book.licences_of(m)))
    if modified:  # "Mistral's Modified MIT": three houses have one
        every = of_models or [s for s in book.subjects("licence:") if any(word in text for word in _house(s, book))]
        return [s for s in every if _called(s, "modified mit", book)]
    named = [s for m in reading.own for s in m.subjects if s.startswith("licence:") and _named_whole(m)]
    return list(dict.fromkeys(named)) or of_models


def _house(licence: str, book: FactBook) -> set[str]:
    words = {w for name in book.aliases.get(licence, ()) for w in name.lower().split()}
    return {
        w
        for w in words
        if len(w) > 4 and w not in ("modified", "license", "licence", "research", "community", "agreement")
    }


def _named_whole(mention: Mention) -> bool:
    """The words name a licence, and not a house that has several."""
    return all(s.startswith(("licence:", "claim:")) for s in mention.subjects) or bool(
        re.search(r"licen[cs]e", mention.words, _I)
    )
