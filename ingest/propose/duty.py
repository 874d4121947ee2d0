"""Days from which a duty applies or a law is in force. A duty of the AI Act is taken only where the Act is named."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from ingest.propose.found import Found, Reading, spoken
from ingest.propose.names import Mention

ACT = "regime:eu-ai-act"
_APPLIES = re.compile(
    r"\b(?:(?:shall |will |already |now )*appl(?:y|ies|ied)|takes? effect|took effect|"
    r"enter(?:s|ed)? into (?:force|application)|c[oa]mes? into (?:force|effect)|"
    r"bec[ao]mes? (?:applicable|effective|enforceable)|(?:is|are) (?:in force|effective|applicable))"
    r"(?: (?:from|since|on|as of|as from|starting|beginning))*(?: the)? $",
    re.IGNORECASE,
)
_BEGINS = re.compile(r"appl|effect|force|effective|enforceable", re.IGNORECASE)
_EXCEPT = re.compile(r"\bexcept(?:ion)?\b|\bwith the exception\b|\bprovided\b", re.IGNORECASE)


def duties(reading: Reading) -> Iterator[Found]:
    if not _BEGINS.search(reading.text) or reading.doubt or not reading.dates:
        return
    place = _applies(reading)
    if place is None:
        return
    verb, day = place
    subject_part = reading.text[:verb]
    found = list(_duties(reading, subject_part)) or list(_regimes(reading, subject_part))
    for subject, field, said in found:
        yield Found(
            kind="duty",
            subject=subject,
            field=field,
            value=day.isoformat(),
            statement=f"{said} applies from {spoken(day)}, {reading.says()}.",
        )


def _applies(reading: Reading) -> tuple[int, date] | None:
    """Where the verb begins and the day behind it; only if the sentence has one such place."""
    places = [
        (match.start(), day) for start, _, day in reading.dates if (match := _APPLIES.search(reading.text[:start]))
    ]
    return places[0] if len(places) == 1 else None


def _duties(reading: Reading, text: str) -> Iterator[tuple[str, str, str]]:
    about = f"{reading.text} {reading.title}"
    if not any(ACT in mention.subjects for mention in reading.names.find(about, "regime")):
        return
    mentions = reading.names.find(_EXCEPT.split(text)[0], "duty")
    sure = {mention.subject for mention in mentions if len(mention.subjects) == 1}
    for mention in mentions:
        if len(mention.subjects) > 1 and not sure.intersection(mention.subjects):
            return  # one of several duties, and nothing says which
    for subject in sorted(sure):
        said = next(mention.text for mention in mentions if mention.subjects == (subject,))
        yield subject, "applies_from", said


def _regimes(reading: Reading, text: str) -> Sequence[tuple[str, str, str]]:
    """A law named alone; the AI Act itself begins in steps, so that one day says too little."""
    if reading.names.find(text, "duty"):
        return []
    mentions: Sequence[Mention] = reading.names.find(text, "regime")
    subjects = {subject for mention in mentions for subject in mention.subjects}
    if len(subjects) != 1 or ACT in subjects:
        return []
    return [(mentions[0].subject, "in_force_from", mentions[0].text)]
