"""Block Kit -> HTML, every block that the bot may send; another type is an error, never a grey box.

Shapes: https://docs.slack.dev/reference/block-kit/blocks. Widths, sizes and colours imitate Slack's own in style.css.
"""

from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Any

from tests.peers.pictures.markup import markdown, mrkdwn, plain

Json = Mapping[str, Any]


def blocks_html(blocks: Iterable[Json]) -> str:
    return "".join(f'<div class="block {b["type"]}">{_named(_BLOCKS, b)}</div>' for b in blocks)


def _named(table: Mapping[str, Callable[[Any], str]], part: Json) -> str:
    kind = str(part["type"])
    if kind not in table:
        raise ValueError(f"no picture of a {kind}: add it to {__file__}")
    return table[kind](part)


def text_html(text: Json) -> str:
    return mrkdwn(text["text"]) if text["type"] == "mrkdwn" else plain(text["text"])


# ---------------------------------------------------------------- blocks


def _section(block: Json) -> str:
    text = f'<div class="text">{text_html(block["text"])}</div>' if "text" in block else ""
    fields = "".join(f"<div>{text_html(field)}</div>" for field in block.get("fields") or ())
    side = f'<div class="side">{element_html(block["accessory"])}</div>' if "accessory" in block else ""
    return f'<div class="main">{text}{f"<div class=fields>{fields}</div>" if fields else ""}</div>{side}'


def _context(block: Json) -> str:
    return "".join(
        f"<span>{element_html(e) if e['type'] == 'image' else text_html(e)}</span>" for e in block["elements"]
    )


def _elements(block: Json) -> str:
    return "".join(element_html(element) for element in block["elements"])


def _image(block: Json) -> str:
    source = block.get("image_url") or block.get("slack_file", {}).get("url") or ""
    title = f'<div class="small">{plain(block["title"]["text"])}</div>' if block.get("title") else ""
    return f'{title}<img src="{escape(source)}" alt="{escape(block["alt_text"])}">'


def _table(block: Json) -> str:
    columns = block.get("column_settings") or []

    def cell(given: Json, column: int, tag: str) -> str:
        setting = (columns[column] if column < len(columns) else None) or {}
        classes = f"{setting.get('align', 'left')}{' wrapped' if setting.get('is_wrapped') else ''}"
        text = plain(given["text"]) if given["type"] == "raw_text" else _rich_text(given)
        return f'<{tag} class="{classes}">{text}</{tag}>'

    rows = [
        f"<tr>{''.join(cell(c, n, 'td' if row else 'th') for n, c in enumerate(cells))}</tr>"
        for row, cells in enumerate(block["rows"])
    ]
    return f'<div class="scroll"><table>{"".join(rows)}</table></div>'


def _input(block: Json) -> str:
    optional = ' <span class="small">(optional)</span>' if block.get("optional") else ""
    hint = f'<div class="small">{plain(block["hint"]["text"])}</div>' if block.get("hint") else ""
    label = f"<label>{plain(block['label']['text'])}{optional}</label>"
    return f"{label}{element_html(block['element'])}{hint}"


def _task(block: Json) -> str:
    state = str(block.get("status") or "pending")
    details = "".join(_rich_text(block[name]) for name in ("details", "output") if block.get(name))
    sources = "".join(element_html(source) for source in block.get("sources") or ())
    title = f'<div class="title {state}"><i></i>{plain(block["title"])}</div>'
    return f'{title}<div class="details">{details}</div><div class="sources">{sources}</div>'


def _plan(block: Json) -> str:
    tasks = "".join(f'<div class="task_card">{_task(task)}</div>' for task in block.get("tasks") or ())
    return f"<b>{plain(block['title'])}</b>{tasks}"


def _alert(block: Json) -> str:
    text = block["text"]
    words = text_html(text) if isinstance(text, Mapping) else plain(text)
    return f'<div class="{escape(str(block.get("level") or block.get("style") or "default"))}">{words}</div>'


def _rich_text(block: Json) -> str:
    return "".join(_rich_part(part) for part in block["elements"])


def _rich_part(part: Json) -> str:
    kind = part["type"]
    if kind == "rich_text_list":
        tag = "ol" if part.get("style") == "ordered" else "ul"
        items = "".join(f"<li>{_rich_part(item)}</li>" for item in part["elements"])
        return f"<{tag} style='margin-left:{28 * int(part.get('indent') or 0)}px'>{items}</{tag}>"
    inner = "".join(_rich_inline(one) for one in part["elements"])
    tag = {"rich_text_preformatted": "pre", "rich_text_quote": "blockquote"}.get(kind, "div")
    return f"<{tag}>{inner}</{tag}>"


def _rich_inline(one: Json) -> str:
    kind = one["type"]
    if kind == "link":
        html = f'<a href="{escape(one["url"])}">{plain(one.get("text") or one["url"])}</a>'
    elif kind == "text":
        html = plain(one["text"])
    else:
        html = f'<span class="mention">{escape(kind)} {escape(str(one.get("user_id") or one.get("name") or ""))}</span>'
    for name, tag in (("code", "code"), ("bold", "b"), ("italic", "i"), ("strike", "s")):
        if (one.get("style") or {}).get(name):
            html = f"<{tag}>{html}</{tag}>"
    return html


# ---------------------------------------------------------------- elements


def element_html(element: Json) -> str:
    return _named(_ELEMENTS, element)


def _button(element: Json) -> str:
    action, style = escape(element.get("action_id") or ""), escape(element.get("style") or "")
    return f'<button class="{style}" data-action="{action}">{plain(element["text"]["text"])}</button>'


def _feedback(element: Json) -> str:
    def one(name: str, thumb: str) -> str:
        return f'<button class="icon" title="{escape(element[name]["text"]["text"])}">{thumb}</button>'

    return one("positive_button", "👍") + one("negative_button", "👎")


def _icon(element: Json) -> str:
    return f'<button class="icon" title="{escape(element["text"]["text"])}">🗑</button>'


def _field(element: Json) -> str:
    value, hint = element.get("initial_value") or "", (element.get("placeholder") or {}).get("text") or ""
    tag = "area" if element.get("multiline") else "line"
    return f'<div class="field {tag}">{plain(value) or f"<em>{plain(hint)}</em>"}</div>'


def _select(element: Json) -> str:
    chosen = element.get("initial_option") or {}
    several = element.get("initial_options") or ([chosen] if chosen else [])
    named = ", ".join(option["text"]["text"] for option in several)
    named = named or str(element.get("initial_conversation") or element.get("initial_channel") or "")
    hint = (element.get("placeholder") or {}).get("text") or "Select"
    shown = plain(named) if named else f"<em>{plain(hint)}</em>"
    return f'<div class="field select">{shown}<b>⌄</b></div>'


def _choices(element: Json) -> str:
    on = [
        option["value"] for option in element.get("initial_options") or [element.get("initial_option") or {}] if option
    ]
    mark = "checkbox" if element["type"] == "checkboxes" else "radio"
    return "".join(
        f'<div><input type="{mark}" {"checked" if option["value"] in on else ""}> {text_html(option["text"])}</div>'
        for option in element["options"]
    )


def _url_source(element: Json) -> str:
    return f'<a class="source" href="{escape(element["url"])}">{plain(element.get("text") or element["url"])}</a>'


def _thumbnail(element: Json) -> str:
    return f'<img class="thumb" src="{escape(element.get("image_url") or "")}" alt="{escape(element["alt_text"])}">'


_BLOCKS: Mapping[str, Callable[[Any], str]] = {
    "actions": _elements,
    "alert": _alert,
    "context": _context,
    "context_actions": _elements,
    "divider": lambda _: "<hr>",
    "header": lambda block: f"<h3>{plain(block['text']['text'])}</h3>",
    "image": _image,
    "input": _input,
    "markdown": lambda block: markdown(block["text"]),
    "plan": _plan,
    "rich_text": _rich_text,
    "section": _section,
    "table": _table,
    "task_card": _task,
}
_ELEMENTS: Mapping[str, Callable[[Any], str]] = {
    "button": _button,
    "channels_select": _select,
    "checkboxes": _choices,
    "conversations_select": _select,
    "email_text_input": _field,
    "external_select": _select,
    "feedback_buttons": _feedback,
    "icon_button": _icon,
    "image": _thumbnail,
    "multi_channels_select": _select,
    "multi_conversations_select": _select,
    "multi_static_select": _select,
    "multi_users_select": _select,
    "number_input": _field,
    "overflow": lambda _: '<button class="icon">⋯</button>',
    "plain_text_input": _field,
    "radio_buttons": _choices,
    "static_select": _select,
    "timepicker": lambda e: f'<div class="field select">{escape(e.get("initial_time") or "")}<b>⌄</b></div>',
    "datepicker": lambda e: f'<div class="field select">{escape(e.get("initial_date") or "")}<b>⌄</b></div>',
    "url": _url_source,
    "url_text_input": _field,
    "users_select": _select,
    "workflow_button": _button,
}
