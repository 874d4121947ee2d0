"""Retirements: the day from which a model can be used no more. "Deprecated" alone ends nothing."""

import re
from collections.abc import Iterator

from ingest.propose.found import Found, Reading, spoken
from ingest.propose.names import Mention

_END = re.compile(r"retir|shut|discontinu|turn|switch|sunset|decommission|access", re.IGNORECASE)
_ENDED = r"(?:retired|shut down|shut off|discontinued|turned off|switched off|sunset(?:ted)?|decommissioned)"
_BEHIND = re.compile(
    rf"^(?: API)? (?:(?:will be|is being|is|are|was|were|has been|have been) (?:fully |permanently )?{_ENDED}|"
    rf"(?:will )?(?:retires?|shuts? down|sunsets?))\b", re.IGNORECASE)  # fmt: skip
_AHEAD = re.compile(
    r"\b(?:(?:we|\w+)(?: will|['’]ll|['’]re| are| is)? (?:be )?(?:retir(?:e|es|ing|ed)|discontinu(?:e|es|ing|ed)|"
    r"shut(?:s|ting)? down|sunset(?:s|ting)?|turn(?:s|ing)? off|decommission\w*)|access to) (?:the )?$",
    re.IGNORECASE,
)
_ENDS = re.compile(r"^ (?:will )?(?:ends?|ended|stops?)\b", re.IGNORECASE)
_OTHER_THING = re.compile(r"\b(?:plugins?|store|browser|feature|playground|alias|endpoint for|fine-tuning|app)\b",
                          re.IGNORECASE)  # fmt: skip


def retirements(reading: Reading) -> Iterator[Found]:
    if not _END.search(reading.text):
        return
    day = reading.only_date
    if day is None or reading.doubt or _OTHER_THING.search(reading.text):
        return
    for mention in _ended(reading):
        verb = "was" if day <= reading.sentence.document.known_from else "is to be"
        yield Found(
            kind="retirement",
            subject=mention.subject,
            field="deprecated_on",
            value=day.isoformat(),
            statement=f"{mention.text} {verb} retired on {spoken(day)}, {reading.says()}.",
        )


def _ended(reading: Reading) -> Iterator[Mention]:
    for mention in reading.models:
        before, after = reading.text[: mention.start], reading.text[mention.end :]
        ahead = _AHEAD.search(before)
        if ahead and ahead.group().lower().startswith("access"):
            if _ENDS.match(after):
                yield mention
        elif ahead or _BEHIND.match(after):
            yield mention
