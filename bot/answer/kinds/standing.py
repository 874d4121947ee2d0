"""Where an asker stands under a law: what applies already, a use of Annex III, who becomes provider, no verdicts."""

import re
from dataclasses import replace
from datetime import timedelta

from bot.answer.kinds import annex
from bot.answer.kinds.common import Case, say_all, unique, with_disputes, with_history
from bot.answer.values import Line
from kb.facts.fields import prefix_of

_ASKS_VERDICT = re.compile(
    r"\b(?:confirm|certify|guarantee|verify|assure|attest|tell us|tell me|say|check)\b[^.?!]{0,60}\b(?:complian\w+|"
    r"conform\w*|legal|in line with)\b|\b(?:are|is|am) (?:we|our \w+|i|my \w+|this|it)\b[^.?!]{0,30}\bcompliant\b",
    re.I,
)
_NO_VERDICT = (
    "Compliance cannot be confirmed here: it depends on the system, its purpose and what you have documented, so no "
    "verdict is given."
)


def no_verdict(case: Case) -> list[Line]:
    """Said first where a verdict of compliance is asked for: none is given."""
    if not _ASKS_VERDICT.search(case.read.question):
        return []
    return [Line(_NO_VERDICT, (), formula="rule: a verdict of compliance is never computed", literal=True)]


_ALREADY = re.compile(r"\b(?:already|so far|by now|in effect|to date|currently|at present|today|now|yet)\b", re.I)
_PARTS = re.compile(
    r"\b(?:which|what)\b[^?.]{0,50}\b(?:appl(?:y|ies)|in force|in effect|binding|live|effective)\b", re.I
)


def applied_already(case: Case) -> list[Line]:
    """ "Which parts apply already?": what the named law has made apply up to the day asked about, earliest first."""
    if not (_PARTS.search(case.read.question) and _ALREADY.search(case.read.question)):
        return []
    from bot.answer.kinds.regulation import dates_of_law, relevant

    named = [s for s in case.read.subjects if prefix_of(s) == "regime"]
    views = relevant(case, dates_of_law(case, None, case.read.as_of)) if named else []
    later = relevant(case, dates_of_law(case, case.read.as_of + timedelta(days=1), None)) if views else []
    return say_all([*unique(views)[:8], *unique(later)[:2]])


_HIGH_RISK = re.compile(r"\bhigh[- ]risk\b|\bAnnex III\b|\brules (?:for|on|about)\b", re.I)


def by_annex(case: Case) -> list[Line]:
    """A use of Annex III: when its duties apply, and what makes it high-risk."""
    told = any(f.startswith("annex-iii-") for f in case.read.use_case.flags)
    found = annex.classes(case) if told or _HIGH_RISK.search(case.read.question) else []
    asked = set(case.read.fields) - {"applies_from", "deadline", "summary", "definition", "requires", "status"}
    if not found or asked or (case.read.period and case.read.period.sense != "now"):
        return []
    when = annex.from_when(case)
    views = [*when[:1], *found[:2], *when[1:3]]
    return [*say_all(with_disputes(case, views)), *with_history(case, when[:1], "Superseded")]


_ROLE = re.compile(
    r"\b(?:become|becomes|becoming|are we|am i|count as|makes? (?:us|me)|turn(?:s|ed)? (?:us|me) into|considered)\b"
    r"[^?.]{0,30}\bproviders?\b",
    re.I,
)


def by_role(case: Case) -> list[Line]:
    """ "Do we become the provider?": the cases in which the law says so, and the article they stand in."""
    if not _ROLE.search(case.read.question):
        return []
    rules = [s for s in case.book.subjects("rule:") if "becoming-provider" in s]
    views = [v for s in rules for f, n in (("threshold", 3), ("consequence", 1)) for v in case.book.of(s, f)[:n]]
    return say_all(views)


_DISCLOSES = re.compile(
    r"\b(?:tell|inform|disclos\w+|notify|warn|announce|reveal|know|aware)\b[^?.]{0,60}\b"
    r"(?:bots?|chat ?bots?|voice ?bots?|AI|"
    r"machine|robot|artificial)\b|\b(?:bots?|chat ?bots?|AI|agents?|assistants?)\b[^?.]{0,30}\b(?:"
    r"disclos\w+|identif\w+|introduce) ",
    re.I,
)


_MADE = (
    r"(?:generated|synthetic|deep[- ]?fak\w+|ai[- ](?:made|created|written|edited)|"
    r"artificially (?:made|generated)|"
    r"(?:made|written|drawn|created|produced) (?:by|with) (?:an? )?(?:ai|machines?|llms?))"
)
_MARKS = re.compile(
    rf"\b(?:label\w*|mark(?:s|ed|ing)?|watermark\w*|tag(?:ged)?|disclos\w+|declare|indicate|say|tell)\b[^?.]{{0,50}}\b{_MADE}|"
    rf"\b{_MADE}\b[^?.]{{0,50}}\b(?:label\w*|mark(?:ed|ing)?|watermark\w*|tagged|disclos\w+|declared|indicated)\b",
    re.I,
)
_SEEN = re.compile(r"\b(?:images?|pictures?|photos?|videos?|films?|audio|voices?|songs?|music|deep[- ]?fak\w+)\b", re.I)
_WRITTEN = re.compile(r"\b(?:texts?|articles?|posts?|press|news|blog\w*|copy|written)\b", re.I)


def marking(case: Case) -> list[Line]:
    """Content that a machine made: whoever shows it has one duty by its medium, whoever builds the system another."""
    question = case.read.question
    if not _MARKS.search(question):
        return []
    shown = case.book.of("duty:eu-ai-act/article-50-4", "requires")
    seen, written = bool(_SEEN.search(question)), bool(_WRITTEN.search(question))
    if seen != written:
        shown = [v for v in shown if ("deep fake" in v.fact.statement) == seen]
    told = [("50-2", "requires"), ("50-4", "applies_from"), ("50-2", "applies_from"), ("50-2", "exemption")]
    rest = [v for article, field in told for v in case.book.of(f"duty:eu-ai-act/article-{article}", field)]
    return say_all(with_disputes(case, [*shown, *rest]))


def disclosure(case: Case) -> list[Line]:
    """Telling people that they talk to a machine: who must, from when."""
    if not _DISCLOSES.search(case.read.question):
        return []
    duty = "duty:eu-ai-act/article-50-1"
    return say_all(with_disputes(case, case.book.of(duty, "applies_from", "requires", "exemption")))


_FIELDS_OF_WORK = frozenset({"finance", "health", "employment", "education", "credit", "insurance", "public"})


def of_field(case: Case) -> list[Line]:
    """What the asker's field of work brings with it, before the law of the place in general."""
    from bot.answer.kinds.duties import duties

    return [replace(line, section="") for line in duties(case)] if case.read.use_case.flags & _FIELDS_OF_WORK else []


_COUNTRIES = {
    "ch": "Switzerland", "jp": "Japan", "ca": "Canada", "in": "India", "br": "Brazil", "au": "Australia",
    "kr": "South Korea", "sg": "Singapore", "no": "Norway", "tr": "Turkey", "ae": "the United Arab Emirates",
    "il": "Israel", "mx": "Mexico", "nz": "New Zealand", "cn": "China", "za": "South Africa",
}  # fmt: skip


def no_law_held(case: Case) -> list[str]:
    """Places asked about whose law is not held: said, so that silence is no answer."""
    from bot.answer.kinds.regulation import regimes_in

    return [
        f"The knowledge base holds nothing on the law of {_COUNTRIES[p]}; what is said here is the law of others."
        for p in case.read.use_case.jurisdictions
        if p in _COUNTRIES and not regimes_in(case, [p])
    ]
