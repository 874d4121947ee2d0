"""The local generator with real, tiny, randomly initialised models."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.generate import GENERATORS, Limits, Prompt, Usage
from kb.errors import ConfigurationError, GenerationError
from kb.settings import load_settings

PROMPT = Prompt("Reword the sentences.", "1. The licence permits commercial use.")
LIMITS = Limits(max_tokens=20, timeout_s=60)
TEMPLATE = (
    "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
    "<u>{{ m.content }}</u>{% endfor %}"
)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A GPT-2 without a chat template, and a Llama whose template refuses the system role."""
    import torch
    from tokenizers import ByteLevelBPETokenizer
    from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    torch.manual_seed(0)
    trained = ByteLevelBPETokenizer()
    trained.train_from_iterator(["the licence permits commercial use of the model"] * 9, 400, special_tokens=["<end>"])
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=trained._tokenizer, eos_token="<end>")
    size = len(tokenizer)
    small: dict[str, Any] = {"vocab_size": size, "bos_token_id": 0, "eos_token_id": None}
    gpt = GPT2LMHeadModel(GPT2Config(n_embd=32, n_layer=1, n_head=2, n_positions=256, **small))
    llama_config = LlamaConfig(
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=512,
        **small,
    )
    root = tmp_path_factory.mktemp("models")
    for name, model in (("gpt2", gpt), ("llama", LlamaForCausalLM(llama_config))):
        tokenizer.chat_template = TEMPLATE if name == "llama" else None
        tokenizer.save_pretrained(root / name)
        model.generation_config.eos_token_id = None
        model.save_pretrained(root / name)
    return {name: root / name for name in ("gpt2", "llama")}


@pytest.fixture(autouse=True)
def forget_models() -> Iterator[None]:
    yield
    from bot.generate.transformers import load

    load.cache_clear()


def generator(model: Path | str) -> Any:
    return GENERATORS["transformers"](load_settings(transformers_model=str(model)))


def run(
    made: Any, limits: Limits = LIMITS, cancel: threading.Event | None = None, prompt: Prompt = PROMPT
) -> list[Any]:
    return list(made.generate(prompt, limits, cancel or threading.Event()))


@pytest.mark.parametrize("name", ["gpt2", "llama"])
def test_text_and_usage_are_those_of_the_library(folders: dict[str, Path], name: str) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    *pieces, usage = run(generator(folders[name]))

    both = f"{PROMPT.system}\n\n{PROMPT.user}"
    tokenizer = AutoTokenizer.from_pretrained(folders[name])
    ids = tokenizer({"gpt2": f"{both}\n\n", "llama": f"<u>{both}</u>"}[name], return_tensors="pt")["input_ids"]
    out = AutoModelForCausalLM.from_pretrained(folders[name]).generate(ids, max_new_tokens=20, do_sample=False)
    assert "".join(pieces) == tokenizer.decode(out[0, ids.shape[1] :], skip_special_tokens=True)
    assert usage == Usage(prompt_tokens=ids.shape[1], completion_tokens=20, cut=True)
    assert generator(folders[name]).goes_to == ""


def test_a_cancel_stops_the_model(folders: dict[str, Path]) -> None:
    from bot.generate.transformers import load

    made, cancel = generator(folders["llama"]), threading.Event()
    run(made)
    pieces = made.generate(PROMPT, Limits(max_tokens=400, timeout_s=60), cancel)
    next(pieces)
    cancel.set()
    with pytest.raises(GenerationError, match="cancelled"):
        list(pieces)
    assert load(str(folders["llama"]), 2).lock.acquire(timeout=5), "the thread has let the model go"


def test_time_out(folders: dict[str, Path]) -> None:
    start = time.monotonic()
    with pytest.raises(GenerationError, match=r"longer than 0\.01 s"):
        run(generator(folders["gpt2"]), Limits(max_tokens=100, timeout_s=0.01))
    assert time.monotonic() - start < 5


def test_a_prompt_longer_than_the_model_reads(folders: dict[str, Path]) -> None:
    with pytest.raises(GenerationError, match="reads 256 tokens"):
        run(generator(folders["gpt2"]), prompt=Prompt("x", "many words " * 300))


@pytest.mark.parametrize(
    ("model", "match"), [("", "no model"), ("/none/there.gguf", "no file"), ("/none/there", "cannot be loaded")]
)
def test_what_is_no_model(model: str, match: str) -> None:
    with pytest.raises(ConfigurationError, match=match):
        run(generator(model))


def test_an_empty_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be loaded"):
        run(generator(tmp_path))


def test_a_torn_gguf_file(tmp_path: Path) -> None:
    (tmp_path / "torn.gguf").write_bytes(b"GGUF")
    with pytest.raises(ConfigurationError, match=r"torn\.gguf"):
        run(generator(tmp_path / "torn.gguf"))
