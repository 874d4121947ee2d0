"""Releases: "Introducing X", "we released X and Y", "X is now available", "X was released on 7 August 2025".

The day is the one that the sentence names; else the publisher's own day, if the developer speaks or somebody says
"today". That a model can be had at one more place ("now available in Windsurf") is no release, nor is a preview.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from ingest.propose.found import Found, Reading, spoken
from ingest.propose.names import Mention

_EVENT = re.compile(
    r"introduc|announc|releas|launch|unveil|ship|drop|sourc|available|\b(?:here|live|out)\b|发布", re.IGNORECASE
)
_EAGER = (
    r"(?:(?:very |so |also |now |just |finally |today )?(?:excited|thrilled|pleased|proud|happy|delighted|glad) to )?"
)
_WE = rf"(?:today,? )?we(?: are|['’]re|['’]ve| have)? (?:also |now |just |today )?{_EAGER}"
_DID = (
    r"(?:introduc|announc|releas|launch|unveil|open-sourc|open sourc)(?:ing|es|ed|e)|launch|ship(?:ping|ped|s)|"
    r"drop(?:ped|s)"
)
_VERB = re.compile(
    rf"(?:^(?:today,? |[\w ]{{1,30}}: )?|\b{_WE}|\b(?:plus|and|also) (?=\w+ing\b))(?:{_DID})\b:? ", re.IGNORECASE
)
_BY_OTHERS = re.compile(
    rf"^ (?:has |have )?(?:today |just |officially |now )?(?P<will>will )?(?:{_DID})(?: today)? ", re.IGNORECASE
)
_FILLER = re.compile(
    r"(?:[\s,&/:]|\b(?:and|or|both|plus|our|the|its|new|newest|latest|flagship|first|next|next-generation|generation|open|"
    r"open-weights?|open-source|most|capable|advanced|powerful|models?|family|of|series|large|language|reasoning|text|"
    r"vision|vision-language|multimodal|frontier|general|today)\b(?!-))*",
    re.IGNORECASE,
)
_STOP = re.compile(
    r"(?:\s*$|\s*[,.;:!—–(&]| [-–—] |\s+(?:series|family|models?|and|or|with|our|its|the|an?|today|under|as|which|that|"
    r"is|are|featuring|alongside|now|plus|at|to|by|on (?=\d|\w+ \d)|for(?! (?-i:[A-Z]))|"
    r"in (?:the api|our api|three|two)|via (?:the|our) api)\b)",
    re.IGNORECASE,
)
_NOW = "(?:now|today|finally|officially)"
_AVAILABLE = re.compile(
    rf"^ (?:(?:is|are) (?:{_NOW} (?:available|here|live|out|released)|(?:available|here|live|out) (?:now|today))"
    r"|released)\b"
    r"(?P<more>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_RELEASED_ON = re.compile(
    r"^ (?:was|were|is|are|has been|will be)?\s?(?:released|launched|unveiled|introduced) (?:on )?$", re.IGNORECASE
)
_CHINESE = re.compile(r"^\s*(?:正式版)?(?:正式)?(?:发布|开源)")
_ELSEWHERE = re.compile(
    r"\b(?:generally available|general availability|preview|beta|early access|waitlist|early testers|selected|"
    r"weights and architecture|to everyone|"
    r"(?:in|on|through|via|to run on|inside) (?!the api|our api|three|two|four|all\b|\d)[@\w])",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:last|yesterday|recently|earlier|ago|since|couple of|this (?:week|month|year)|in (?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_PREVIEW = re.compile(r"\b(?:preview|beta|early access|experimental)\b", re.IGNORECASE)
_REPORT = re.compile(
    r"\b(?:prior to|before|ahead of|after|since|when|in its) (?:\w+ ){0,3}(?:releas|launch)", re.IGNORECASE
)


def releases(reading: Reading) -> Iterator[Found]:
    if not _EVENT.search(reading.text) or reading.doubt or not reading.models or _REPORT.search(reading.text):
        return
    yield from (_found(reading, mention, day) for mention, day in _dated(reading) if mention.finished)


def _dated(reading: Reading) -> Iterator[tuple[Mention, date]]:
    told = list(_with_their_day(reading))
    if told:
        yield from told
        return
    if _PAST.search(reading.text) or _PREVIEW.search(reading.title):
        return
    for mention, by_developer in _announced(reading):
        day = reading.only_date if reading.dates else reading.published
        if day and (reading.dates or by_developer or reading.today):
            yield mention, day


def _with_their_day(reading: Reading) -> Iterator[tuple[Mention, date]]:
    """A day right behind the name and the verb."""
    for mention, after in _followed(reading):
        for start, _, day in reading.dates:
            between = reading.text[mention.end : start]
            chinese = _CHINESE.match(after) and not between.strip("正式版发布开源 ")
            if _RELEASED_ON.match(between) or (chinese and between):
                yield mention, day


def _announced(reading: Reading) -> Iterator[tuple[Mention, bool]]:
    """Models announced, and whether their developer is the one who does it."""
    if _CHINESE.search(reading.text):
        return
    for match in _VERB.finditer(reading.text):
        for mention in _objects(reading, match.end()):
            yield mention, _developer_speaks(reading, mention)
    for vendor in reading.vendors:
        told = _BY_OTHERS.match(reading.text[vendor.end :])
        if told and (not told["will"] or reading.dates):
            for mention in _objects(reading, vendor.end + told.end()):
                if f"vendor:{mention.developer}" in vendor.subjects:
                    yield mention, _developer_speaks(reading, mention)
    yield from ((mention, True) for mention in _now_available(reading))


def _objects(reading: Reading, at: int) -> Iterator[Mention]:
    """The models that stand where the verb's object does: nothing but filler before, an end of the name behind."""
    text = reading.text
    for mention in reading.models:
        if mention.start < at:
            continue
        before = text[at : mention.start]
        if not _is_filler(reading, before) or not _STOP.match(text[mention.end :]):
            return
        if _platform(reading, mention):
            return
        yield mention
        at = mention.end


def _is_filler(reading: Reading, text: str) -> bool:
    for vendor in reading.names.find(text, "vendor"):
        text = text.replace(vendor.text, "")
    return _FILLER.fullmatch(text.replace("’s", "").replace("'s", "")) is not None


def _platform(reading: Reading, mention: Mention) -> bool:
    """Whether the sentence tells of one more place where it can be had, or of less than a release."""
    rest = re.split(r"[:—–,;.](?=\s|$)| and ", reading.text[mention.end :])[0]
    return _ELSEWHERE.search(rest) is not None and not reading.dates


def _now_available(reading: Reading) -> Iterator[Mention]:
    for mention, after in _followed(reading):
        match = _AVAILABLE.match(after)
        if not match or not _developer_speaks(reading, mention) or not _starts(reading, mention):
            continue
        if not _ELSEWHERE.search(match["more"]) or re.match(r" to all[\w ]* on ", match["more"]):
            yield mention


def _starts(reading: Reading, mention: Mention) -> bool:
    return _is_filler(reading, re.sub(r"^today,? ", "", reading.text[: mention.start], flags=re.IGNORECASE))


def _followed(reading: Reading) -> Sequence[tuple[Mention, str]]:
    return [(mention, reading.text[mention.end :]) for mention in reading.models]


def _developer_speaks(reading: Reading, mention: Mention) -> bool:
    return bool(mention.developer) and reading.publisher == mention.developer


def _found(reading: Reading, mention: Mention, day: date) -> Found:
    coming = day > reading.sentence.document.known_from
    verb = "is to be released" if coming else "was released"
    return Found(
        kind="release",
        subject=mention.subject,
        field="released",
        value=day.isoformat(),
        statement=f"{mention.text} {verb} on {spoken(day)}, {reading.says()}.",
        valid_from=day if coming else None,
    )
