"""The vocabulary of facts: which fields there are, what their values look like, and how people ask for them.

A `single` field has one true value at a time (per subject and qualifiers), so a later version replaces an earlier
one and two good sources can disagree. The others collect statements, which only an explicit amendment replaces.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

ValueType = Literal["text", "date", "int", "decimal", "bool", "list", "enum"]

PREFIXES = (
    "model", "licence", "vendor", "provider", "offer", "gpu", "duty", "rule", "regime", "factor", "market", "claim",
)  # fmt: skip
SUBJECT = re.compile(rf"(?:{'|'.join(PREFIXES)}):[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)*")

_REGULATION = ("duty", "rule", "regime")
_SELLER = ("vendor", "provider")
_STALE_BY_PREFIX = {"duty": 30, "rule": 30, "regime": 30, "licence": 30}
_LASTING = frozenset({"name", "alias"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """`subjects` empty: any. `units` empty: none wanted. `stale_days` None: does not age.

    `words` are phrases by which people ask for the field; " ... " stands for a few words between.
    """

    name: str
    type: ValueType
    label: str
    subjects: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    single: bool = True
    stale_days: int | None = None


def _f(
    name: str,
    type: ValueType,
    label: str,
    subjects: tuple[str, ...],
    *,
    words: str = "",
    units: tuple[str, ...] = (),
    choices: tuple[str, ...] = (),
    single: bool | None = None,
    stale_days: int | None = None,
) -> FieldSpec:
    """Free text is collected by default (two wordings are no dispute); everything else has one value."""
    return FieldSpec(
        name=name,
        type=type,
        label=label,
        subjects=subjects,
        units=units,
        choices=choices,
        words=tuple(words.split(" | ")) if words else (),
        single=type != "text" if single is None else single,
        stale_days=stale_days,
    )


_PER_MTOK = ("USD per million tokens", "EUR per million tokens")
_YES_NO = ("yes", "no", "conditional")
_MODEL, _LICENCE, _OFFER = ("model",), ("licence",), ("offer",)

_ALL = (
    # any subject
    _f("name", "text", "Name", (), single=True),
    _f("alias", "text", "Also called", ()),
    _f("note", "text", "Note", ()),
    # models
    _f("developer", "text", "Developer", _MODEL, single=True,
       words="developer | who made | who makes | who built | who develops | vendor of"),
    _f("openness", "enum", "Openness", _MODEL, choices=("open-weight", "closed"),
       words="open weights | open-weight | open or closed | is ... open | is ... closed | proprietary | weights "
             "available | download the weights"),
    _f("licence", "text", "Licence", _MODEL, single=True, stale_days=30,
       words="licence | license | licensed | licensing | licences | licenses | lizenz | own terms | terms of use | "
             "permissive | "
             "licence terms | license terms | under what terms | under which terms | on what terms | legal terms"),
    _f("gated", "enum", "Gate of the repository", _MODEL, choices=("no", "automatic", "manual"), stale_days=30,
       words="gated | access request | ask for access | request access"),
    _f("revision", "text", "Revision of the repository", _MODEL, single=True, stale_days=30),
    _f("released", "date", "Released", _MODEL,
       words="released | release date | come out | came out | launched | launch date | how old | when was | "
             "out since | publication date | ship date | shipped | debut | dropped | appeared"),
    _f("context_tokens", "int", "Context window", ("model", "offer"), units=("tokens",), stale_days=60,
       words="context window | ctx window | ctx | ctx length | ctx size | token window | token limit | "
             "input limit | "
             "max input | prompt length | longest prompt | context length | context size | context limit | "
             "how long ... context | how much "
             "context | how big ... context | max tokens | maximum input | long context | "
             "how many tokens"),
    _f("parameters_total", "int", "Parameters, total", _MODEL, units=("parameters",),
       words="parameters | params | param count | how big is | how big are | how large is | how large are | "
             "how many b | "
             "model size | total parameters | billion parameters | size of"),
    _f("parameters_active", "int", "Parameters, active per token", _MODEL, units=("parameters",),
       words="active parameters | activated parameters | active params | parameters active | parameters are "
             "active | total and active | active and total | how many active | active size | active ones | "
             "active count"),
    _f("modalities_in", "list", "Takes in", ("model", "offer"), stale_days=60,
       choices=("text", "image", "audio", "video"),
       words="modality | modalities | multimodal | vision | images | image sizes | image size | "
             "image input | audio input | video input | "
             "see pictures | understand images | read images | speech | voice | video"),
    _f("modalities_out", "list", "Gives out", _MODEL, stale_days=60,
       choices=("text", "image", "audio", "video", "embedding"),
       words="modality | modalities | output modality | generate images | image output | audio output | speak"),
    _f("memory_gb", "decimal", "Memory", ("model", "gpu"), units=("GB",),
       words="memory | vram | how many gpus | which gpus | what gpu | what hardware | hardware requirements | "
             "fit on | fits on | gb of | gpu needs | "
             "needs fewer gpus | fewer gpus | how many h100 | how many h100s | how many h200 | how many h200s | "
             "how many a100 | "
             "how many a100s | how many l40s | how many b200 | how many cards | which card | single gpu | one gpu | "
             "run on a single | run on one | hardware needs | hardware needed | graphics card | gpu requirements | "
             "gpu memory"),
    _f("kv_bytes_per_token", "int", "KV cache per token", _MODEL, units=("bytes",),
       words="kv cache | kv-cache | cache per token"),
    _f("deprecated_on", "date", "Retired on", ("model", "offer"), stale_days=7,
       words="deprecated | deprecation | retired | retirement | sunset | shut down | shutdown | end of life | "
             "switched off | switch off | switches off | switching off | turned off | turn off | turns off | "
             "end-of-life | eol | "
             "retire | retires | retiring | retirements | discontinued | discontinue | phased out | phase out | "
             "decommissioned | "
             "killed off | go away | goes away | removed from | last day of | deprecate | deprecates | "
             "how long ... available"),
    _f("successor", "text", "Successor", _MODEL, single=True, stale_days=30,
       words="successor | newer version | newest version | latest version | replaced by | replacement for | replaces | "
             "superseded by | what comes after | upgrade to | migrate to"),
    _f("replacement", "text", "Recommended replacement", ("model", "offer"), single=True, stale_days=7,
       words="recommended replacement | suggested replacement | migrate to | use instead"),
    _f("security_evaluation", "text", "Security evaluation", _MODEL,
       words="security evaluation | security | jailbreak | jailbreaks | hijack | hijacking | safety | safe | "
             "risk | caisi"),
    _f("capability_evidence", "text", "Capability evidence", _MODEL,
       words="capability | capabilities | benchmark | benchmarks | how good | how capable | evaluation | "
             "performance | months behind | behind the frontier"),
    # licences
    _f("commercial_use", "enum", "Commercial use", _LICENCE, choices=_YES_NO,
       words="commercial use | commercially | use it commercially | in a product | sell | non-commercial"),
    _f("osi_approved", "enum", "OSI approved", _LICENCE, choices=("yes", "no"),
       words="osi | osi-approved | open source definition | open source licence | open source license | "
             "really open source | truly open source | osaid"),
    _f("threshold", "text", "Threshold", ("licence", *_REGULATION),
       words="threshold | monthly active users | mau | revenue limit | revenue cap | above which | how many "
             "users | flop | flops | compute"),
    _f("attribution", "text", "Attribution", _LICENCE,
       words="attribution | credit | display | built with | name the model | notice | what do we have to do"),
    _f("output_training", "text", "Training on outputs", _LICENCE,
       words="train ... outputs | train on outputs | training on outputs | distil | distill | distillation | "
             "distilling | synthetic data | improve other models | outputs"),
    _f("use_policy", "text", "Use restrictions", _LICENCE,
       words="use policy | acceptable use | prohibited uses | prohibited use | not allowed to use | military | "
             "defence | restrictions"),
    _f("eu_limit", "text", "Limit in the EU", _LICENCE,
       words="in the eu | in europe | european union | eu limit | eu companies | eu-based | france | germany"),
    _f("patent", "text", "Patents", _LICENCE,
       words="patent | patents"),
    _f("governing_law", "text", "Governing law", _LICENCE,
       words="governing law | which law | what law | law governs | laws govern | governed by | law applies to | "
             "whose law | "
             "jurisdiction | courts | court | dispute"),
    _f("derivatives", "text", "Derivatives", _LICENCE,
       words="derivative | derivatives | fine-tune | fine-tunes | modify | modified versions | redistribute | "
             "distribute"),
    _f("exemption", "text", "Exemption", ("licence", *_REGULATION),
       words="exemption | exempt | exception | exceptions | relief | carve-out | does not apply"),
    _f("effective", "date", "Effective from", _LICENCE,
       words="effective date | licence date | version date"),
    _f("model_scope", "text", "Covers", _LICENCE,
       words="which models | covers which | applies to which models"),
    # regulation
    _f("applies_from", "date", "Applies from", ("duty", "rule"),
       words="when do | when does | apply from | applies from | application date | from when | start date | when "
             "is | deadline | by when | take effect | takes effect | start to apply | postponed | delayed | "
             "since when | as of when | "
             "as from when | starting when | when did | when will | kick in | kicks in | bite"),
    _f("requires", "text", "Requires", ("duty", "regime"),
       words="requires | require | required | what must | what do we have to | what do i have to | obligation | "
             "obligations | duty | duties | have to do | requirements | comply"),
    _f("basis", "text", "Legal basis", ("duty", "rule"),
       words="legal basis | which article | what article | basis | where does it say"),
    _f("penalty", "text", "Penalty", _REGULATION,
       words="penalty | penalties | fine for | fined | fines | how much ... fine | sanction | sanctions | what "
             "happens if"),
    _f("definition", "text", "Definition", ("rule", "regime"),
       words="what is | what's | what does ... mean | definition | define | who counts | who is a | who is the | "
             "are we a | meaning of"),
    _f("consequence", "text", "Consequence", ("rule", "regime"),
       words="consequence | consequences | what follows | what happens | and then | means for us"),
    _f("distinction", "text", "Not to be confused with", ("rule", "duty", "regime"),
       words="difference | differ | distinguish | versus | not the same | confuse"),
    _f("status", "text", "Status", ("regime",),
       words="status | in force | enacted | passed | repealed | proposed | is there a | does ... have a | state "
             "of"),
    _f("jurisdiction", "text", "Jurisdiction", ("regime", *_SELLER),
       words="jurisdiction | where does it apply | which country | where is ... based | headquartered | cloud "
             "act"),
    _f("summary", "text", "In short", ("regime", *_SELLER),
       words="summary | summarise | summarize | overview | what is | tell me about | explain | what about"),
    _f("in_force_from", "date", "In force from", ("regime",),
       words="in force | entered into force | enter into force | effective | takes effect | when did | when does "
             "| start"),
    _f("scope", "text", "Scope", ("regime", "rule", "duty"),
       words="scope | apply to us | applies to us | who does it apply to | apply to | covered | affected | "
             "outside the eu"),
    _f("deadline", "date", "Deadline", ("regime", "duty"),
       words="deadline | by when | due | what has to be done by | cut-off | transposition | last day"),
    # vendors and providers
    _f("fine_tuning", "text", "Fine-tuning", _SELLER, single=True, stale_days=7,
       words="fine-tune | fine-tunes | fine-tuning | fine tuning | finetune | finetuning | finetunes | custom "
             "model | customise | customize"),
    _f("retention", "text", "Data retention", _SELLER, stale_days=30,
       words="retention | retain | keep our data | store our data | store prompts | how long ... keep | delete | "
             "zero data retention | zdr | train on our data | "
             "our data | who sees | who has our | who holds | logs our | logging"),
    _f("residency", "text", "Data residency", _SELLER, stale_days=30,
       words="residency | region | regions | where ... data | stay in the eu | eu region | eu hosting | data "
             "location"),
    _f("deprecation", "text", "Deprecations", _SELLER, stale_days=7,
       words="deprecation | deprecations | deprecated | retire | retired | retirement | sunset | how long ... "
             "models live"),
    _f("terms", "text", "Terms", _SELLER, stale_days=30,
       words="terms | terms of service | tos | contract | conditions | indemnity | competing model | outputs"),
    _f("sla", "text", "Availability", _SELLER, stale_days=60,
       words="sla | uptime | availability | outage | outages | reliable | reliability | service level"),
    _f("gateway", "text", "Gateway", _SELLER, stale_days=60,
       words="gateway | openai-compatible | compatible api | switch provider | router"),
    # offers and hardware
    _f("price_input", "decimal", "Price, input", _OFFER, units=_PER_MTOK, stale_days=7,
       words="price | prices | pricing | cost | costs | how much | input price | per million | expensive | cheap "
             "| cheapest | tariff | rates | charge | charges | fee | fees | pricey | dollars"),
    _f("price_output", "decimal", "Price, output", _OFFER, units=_PER_MTOK, stale_days=7,
       words="price | prices | pricing | cost | costs | how much | output price | per million | expensive | "
             "cheap | cheapest | tariff | rates | charge | charges | fee | fees | pricey | dollars"),
    _f("price_cache_read", "decimal", "Price, cached input", _OFFER, units=_PER_MTOK, stale_days=7,
       words="cache price | cached | cache read | prompt caching"),
    _f("price_cache_write", "decimal", "Price, writing the cache", _OFFER, units=_PER_MTOK, stale_days=7,
       words="cache write | cache writes | writing the cache | prompt caching"),
    _f("price_batch_input", "decimal", "Price, batch input", _OFFER, units=_PER_MTOK, stale_days=7,
       words="batch | batch price"),
    _f("price_batch_output", "decimal", "Price, batch output", _OFFER, units=_PER_MTOK, stale_days=7,
       words="batch | batch price"),
    _f("region", "text", "Region", _OFFER, stale_days=30,
       words="region | regions | where is it served"),
    _f("price_per_hour", "decimal", "Price per hour", ("gpu",), stale_days=7,
       units=("USD per GPU-hour", "EUR per GPU-hour"),
       words="price | per hour | an hour | hourly | rent | rental | how much | cost | charge | rates"),
    # what the decision engine computes with: no words, nobody asks for them by name
    _f("clause", "enum", "Clause", _LICENCE, single=False,
       choices=("barred", "permission", "display", "naming", "flow_down", "review", "notice")),
    _f("capability_index", "decimal", "Capability index", _MODEL, units=("index points",), stale_days=60),
    _f("throughput_tokens_per_s_per_gpu", "decimal", "Throughput", _MODEL, stale_days=60,
       units=("output tokens per second per GPU",)),
    _f("kv_fixed_bytes_per_sequence", "int", "KV cache per sequence", _MODEL, units=("bytes",)),
    _f("model", "text", "Serves", _OFFER, single=True),
    _f("price_cache_write", "decimal", "Price, writing to the cache", _OFFER, units=_PER_MTOK, stale_days=7),
    _f("country", "text", "Seat", _SELLER, single=True, stale_days=365),
    _f("foreign_control", "text", "Foreign control", _SELLER, single=True, stale_days=365),
    _f("machines", "enum", "Whose machines it runs on", _SELLER, choices=("own", "third-party"), stale_days=365),
    _f("eu_inference", "enum", "Inference in the EU", _SELLER, choices=_YES_NO, stale_days=30),
    _f("regions", "list", "Regions of inference", _SELLER, stale_days=30),
    _f("regional_uplift", "decimal", "Regional factor on list prices", _SELLER, stale_days=30),
    _f("no_retention", "enum", "Nothing kept", _SELLER, choices=_YES_NO, stale_days=30),
    _f("customisation", "enum", "Deepest customisation", _SELLER, stale_days=30,
       choices=("none", "prompt", "lora", "full", "weights")),
    _f("outputs_may_train", "enum", "Outputs may train other models", _SELLER, choices=_YES_NO, stale_days=30),
    _f("dedicated_price_per_hour", "decimal", "Dedicated endpoint, price per hour", _SELLER, stale_days=7,
       units=("USD per GPU-hour",)),
    # evidence
    _f("evidence", "text", "Evidence", ("factor",), stale_days=365,
       words="evidence | open or closed | open vs closed | open versus closed | for and against | better | pros "
             "and cons"),
    _f("measurement", "text", "Measurement", ("market",), stale_days=365,
       words="market share | adoption | share | how many | usage | survey | gap | how far behind"),
    # One number of one population (`measure`, `population`, `period`): shares of different things never compete.
    _f("statistic", "decimal", "Statistic", ("market",), single=False, stale_days=365,
       units=("%", "months", "index points", "USD", "days", "count")),
    _f("assessment", "text", "Assessment", ("claim",),
       words="is it true | true that | claim | claims | article says | right that | correct"),
)  # fmt: skip

FIELDS: Mapping[str, FieldSpec] = {spec.name: spec for spec in _ALL}


def prefix_of(subject: str) -> str:
    """`duty` of `duty:eu-ai-act/high-risk-annex-iii`."""
    return subject.partition(":")[0]


def allowed(spec: FieldSpec, subject: str) -> bool:
    """Whether facts of this field may be said of this subject."""
    return not spec.subjects or prefix_of(subject) in spec.subjects


@cache
def is_single(field: str) -> bool:
    """Whether the field has one true value at a time; a field we do not know collects."""
    spec = FIELDS.get(field)
    return spec is not None and spec.single


def stale_days(subject: str, field: str) -> int | None:
    """Days after its last confirmation at which a fact counts as stale; None: never."""
    return _stale_days(prefix_of(subject), field)


@cache
def _stale_days(prefix: str, field: str) -> int | None:
    if field in _LASTING:
        return None
    spec = FIELDS.get(field)
    if spec is not None and spec.stale_days is not None and spec.stale_days <= 7:
        return spec.stale_days
    by_prefix = _STALE_BY_PREFIX.get(prefix)
    return by_prefix if by_prefix is not None else (spec.stale_days if spec is not None else None)
