"""Bytes to text, as a browser would: byte order mark, HTTP charset, the document's own word, then a guess."""

import codecs
import re

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_HTTP_CHARSET = re.compile(r"charset\s*[=:]\s*[\"']?([\w.:-]+)", re.I)
_OWN_CHARSET = re.compile(
    rb"<\?xml[^>]*encoding\s*=\s*[\"']([\w.:-]+)|<meta[^>]*charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I
)


def decode_body(body: bytes, content_type: str = "") -> str:
    """The text of a body. Never fails: what no charset explains is read as Windows-1252 with replacements."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    for charset in (*_declared(body, content_type), "utf-8"):
        try:
            return body.decode(charset)
        except (LookupError, UnicodeError, ValueError):
            continue
    return body.decode("cp1252", "replace")


def _declared(body: bytes, content_type: str) -> list[str]:
    names = _HTTP_CHARSET.findall(content_type)
    names += [(a or b).decode("ascii", "replace") for a, b in _OWN_CHARSET.findall(body[:4096])]
    # Browsers read Latin-1 as Windows-1252; the bytes 0x80 to 0x9f are quotes and dashes there, control codes here.
    latin = {"iso-8859-1", "iso8859-1", "latin-1", "latin1", "us-ascii", "ascii"}
    return ["cp1252" if name.lower() in latin else name for name in names]
