"""The same news in several feeds becomes one story with all its sources.

::

    canonical    two links to one page are one address
    words        titles, versions and texts made comparable
    traits       the keys by which copies find each other
    same         do two entries tell the same news? Pure and symmetric
    step         items that are due are compared with those that share a trait, and joined
"""

from ingest.stories.step import place_stories

__all__ = ["place_stories"]
