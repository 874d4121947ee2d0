"""Does a model fit the memory of a replica, and for how many requests at once?

weights + sequences * (cache per token * context + fixed per sequence)  <=  0.9 * memory per GPU * GPUs
"""

from decimal import ROUND_FLOOR, Decimal

from kb.decide.types import Hardware, Model

USABLE_SHARE = Decimal("0.9")  # the rest is for activations and the runtime
_BYTES_PER_GB = Decimal(1_000_000_000)


def kv_bytes_per_token_gqa(layers: int, kv_heads: int, head_dim: int, bytes_per_value: int = 2) -> int:
    """Keys and values of the full-attention layers, for grouped-query attention."""
    return 2 * layers * kv_heads * head_dim * bytes_per_value


def kv_bytes_per_token_mla(layers: int, kv_lora_rank: int, rope_dim: int, bytes_per_value: int = 2) -> int:
    """The compressed cache of multi-head latent attention."""
    return layers * (kv_lora_rank + rope_dim) * bytes_per_value


def usable_gb(hardware: Hardware) -> Decimal:
    return USABLE_SHARE * hardware.memory_gb_per_gpu * hardware.gpus


def sequence_gb(model: Model, context_tokens: Decimal | int) -> Decimal:
    """The cache of one request at that context; 0 where the model's cache is not known."""
    per_token = Decimal(model.kv_bytes_per_token or 0)
    return (per_token * context_tokens + model.kv_fixed_bytes_per_sequence) / _BYTES_PER_GB


def most_sequences(model: Model, hardware: Hardware, context_tokens: Decimal | int) -> int | None:
    """How many requests fit at once; 0 if not even the weights and one do; None if the weights' size is unknown."""
    if model.memory_gb is None:
        return None
    left = usable_gb(hardware) - model.memory_gb
    each = sequence_gb(model, context_tokens)
    if left < 0 or not each:
        return 0 if left < 0 else 1
    return int((left / each).to_integral_value(ROUND_FLOOR))


def fits(model: Model, hardware: Hardware, context_tokens: Decimal | int, sequences: int = 1) -> bool | None:
    """None: unknown, since the size of the weights is not known."""
    if model.memory_gb is None:
        return None
    needed = model.memory_gb + sequences * sequence_gb(model, context_tokens)
    return needed <= usable_gb(hardware)


def smallest_replica(
    model: Model, memory_gb_per_gpu: Decimal, context_tokens: Decimal | int, *, sequences: int = 1
) -> int | None:
    """The least of 1, 2, 4 or 8 GPUs that hold the model and its cache; None if eight do not, or nothing is known."""
    if model.memory_gb is None:
        return None
    needed = model.memory_gb + sequences * sequence_gb(model, context_tokens)
    return next((gpus for gpus in (1, 2, 4, 8) if needed <= USABLE_SHARE * memory_gb_per_gpu * gpus), None)
