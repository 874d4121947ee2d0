"""Markup to clean text that can be quoted: headings are `#` lines, table rows use ` | `, lists keep their markers.

::

    what a feed sent     -> extract_entry     the whole fragment
    a fetched article    -> extract_article   the article without its page (trafilatura)
    a watched page       -> extract_page      everything the page says; legal structure becomes headings

Hidden markup is dropped, invisible characters too; `flags` say what was tried. The text stays data.
"""

from ingest.extract.article import extract_article
from ingest.extract.fragment import extract_entry
from ingest.extract.page import extract_page
from ingest.extract.values import Extracted

__all__ = ["Extracted", "extract_article", "extract_entry", "extract_page"]
