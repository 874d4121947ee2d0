"""Right words in the wrong places: figures exchanged, names of different sentences fused, relations reversed. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from bot.answer.verify.figures import same_day
from bot.answer.verify.lexicon import GLUE, LABELS, RELATIONS, ROLES, known, root
from bot.answer.verify.parts import Piece, Thing, halves, holds, is_content, is_name, kin, meant, segments
from bot.answer.verify.reading import UNITS, Token

_MEASURES = frozenset(("usd", "eur", "gbp", "x"))
_BARRIERS = frozenset((",", ";", "and", "but"))
_CUTS = frozenset(("while", "whereas", "exception", "except"))
_DENIALS = frozenset(("no", "not", "without"))
_SEVERAL = 2
_SAYS = 2  # content words without which a half says nothing by itself
_CLOSE = 4  # words between two figures
_LISTED = frozenset((",", "and", "or"))
_JOINS = frozenset(("to", "against", "versus"))
_COMPARES = tuple(root(w) for w in ("since", "than", "over"))
_CONTESTS = frozenset(root(w) for w in ("pass", "beat", "outperform", "replace", "acquire", "succeed"))
_KINDS = frozenset(("total", "minimum", "maximum", "average"))  # which of two figures is meant
_AHEAD, _ACROSS = 0.6, 3.0  # a word belongs rather to the number that follows, and hardly to one across a comma

Key = tuple[object, str]
Contexts = Mapping[Key, frozenset[str]]


def swapped(claim: Piece, said: Piece) -> str | None:
    """Is a figure or date said of what the evidence says another figure or date of?"""
    return _days_exchanged(claim, said) or _exchanged(claim, said, dates=True) or _exchanged(claim, said, dates=False)


def _days_exchanged(claim: Piece, said: Piece) -> str | None:
    """ "Before A ... by B" became "before B ... by A"."""
    for day in claim.days:
        own = {d.word for d in said.days if same_day(day.key, d.key)}
        other = {d.word for d in said.days if not same_day(day.key, d.key)}
        if day.word and day.word not in own and day.word in other and own - {""}:
            return f"{day.key} stands in another's place"
    return None


def _exchanged(claim: Piece, said: Piece, *, dates: bool) -> str | None:
    mine, theirs = _contexts(claim, dates=dates), _contexts(said, dates=dates)
    names, their_names = _proper(claim), _proper(said)
    for said_of, own_words in mine.items():
        key = next((k for k in theirs if k[0] == said_of[0] and _alike(k, said_of)), None)
        if key is None:
            continue
        rivals = {k: words for k, words in theirs.items() if _rivals(k, key) and not _told_apart(claim, said, key, k)}
        for rival, words in rivals.items():
            own, other = theirs[key] - words, own_words & (words - theirs[key])
            plain = {w for w in own if w not in names}
            if plain and not own_words & plain and len(other - names) >= 3:
                return f"{key[0]} is said of something else in its evidence"
            if _adjoin(said, key, rival) and (
                rival not in mine or _order(claim, said_of, rival) == _order(said, key, rival)
            ):
                continue
            if _other_name(other & names, (own & their_names) - claim.words, said):
                return f"{key[0]} is said of another name in its evidence"
            back = any(k[0] == rival[0] and words_of & own for k, words_of in mine.items())
            if not dates and not own_words & own and back and other:
                return f"{key[0]} stands in another's place"
            if not own_words & own and (len(other) >= 2 or "no" in other or (own and other & names)):
                return f"{key[0]} is said of something else in its evidence"
    return None


def _adjoin(whole: Piece, one: Key, other: Key) -> bool:
    """ "From 128K to 200K", "4.12 against 2.94": what is said, is said of both."""
    spots = {key[0]: at for at, key in _spots(whole, dates=False)}
    if one[0] not in spots or other[0] not in spots:
        return False
    first, last = sorted((spots[one[0]], spots[other[0]]))
    between = {t.text for t in whole.tokens[first:last]}
    return (last - first <= _CLOSE and bool(between & _JOINS)) or (last - first <= 2 and bool(between & _LISTED))


def _order(whole: Piece, one: Key, other: Key) -> bool:
    """Does `one` come first, or behind "from"?"""
    spots = {key[0]: at for at, key in _spots(whole, dates=False)}
    first, second = spots.get(one[0], 0), spots.get(other[0], 0)
    led = [at and whole.tokens[at - 1].text == "from" for at in (first, second)]
    return bool(led[0]) if any(led) else first < second


def _other_name(used: Collection[str], own: Collection[str], said: Piece) -> bool:
    """Do the names stand beside the same word: "Llama 4 Scout" and "Llama 4 Maverick"?"""
    beside: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    found = [t for t in said.tokens if t.kind != "mark"]
    for i, token in enumerate(found[1:-1], 1):
        beside[token.root] |= {("before", found[i - 1].text), ("behind", found[i + 1].text)}
    return any(beside[one] & beside[other] for one in used for other in own)


def _proper(whole: Piece) -> frozenset[str]:
    return frozenset(t.root for t in whole.tokens if is_name(t) and not known(t.text))


def _rivals(one: Key, other: Key) -> bool:
    return one[0] != other[0] and _alike(one, other)


def _alike(one: Key, other: Key) -> bool:
    """In the same unit, as far as both are told."""
    return one[1] == other[1] or not one[1] or not other[1]


def _told_apart(claim: Piece, said: Piece, day: Key, rival: Key) -> bool:
    """The word before the date ("before", "by") already tells which of two dates is meant."""
    word = {d.word for d in claim.days if d.key == day[0]}
    own = {d.word for d in said.days if d.key == day[0]}
    return bool(word - {""}) and word == own and word.isdisjoint({d.word for d in said.days if d.key == rival[0]})


def _contexts(whole: Piece, *, dates: bool) -> Contexts:
    """Of each date or figure the words that stand nearer to it than to another of its sentence."""
    found: defaultdict[Key, set[str]] = defaultdict(set)
    for sentence in whole.sentences:
        for part in _clauses(sentence):
            _gather(part, _spots(part, dates=dates), found)
    return {key: frozenset(words) for key, words in found.items()}


def _clauses(sentence: Piece) -> Iterable[Piece]:
    part: list[Token] = []
    for token in sentence.tokens:
        if token.text in _CUTS:
            yield Piece(part)
            part = []
        else:
            part.append(token)
    yield Piece(part)


def _spots(part: Piece, *, dates: bool) -> list[tuple[int, Key]]:
    if dates:
        return [(d.at, (d.key, "")) for d in part.days]
    return [(f.at, (f.value, f.unit)) for f in part.figures if not part.tokens[f.at].glued]


def _gather(part: Piece, spots: Sequence[tuple[int, Key]], found: defaultdict[Key, set[str]]) -> None:
    for _, key in spots:
        found[key].update()
    for i, token in enumerate(part.tokens if spots else ()):
        word = _telling(part, i, token)
        if word:
            far = [_distance(part.tokens, i, at) for at, _ in spots]
            for gap, (_, key) in zip(far, spots, strict=True):
                if gap == min(far):
                    found[key].add(word)


def _telling(part: Piece, i: int, token: Token) -> str:
    if token.text in _DENIALS:
        return "no"
    if token.text in _KINDS:
        return token.text
    if i in part.labelled:
        return token.text
    return token.root if is_content(token) and token.text not in _MEASURES and token.text not in UNITS else ""


def _distance(found: Sequence[Token], word: int, spot: int) -> float:
    between = found[min(word, spot) : max(word, spot)]
    across = any(t.text in _BARRIERS for t in between)
    return abs(spot - word) * (_AHEAD if spot > word else 1.0) * (_ACROSS if across else 1.0)


# ---------------------------------------------------------------- names of different sentences


def apart(claim: Piece, said: Piece, around: Piece) -> str | None:
    """Were two things joined that stand in different sentences, each of another subject?"""
    for part in segments(claim):
        cuts: list[Sequence[Piece]] = [[part], *(h for h in halves(part) if all(len(p.roots) >= _SAYS for p in h))]
        if all(any(_joined(one, said, around) for one in cut) for cut in cuts):
            return "it joins what its evidence says of different things"
    return None


def _joined(part: Piece, said: Piece, around: Piece) -> bool:
    where = [(thing, {i for i, s in enumerate(said.sentences) if holds(s, thing)}) for thing in part.hard]
    return any(
        bool(at and other and not at & other)
        and _binds(thing, second)
        and all(_foreign(said.sentences, i, at, titled=holds(around, thing)) for i in other)
        for thing, at in where
        for second, other in where
    )


def _foreign(sentences: Sequence[Piece], i: int, at: Collection[int], *, titled: bool) -> bool:
    """Does a sentence speak of what the others do not name? A pronoun speaks of what went before.

    `titled`: what the others name stands in the title as well.
    """
    if any(j > i and is_pronoun(sentences[j].tokens[0]) for j in at):
        return False
    subject = _subject(sentences[i])
    if subject:
        return not any(subject in sentences[j].words for j in at)
    if titled or is_pronoun(sentences[i].tokens[0]):
        return not titled and min(at) > i
    numbered = sentences[i].pairs
    return bool(numbered) and not any(numbered & sentences[j].pairs for j in at)


def subjects_exchanged(claim: Piece, said: Piece) -> str | None:
    """Does one sentence tell what is said, of another name, and the name that is used stand only in another one?"""
    for part in segments(claim):
        names = {t.text for t in part.tokens if is_name(t)}
        plain = part.roots - {t.root for t in part.tokens if is_name(t)}
        score = [(len(plain & s.roots), bool(names & s.words), s) for s in said.sentences]
        named = max((n for n, has, _ in score if has), default=None)
        other = max(((n, _subject(s)) for n, has, s in score if not has), default=(0, ""))
        if named is not None and other[1] and not known(other[1]) and other[0] >= named + _SEVERAL:
            return f"its evidence says it of {other[1]}"
    return None


def _binds(thing: Thing, other: Thing) -> bool:
    """A name binds to whatever else is said; numbered things bind to all but their like ("points (a) and (b)")."""
    if isinstance(thing, Token):
        return True
    return isinstance(thing, tuple) and not isinstance(other, tuple)


def _subject(sentence: Piece) -> str:
    if is_pronoun(sentence.tokens[0]):
        return ""
    return next((t.text for t in sentence.tokens if is_name(t) and t.text not in LABELS | GLUE), "")


def is_pronoun(token: Token) -> bool:
    return token.text in ("it", "they", "this", "these", "its", "their")


def astray(claim: Piece, said: Piece) -> str | None:
    """Is a figure or date said with words of which its own sentences have none, and another sentence has several?"""
    for part in segments(claim):
        score = [sum(r in s.roots or kin(r, s.roots) for r in part.roots) for s in said.sentences]
        things: list[Thing] = [*part.days, *part.figures]
        for thing in things:
            own = [n for n, s in zip(score, said.sentences, strict=True) if holds(s, thing)]
            if own and max(own) == 0 and max(score) >= _SEVERAL:
                return "it says a figure or date of what another sentence tells"
    return None


# ---------------------------------------------------------------- relations


def reversed_(claim: Piece, said: Piece) -> str | None:
    """ "A passed B" became "B passed A", active or passive alike."""
    for sentence in claim.sentences:
        for other in meant(sentence, said):
            for verb in sorted({t.root for t in sentence.tokens} & RELATIONS):
                if any(_crossed(sentence, other, verb, kind) for kind in _sorts(verb)):
                    return "it turns the relation in its evidence round"
            if any(_crossed(sentence, other, word, "versions") for word in _COMPARES):
                return "it turns the comparison in its evidence round"
    return None


def _sorts(verb: str) -> tuple[str, ...]:
    return ("versions", "roles", "words", *(["names"] if verb in _CONTESTS else []))


def _crossed(claim: Piece, said: Piece, verb: str, kind: str) -> bool:
    mine, theirs = _sides(claim, verb, kind), _sides(said, verb, kind)
    if mine is None or theirs is None or (mine[2] != theirs[2] and kind != "versions"):
        return False
    if mine[2] != theirs[2]:
        mine = (mine[1], mine[0], mine[2])
    left, right = theirs[0] - theirs[1], theirs[1] - theirs[0]
    straight = mine[0] & left or (kind != "names" and mine[1] & right)  # "... on OpenRouter" stands behind both
    return bool(mine[0] & right and mine[1] & left and not straight)


def _sides(whole: Piece, verb: str, kind: str) -> tuple[frozenset[str], frozenset[str], bool] | None:
    """What stands before and behind the verb, and whether it is passive; None unless the verb occurs once."""
    at = [i for i, t in enumerate(whole.tokens) if t.root == verb]
    if len(at) != 1:
        return None
    before, behind = whole.tokens[: at[0]], whole.tokens[at[0] + 1 :]
    passive = any(t.text == "by" for t in behind[:2])
    return _actors(before, kind), _actors(behind, kind), passive


def _actors(side: Iterable[Token], kind: str) -> frozenset[str]:
    if kind == "versions":
        return frozenset(t.text for t in side if t.kind in ("num", "name") and any(c.isdigit() for c in t.text))
    if kind == "names":
        return frozenset(t.root for t in side if is_name(t))
    if kind == "roles":
        return frozenset(t.root for t in side if t.root in ROLES)
    return frozenset(t.root for t in side if is_content(t))
