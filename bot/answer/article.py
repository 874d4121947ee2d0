"""What "check this: ..." is about: the words that were pasted, all of them, or the article behind a lone link."""

import re

from bot.answer.intent_words import CHECK
from bot.articles import Articles
from bot.check.length import check_length

_LONE_LINK = re.compile(r"<?(https?://[^\s|>]+)(?:\|[^>]*)?>?")


def article_of(question: str, articles: Articles | None, workspace_id: str | None) -> str:
    """ "" where nothing is to be checked. Raises BadInput, and what `Articles.read` raises."""
    text = CHECK.sub("", question).strip()
    if not text or text == question.strip():
        return ""
    link = _LONE_LINK.fullmatch(text)
    if link and articles:
        text = articles.read(link[1], workspace_id=workspace_id).text
    check_length(text)
    return text
