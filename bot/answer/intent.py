"""Which kind of question is it? Pure rules over words, names, dates and the use case; the first that fits wins."""

import re
from datetime import date

from bot.answer import intent_words as words
from bot.answer.dates import Period, date_mentions
from bot.answer.intent_weigh import weighs
from bot.answer.values import Kind, Mention, UseCase


def asks_advice(text: str) -> bool:
    return bool(words.ADVICE.search(text)) or asks_open_or_closed(text)


def asks_permission(text: str) -> bool:
    return bool(words.PERMIT.search(text) or words.UNASKED.search(text))


def greets(text: str) -> bool:
    """A greeting, thanks, or a question on what this bot is for."""
    return bool(words.GREETS.search(text))


def in_scope(text: str, mentions: tuple[Mention, ...], unknown: tuple[str, ...]) -> bool:
    """A word of the trade or a name that we hold occurs."""
    trade = (
        words.DISCLOSE.search(text)
        or words.DEFINES.search(text)
        or words.TRADE.search(text)
        or words.LAW.search(text)
        or words.NEWS.search(text)
        or words.DUE.search(text)
    )
    return bool(mentions or unknown or trade)


def of_asker(text: str) -> bool:
    """Does the asker speak of themselves, as whoever has something to decide?"""
    return bool(re.search(r"\b(?:we|our|us|i|my|should|recommend\w*|best)\b", text, re.IGNORECASE))


def is_check(text: str) -> bool:
    """ "Check this: ..." before an article's words."""
    return bool(words.CHECK.match(text))


def on_labels(text: str) -> bool:
    """Must people be told that a machine made something? Posts and articles are then what is labelled, and no news."""
    return bool(words.DISCLOSE.search(text) and words.MUST_ACT.search(text))


def is_chore(text: str) -> bool:
    return bool(words.CHORE.search(text))


def follows_up(text: str) -> bool:
    return bool(words.FOLLOW.search(text))


def asks_open_or_closed(text: str) -> bool:
    return bool(words.OPEN_CLOSED.search(text))


def _future(text: str, today: date) -> bool:
    ahead = any(d.last > today for d in date_mentions(text, today))
    return ahead or bool(
        re.search(
            r"\bnext (?:year|month|quarter|week)\b|\bin (?:\w+ )?(?:\d+|two|three|five|ten) (?:months?|"
            r"years?)\b|\bfuture\b|\bsoon\b|\bever\b",
            text,
            re.IGNORECASE,
        )
    )


def _predicts(text: str, mentions: tuple[Mention, ...], today: date) -> bool:
    if words.LAW.search(text) and not re.search(r"\bpric\w+|\bcost\w*", text, re.IGNORECASE):
        return False
    forecast = re.search(r"\bforecast\w*|\bpredict\w*|\bwho will\b", text, re.IGNORECASE)
    return bool(
        forecast
        or (words.PREDICT.search(text) and (_future(text, today) or re.search(r"\bwill\b", text, re.IGNORECASE)))
    )


def _regulatory(text: str, mentions: tuple[Mention, ...]) -> bool:
    named = any(s.startswith(("duty:", "rule:", "regime:")) for m in mentions for s in m.subjects)
    return named or bool(words.LAW.search(text) or words.ROLE.search(text) or words.DUE.search(text))


def _models(mentions: tuple[Mention, ...]) -> int:
    return sum(
        1 for m in mentions if any(s.startswith(("model:", "licence:", "vendor:", "provider:")) for s in m.subjects)
    )


def _bare(case: UseCase) -> bool:
    """Nothing of a use case; a place alone ("the capital of France") is none."""
    return not (case.flags or case.activities or case.modalities or case.amounts)


def _situated(case: UseCase) -> bool:
    """Enough of a use case to speak to: more than a bare wish."""
    return bool(case.flags or case.jurisdictions or case.modalities or case.amounts)


def kind_of(
    text: str,
    mentions: tuple[Mention, ...],
    unknown: tuple[str, ...],
    case: UseCase,
    period: Period | None,
    today: date,
) -> Kind:
    """The kind, by the first rule that fits."""
    named = _models(mentions) + len(unknown)
    if greets(text) and not named:
        return Kind.HELP
    if is_chore(text):
        return Kind.OUT_OF_SCOPE
    if not in_scope(text, mentions, unknown) and _bare(case):
        return Kind.UNDERSPECIFIED if words.PERMIT.search(text) and words.PRONOUN.search(text) else Kind.OUT_OF_SCOPE
    if words.PASTED.search(text) or words.CLAIM.search(text):
        return Kind.CLAIM
    if _predicts(text, mentions, today):
        return Kind.UNANSWERABLE
    if (
        asks_open_or_closed(text)
        and not _situated(case)
        and not named
        and not re.search(r"\bdifference|\bmean\b|\bgap\b|\bhow (?:far|much|many)\b", text, re.IGNORECASE)
    ):
        return Kind.UNDERSPECIFIED
    if words.BARE_BEST.search(text) and not _situated(case) and not mentions and not unknown:
        return Kind.UNDERSPECIFIED
    if not words.OF_A_CLAUSE.search(text) and weighs(text, mentions, unknown, case):
        return Kind.DECISION
    if re.search(r"\bcompar\w+|\bvs\.?\b|\bversus\b|\bdifference\w* between\b", text, re.IGNORECASE):
        return Kind.COMPARISON
    return _by_trade(text, mentions, case) or _by_words(text, mentions, unknown, case, period)


def _by_trade(text: str, mentions: tuple[Mention, ...], case: UseCase) -> Kind | None:
    """What the things named decide, before any single word does."""
    licensed = any(s.startswith(("model:", "licence:")) for m in mentions for s in m.subjects)
    if licensed and words.GOVERNS.search(text):
        return Kind.FACT
    if words.FINDS.search(text) and not words.ADVICE.search(text):
        return Kind.FACT
    advice = words.ADVICE.search(text) or asks_open_or_closed(text)
    if on_labels(text) and not advice and not licensed:
        return Kind.REGULATION
    annex = any(f.startswith("annex-iii") for f in case.flags)
    if annex and not advice and not licensed and words.RULES_ON.search(text):
        return Kind.REGULATION
    if licensed and not advice and (_limited(case) or (words.MUST_ACT.search(text) and words.ACT.search(text))):
        return Kind.PERMISSION if not (words.PRICE.search(text) or words.LAW.search(text)) else None
    return None


def _limited(case: UseCase) -> bool:
    """The asker gives what licences put a limit on: users or revenue."""
    return bool(case.amounts.keys() & {"mau", "revenue_month", "revenue_year"})


def _by_words(
    text: str, mentions: tuple[Mention, ...], unknown: tuple[str, ...], case: UseCase, period: Period | None
) -> Kind:
    named = _models(mentions) + len(unknown)
    if words.UNASKED.search(text):
        return Kind.PERMISSION
    if words.CHEAPER.search(text) and named >= 2:
        return Kind.COMPARISON
    advice = (
        bool(words.ADVICE.search(text)) or asks_open_or_closed(text) or bool(words.WHICH.search(text) and case.flags)
    )
    if (
        (words.CHANGE.search(text) or words.NEWS.search(text))
        and not advice
        and (period is None or period.sense != "ahead" or not _regulatory(text, mentions))
    ):
        return Kind.CHANGE
    if words.ON_HARDWARE.search(text) and any(s.startswith("gpu:") for m in mentions for s in m.subjects) and named:
        return Kind.FACT
    if words.PRICE.search(text) and named and not advice:
        return Kind.FACT
    if words.ALLOWED.search(text) and named:
        return Kind.DECISION if _whole_project(text, case) else Kind.PERMISSION
    if words.OBLIGED.search(text) and not advice and not _models(mentions):
        return Kind.REGULATION
    if words.PERMIT.search(text) and not advice:
        return Kind.DECISION if _whole_project(text, case) else Kind.PERMISSION
    if advice and not (_regulatory(text, mentions) and words.WHAT_TO_DO.search(text)):
        if unknown and not _models(mentions) and _bare(case):
            return Kind.FACT
        return Kind.DECISION if _situated(case) or named else Kind.UNDERSPECIFIED
    if words.COMPARE.search(text) and (named >= 2 or re.search(r"\bbetter\b|\bsafer\b", text, re.IGNORECASE)):
        return Kind.COMPARISON
    if _regulatory(text, mentions):
        return Kind.REGULATION
    if _statement_of_need(text, case):
        return Kind.DECISION
    return Kind.FACT


def _whole_project(text: str, case: UseCase) -> bool:
    """ "Hospital in France: triage chatbot, self-hosted. OK?" asks about a project, not about one clause."""
    sector = case.flags & {"health", "military", "classified", "finance", "employment", "education", "public"}
    task = case.flags & {"chat", "summarise", "extract", "coding", "agents", "legal"}
    return bool(sector and task) and not re.search(r"\b(?:may|can) (?:we|i)\b", text, re.IGNORECASE)


def _statement_of_need(text: str, case: UseCase) -> bool:
    if words.IMPERATIVE.search(text):
        return False
    return len(case.flags | set(case.modalities)) >= 2 or bool(case.flags and "?" not in text)
