"""WebSub (https://www.w3.org/TR/websub/): being told of news by a hub instead of asking for it."""

import re

from ingest.source import Page, Response

_LINK = re.compile(r"<([^>]*)>((?:[^,<\"]|\"[^\"]*\")*)")
_REL = re.compile(r"rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,]+))", re.I)


def hub_of(page: Page, response: Response) -> tuple[str | None, str | None]:
    """The hub and the topic that an answer names: in its Link header, which goes before, or in its feed."""
    linked: dict[str, str] = {}
    for address, told in _LINK.findall(response.headers.get("link", "")):
        found = _REL.search(told)
        for rel in (found[1] or found[2] or "").lower().split() if found else ():
            linked.setdefault(rel, address)
    return linked.get("hub") or page.hub_url, linked.get("self") or page.self_url
