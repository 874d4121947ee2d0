"""The weekly digest: what happened, grouped and ranked, with what falls due next. Posted once per channel and week.

`due` says when, `compose` what, `posting` reads and records it, `words` and the doors show it.
"""

from bot.digest.compose import GROUPS, compose_digest
from bot.digest.contract import Change, Deadline, DecisionMoved, Digest, DigestSource, Group, Story
from bot.digest.due import DigestChannel, DueDigest, Period, digest_channels, due_digests, last_hour, next_hour
from bot.digest.posting import chosen_channels, digest_draft, digest_for_week, enqueue_due
from bot.digest.words import digest_json, digest_text

__all__ = [
    "GROUPS",
    "Change",
    "Deadline",
    "DecisionMoved",
    "Digest",
    "DigestChannel",
    "DigestSource",
    "DueDigest",
    "Group",
    "Period",
    "Story",
    "chosen_channels",
    "compose_digest",
    "digest_channels",
    "digest_draft",
    "digest_for_week",
    "digest_json",
    "digest_text",
    "due_digests",
    "enqueue_due",
    "last_hour",
    "next_hour",
]
