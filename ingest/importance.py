"""How much an entry bears on a choice between open and closed models, and why. Pure.

What changes the options or their terms counts most: a language model that can be had, its price, its licence, the law
that binds its users, a measured comparison. Tools around models count half; everything else is kept and counts little.
"""

import re

from kb.types import Topic

HIGH, MEDIUM = 0.7, 0.4  # from these on an entry is of high or medium importance
READ_CHARS = 600

_BASE = {
    Topic.LICENCE: (0.7, "terms of use"),
    Topic.REGULATION: (0.5, "rules for AI"),
    Topic.PRICE: (0.5, "a price"),
    Topic.RELEASE: (0.3, "a release"),
    Topic.SECURITY: (0.3, "security"),
    Topic.CAPABILITY: (0.25, "research"),
    Topic.OTHER: (0.1, "no change of options or terms"),
}
_FAMILY = (
    r"(?:gpt|claude|gemini|gemma|llama|mistral|ministral|magistral|devstral|codestral|mixtral|qwen|deepseek|kimi|glm|grok"
    r"|phi|nemotron|command|minimax|muse spark|granite|olmo|falcon|seed|opus|sonnet|haiku|fable|mythos)"
)
_LANGUAGE_MODEL = re.compile(
    rf"\b{_FAMILY}(?:[- ](?:opus|sonnet|haiku|fable|mythos|oss|large|medium|small|next|text|r|a))*[- ]?[vkmr]?\d[\w.]*"
    rf"|\b(?:openai )?o\d(?:-mini|-pro)?\b|\bnew (?:\w+ )?(?:language |foundation )?models?\b"
    rf"|\b{_FAMILY}[- ]\w*$|\bgpt-oss\b",
    re.I,
)
_OPEN = re.compile(
    r"\bopen[- ](?:weights?|source[d]? (?:\w+ )?(?:language )?models?)\b|\bopen models?\b|\bweights and architecture\b",
    re.I,
)
_LAW = re.compile(
    r"\b(?:act|regulation|law|bill|directive|order|court|lawsuit|export controls?|framework|policy|treaty)\b", re.I
)
_BINDING = re.compile(
    r"\b(?:ai act|digital omnibus|gdpr|sb ?\d+|enters? into force|applies from|signed into law|fined)\b", re.I
)
_COMPARED = re.compile(
    r"\b(?:benchmarks?(?: and| &) analysis|analysis of|leading|leader|takes? (?:the )?lead|everything you need to know"
    r"|outperform\w*|behind the frontier|assessment of|compar\w+|openness index)\b",
    re.I,
)
_EVALUATED = re.compile(r"\b(?:evaluat\w+|benchmark\w*|assess\w+|system card|index)\b", re.I)
_PLATFORM = re.compile(
    rf"\b(?:api|sdk|bedrock|azure|vertex|foundry|groqcloud|ollama|vllm|inference|endpoint|batch|fine-?tun\w+|context|enterprise"
    rf"|government|agent\w*|gpus?|{_FAMILY})\b",
    re.I,
)
_MODELS = re.compile(r"\b(?:open[- ]weight|llms?|models?|frontier|ai-orchestrated|distillation)\b", re.I)
_MAIN_VENDOR_TERMS = re.compile(
    r"\b(?:usage polic|terms|licen[cs]|legal protections?|open[- ]weights|restrictions?|openness)", re.I
)
_APP = re.compile(
    r"\b(?:windsurf|codeium|cursor|dagster|weaviate|pinecone|perplexity|comet|cascade|huggingface_\w+|chrome|mac|ios|android|slack|excel)\b"
    r"|^\[huggingface\]|^#+ *(?:bug|patch) ?fixes",
    re.I | re.M,
)
_OTHER_KIND = re.compile(
    r"\b(?:image|video|music|speech|voice|tts|asr|audio|transcri\w+|segment\w*|robot\w*|protein|3d|embedding)\b", re.I
)


def weigh(topic: Topic, title: str, text: str) -> tuple[float, str]:
    """Importance in [0, 1] and its reasons, joined by semicolons."""
    said = f"{title}\n{text[:READ_CHARS]}"
    base, name = _BASE[topic]
    steps = [(base, name), *_steps(topic, title, said)]
    score = min(max(sum(step for step, _ in steps), 0.0), 1.0)
    return round(score, 2), "; ".join(reason for _, reason in steps)


def _steps(topic: Topic, title: str, said: str) -> list[tuple[float, str]]:
    if topic is Topic.OTHER:
        return []
    found = []
    if topic in (Topic.RELEASE, Topic.PRICE, Topic.CAPABILITY, Topic.LICENCE):
        found += _of_models(topic, title, said)
    if topic is Topic.REGULATION:
        found += [(0.3, "binding law")] if _BINDING.search(said) else [(0.05, "policy")] if _LAW.search(said) else []
    if topic is Topic.SECURITY and (_PLATFORM.search(title) or _MODELS.search(title)):
        found.append((0.15, "concerns models in use"))
    if _APP.search(said):
        found.append((-0.25, "an application or tool"))
    return found


def _of_models(topic: Topic, title: str, said: str) -> list[tuple[float, str]]:
    """What a language model in the title adds; other kinds of models are no options of this choice."""
    found = []
    if _LANGUAGE_MODEL.search(title):
        found.append(
            (0.4, "names a language model") if topic is not Topic.CAPABILITY else (0.2, "names a language model")
        )
    elif topic is Topic.RELEASE and _PLATFORM.search(title):
        found.append((0.15, "a platform for models"))
    if _OPEN.search(said):
        found.append((0.15, "open weights"))
    if topic is Topic.CAPABILITY and _COMPARED.search(title):
        found.append((0.3, "compares models"))
    elif topic is Topic.CAPABILITY and _EVALUATED.search(title):
        found.append((0.15, "an evaluation"))
    if topic is Topic.LICENCE and _MAIN_VENDOR_TERMS.search(title):
        found.append((0.2, "changes or states terms"))
    if topic is not Topic.LICENCE and _OTHER_KIND.search(title):
        found.append((-0.3, "no language model"))
    return found
