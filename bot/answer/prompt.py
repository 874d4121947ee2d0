"""The wording prompt, from `prompts/word.md`."""

from collections.abc import Sequence

from bot.answer.values import Line
from bot.answer.word import numbered
from bot.generate import Prompt


def word_prompt(question: str, lines: Sequence[Line]) -> Prompt:
    from prompts import load

    return load("word").render(question=question, sentences=numbered(lines))
