"""A causal language model on this machine: a directory, a hub id or a .gguf file. `transformers` is imported here."""

import os
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.generate import Limits, Prompt, Usage
from bot.generate.stream import Piece, streamed
from kb.errors import ConfigurationError, PromptTooLong
from kb.settings import Settings


class TransformersGenerator:
    name = "transformers"
    goes_to = ""

    def __init__(self, settings: Settings) -> None:
        if not settings.transformers_model:
            raise ConfigurationError("no model to generate with", hint="set STEELYARD_TRANSFORMERS_MODEL")
        self.model, self._threads = settings.transformers_model, settings.embedding_threads

    def generate(self, prompt: Prompt, limits: Limits, cancel: threading.Event) -> Iterator[str | Usage]:
        """Pieces of text, then the usage. The model is loaded at the first call, and that counts as its time too.

        `limits.silence_s` does not hold here: loading and reading a prompt on a CPU is silence and no fault.
        """

        def produce(emit: Callable[[Piece], None], stopped: Callable[[], bool]) -> None:
            loaded = load(self.model, self._threads)
            while not loaded.lock.acquire(timeout=0.05):  # one generation at a time: they would share two cores
                if stopped():
                    return
            try:
                if not stopped():
                    emit(loaded.run(prompt, limits.max_tokens, emit, stopped))
            finally:
                loaded.lock.release()

        return streamed(produce, replace(limits, silence_s=None), cancel, name=self.name)


class Loaded:
    """A model and its tokenizer, kept for the life of the process."""

    def __init__(self, tokenizer: Any, model: Any) -> None:
        self._tokenizer, self._model = tokenizer, model
        self.lock = threading.Lock()

    def run(self, prompt: Prompt, max_tokens: int, emit: Callable[[Piece], None], stopped: Callable[[], bool]) -> Usage:
        import torch
        from transformers import StoppingCriteria, StoppingCriteriaList, TextStreamer

        class Stop(StoppingCriteria):
            def __call__(self, input_ids: Any, scores: Any, **_: Any) -> Any:
                return torch.full((input_ids.shape[0],), stopped(), dtype=torch.bool)

        class Emit(TextStreamer):
            def on_finalized_text(self, text: str, stream_end: bool = False) -> None:
                if text:
                    emit(text)

        given = self._given(prompt, max_tokens)
        read = given["input_ids"].shape[1]
        with torch.inference_mode():
            out = self._model.generate(
                **given,
                max_new_tokens=max_tokens,
                do_sample=False,
                pad_token_id=self._tokenizer.pad_token_id or self._tokenizer.eos_token_id,
                streamer=Emit(self._tokenizer, skip_prompt=True, skip_special_tokens=True),
                stopping_criteria=StoppingCriteriaList([Stop()]),
            )
        written = int(out.shape[1]) - read
        return Usage(prompt_tokens=read, completion_tokens=written, cut=written >= max_tokens)

    def _given(self, prompt: Prompt, max_tokens: int) -> Any:
        text, templated = self._text(prompt)
        given = self._tokenizer(text, return_tensors="pt", add_special_tokens=not templated)
        given.pop("token_type_ids", None)
        room = getattr(self._model.config, "max_position_embeddings", None)
        if room and given["input_ids"].shape[1] + max_tokens > room:
            raise PromptTooLong(f"the model reads {room} tokens; the prompt has {given['input_ids'].shape[1]}")
        return given

    def _text(self, prompt: Prompt) -> tuple[str, bool]:
        """The prompt in the model's chat template, if it has one; some templates know no system role."""
        from jinja2 import TemplateError

        both = f"{prompt.system}\n\n{prompt.user}"
        if not self._tokenizer.chat_template:
            return f"{both}\n\n", False
        talks = (
            [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}],
            [{"role": "user", "content": both}],
        )
        for talk in talks:
            try:
                return str(self._tokenizer.apply_chat_template(talk, tokenize=False, add_generation_prompt=True)), True
            except TemplateError:
                continue
        return f"{both}\n\n", False


@lru_cache(maxsize=1)
def load(name: str, threads: int) -> Loaded:
    """Read once a process: it takes from seconds to half a minute."""
    place = Path(name).expanduser()
    gguf = place.suffix == ".gguf"
    if gguf and not place.is_file():
        raise ConfigurationError(f"there is no file {name}", hint="set STEELYARD_TRANSFORMERS_MODEL")
    if place.exists():
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    where = str(place.parent if gguf else place if place.exists() else name)
    only: dict[str, Any] = {"local_files_only": place.exists(), **({"gguf_file": place.name} if gguf else {})}
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging

    torch.set_num_threads(threads)
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        tokenizer = AutoTokenizer.from_pretrained(where, **only)
        model = AutoModelForCausalLM.from_pretrained(where, **only, dtype="auto")
    except ImportError as error:
        raise ConfigurationError(f"{name}: {error}", hint="pip install 'steelyard[gguf]'") from error
    except (OSError, ValueError, KeyError, RuntimeError, struct.error) as error:
        raise ConfigurationError(
            f"{name} cannot be loaded: {error}", hint="set STEELYARD_TRANSFORMERS_MODEL"
        ) from error
    return Loaded(tokenizer, model)
