"""Addresses under which one document is published twice. Pure."""

import re
from urllib.parse import urlsplit

# A file of a repository has a page and a raw address, on GitHub and on the Hugging Face Hub.
_GITHUB_PAGE = re.compile(r"^github\.com/([^/]+)/([^/]+)/(?:blob|raw)/(?:refs/heads/)?")
_GITHUB_RAW = re.compile(r"^raw\.githubusercontent\.com/([^/]+)/([^/]+)/(?:refs/heads/)?")
_HUB_PAGE = re.compile(r"^(huggingface\.co/(?:(?:datasets|spaces)/)?[^/]+/[^/]+)/(?:blob|raw|resolve)/")


def document_address(url: str) -> str:
    """One form of an address: without scheme, "www.", fragment and last slash; a repository's file by its page.

    "" for what is no web address.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return ""
    plain = parts.netloc.lower().removeprefix("www.") + parts.path.rstrip("/")
    plain = _GITHUB_RAW.sub(r"github.com/\1/\2/blob/", _GITHUB_PAGE.sub(r"github.com/\1/\2/blob/", plain))
    plain = _HUB_PAGE.sub(r"\1/blob/", plain)
    return f"{plain}?{parts.query}" if parts.query else plain
