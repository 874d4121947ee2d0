"""What an entry is about, and which story it tells. Pure: weighted terms, no model."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from ingest.sanitise import clean_line
from kb.types import Topic

_FIXED = {Topic.REGULATION, Topic.LICENCE, Topic.PRICE}  # what such a source says is that, whatever words it uses
_TITLE_WEIGHT = 3.0
_PRIOR = 1.5  # for the source's own topic
_THRESHOLD = 2.0
_READ_CHARS = 3000
_MOST_PER_TERM = 3

# Weight, then terms parted by semicolons, as regular expressions between word ends.
_TERMS = {
    Topic.REGULATION: r"""
        2.0 ai act; artificial intelligence act; digital omnibus; eu 2024/1689; gdpr
        2.0 data protection act; executive order
        1.5 regulat(ion|ions|or|ors|ory); legislat\w+; lawmakers?; compliance deadlines?; codes? of practice; ai office
        1.5 high-risk; grace periods?; content marking; transparency (obligations?|rules|duties); harmonised standards?
        1.5 conformity assessments?; notified bod(y|ies); transitional periods?; market surveillance; data protection
        1.5 copyright (case|suit|lawsuit|ruling)s?; lawsuits?; court; antitrust; export controls?; fined
        1.0 european commission; parliament; congress; senate; ftc; ico; cma; nist; iso(/iec)? ?42001; bill; statute
        0.7 polic(y|ies); govern(ance|ment); compliance; audit(s|ing)?
        """,
    Topic.LICENCE: r"""
        2.5 licen[cs]e change; relicens\w+; new licen[cs]e; community licen[cs]e; apache[- ]2\.0
        2.5 mit licen[cs]e; modified mit
        1.5 licen[cs](e|es|ed|ing); terms of (use|service); acceptable use; usage polic(y|ies)
        1.5 open[- ]source definition
        0.7 commercial use; redistribut\w+; copyleft; attribution
        """,
    Topic.PRICE: r"""
        2.5 pric(e|es|ing) (cut|drop|change|increase|update|reduction)s?
        2.5 (cut|lower|reduc|rais)\w* (\w+ )?pric(e|es|ing)
        1.5 pric(e|es|ing); cheaper; cost per; batch api; prompt caching; free tier; subscriptions?
        0.7 discounts?; billing; credits; per million
        """,
    Topic.SECURITY: r"""
        2.5 cve-\d{4}-\d+; vulnerabilit(y|ies); prompt injections?; jailbreak\w*; data breach(es)?
        2.5 remote code execution
        1.5 security (advisory|incident|update|fix|patch)(es|s)?; exploit\w*; malware; zero[- ]days?; backdoor\w*
        1.5 supply[- ]chain attacks?; red[- ]team\w*
        1.0 threats?; misuse; phishing; ransomware; cyber\w*; exfiltrat\w+; poison(ed|ing); safeguards?
        0.5 security; safety
        """,
    Topic.CAPABILITY: r"""
        2.0 benchmarks?; leaderboards?; state[- ]of[- ]the[- ]art; sota; evaluations?; evals?; swe-?bench; mmlu\w*; gpqa
        1.5 outperform\w*; beats?; scor(e|es|ed|ing); accuracy; reasoning performance; context (window|length)s?
        1.0 research; papers?; stud(y|ies); interpretab\w+; scaling; train(ing|ed); fine-?tun\w+; distill\w+; agents?
        1.0 reasoning; multimodal
        """,
    Topic.RELEASE: r"""
        2.5 introduc(ing|es); announc(ing|es|ed); launch(es|ed|ing)?; releas(e|es|ed|ing); now available
        2.5 general(ly)? availab\w+; deprecat\w+; retir(ed|ement|ing); sunset(s|ting)?
        2.0 open[- ]weights?; open[- ]sourc(e|es|ed|ing); preview; beta; ga
        2.0 v?\d{1,2}\.\d{1,2}(\.\d+)?(-?(rc|beta|alpha|post|b)\.?\d*)?
        1.0 gpt-?\d\w*; claude; gemini; gemma; llama; mistral; qwen\w*; deepseek; kimi; glm-?\d\w*
        1.0 grok; nemotron; new model
        """,
}
# Opens with a sign, where no word begins.
_MONEY = re.compile(r"[$€£]\d+(\.\d+)? ?(/|per|a) ?(1m|m\b|million|1k|thousand) ?(\w+ )?tokens?", re.I)


def _compile(rows: str) -> tuple[tuple[float, re.Pattern[str]], ...]:
    split = [row.split(maxsplit=1) for row in rows.strip().splitlines()]
    return tuple(
        (float(weight), re.compile(rf"\b(?:{'|'.join(t.strip() for t in terms.split(';'))})(?!\w)", re.I))
        for weight, terms in split
    )


_PATTERNS = {topic: _compile(rows) for topic, rows in _TERMS.items()}


def classify(title: str, text: str, source_topic: Topic) -> Topic:
    """The entry's topic; the source's own where the words do not tell."""
    if source_topic in _FIXED:
        return source_topic
    body = text[:_READ_CHARS]
    scores = {topic: _score(topic, title, body) for topic in _PATTERNS}
    if source_topic in scores:
        scores[source_topic] += _PRIOR
    best = max(scores, key=lambda topic: scores[topic])
    return best if scores[best] >= _THRESHOLD else source_topic


def _score(topic: Topic, title: str, body: str) -> float:
    score = 0.0
    for weight, pattern in _PATTERNS[topic]:
        score += weight * _TITLE_WEIGHT * bool(pattern.search(title))
        score += weight * min(sum(1 for _ in pattern.finditer(body)), _MOST_PER_TERM) / _MOST_PER_TERM
    if topic is Topic.PRICE:
        score += 2.0 * bool(_MONEY.search(f"{title} {body}"))
    return score


# ---------------------------------------------------------------- stories

_TRACKING = re.compile(
    r"(?:utm_|mc_|hsa_|pk_|mtm_|vero_|oly_|at_|_hs)\w*|fbclid|gclid|dclid|msclkid|yclid|igshid|cmpid|cmp|ncid|ref|ref_src|ref_url|"
    r"referrer|source|src|spm|s_cid|sh|share|smid|soc_src|guccounter|guce_\w+|trk|from|via|feature|amp|output|ck_subscriber_id"
)
_PASSING_FRAGMENT = re.compile(
    r"(?:comments?|respond|more|top|content|main|disqus_thread|:~:.*|utm_.*|xtor=.*|/?)(?:-\d+)?", re.I
)


def story_key(url: str, title: str) -> str:
    """Equal for two links to one story: the address without its dress, or the title's words where there is none.

    A fragment is kept when it may name an entry of its own: changelogs put all their entries on one page.
    """
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return _title_key(title)
    host = re.sub(r"^(?:www\d?|m|mobile|amp)\.", "", (parts.hostname or "").rstrip("."))
    path = re.sub(r"(?:/amp|/index\.(?:html?|php))?/*$", "", re.sub(r"/{2,}", "/", parts.path))
    if not host or not (path or parts.query or parts.fragment):
        return _title_key(title) or host
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(k.lower())]
    query = f"?{urlencode(sorted(kept))}" if kept else ""
    fragment = "" if _PASSING_FRAGMENT.fullmatch(parts.fragment) else f"#{parts.fragment}"
    return f"{host}{path}{query}{fragment}"


def _title_key(title: str) -> str:
    words = re.findall(r"\w+", clean_line(title).casefold())
    return f"title:{' '.join(words)}" if words else ""
