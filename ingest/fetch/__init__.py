"""The only HTTP client: manners, caps and guards. Its door is `Fetcher.fetch(Request) -> Response`.

::

    Fetcher (client.py)   hops: checks the URL, asks robots, waits its turn, sends, reads, follows redirects by hand
    ├── guard.py          which URLs and which resolved addresses may be connected to; deadlines on the socket
    ├── robots.py         robots.txt, cached
    ├── pace.py           how many requests a host gets at once, and how far apart
    └── body.py           decompression and caps; what headers promise
"""

from ingest.fetch.client import Fetcher

__all__ = ["Fetcher"]
