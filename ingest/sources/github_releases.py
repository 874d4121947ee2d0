"""GitHub's REST list of a repository's releases. https://docs.github.com/rest/releases/releases

The Atom feed of the same releases is read by `feed`; this list also says which are previews, and keeps its entries'
ids when a tag is moved. It is a window: what falls off its end is old, not gone.
"""

from ingest.source import Page, Request, Response
from ingest.sources.rows import Row, ask, listed, moment, next_page, read_json, row, text
from kb.errors import ParseError
from kb.types import RawItem, SourceRecord

ACCEPT = "application/vnd.github+json"


class GitHubReleasesSource:
    """The first page of releases, newest first; conditional, which GitHub does not count against its limit."""

    def request(self, record: SourceRecord) -> Request:
        return ask(record, ACCEPT)

    def parse(self, record: SourceRecord, response: Response) -> Page:
        """Read a list of releases. Raises ParseError with the server's message for what is none."""
        items, refused = [], []
        for number, release in enumerate(listed(read_json(response.body, "the list of releases"), "the list"), 1):
            try:
                if not row(release).get("draft"):
                    items.append(_item(record, row(release), response))
            except ParseError as error:
                refused.append(f"release {number}: {error}")
        return Page(
            items=tuple(items), title=record.title, refused=tuple(refused), window=next_page(response) is not None
        )


def _item(record: SourceRecord, release: Row, response: Response) -> RawItem:
    number, tag, link = release.get("id"), text(release, "tag_name"), text(release, "html_url")
    if not isinstance(number, int) or not tag or not link.startswith(("http://", "https://")):
        raise ParseError("it lacks its id, its tag or its address")
    body = release.get("body")
    name = text(release, "name") or tag
    project = "/".join(link.split("/")[3:5])
    return RawItem(
        external_id=f"release-{number}",
        url=link,
        title=name if project.partition("/")[2].lower() in name.lower() else f"{project} {name}",
        html=body if isinstance(body, str) else "",
        media_type="text/plain",  # Markdown: its headings and lists read well as they are
        author=text(row(release.get("author")), "login"),
        published_at=moment(release.get("published_at") or release.get("created_at"), response.received_at),
        updated_at=moment(release.get("updated_at"), response.received_at),
        categories=("prerelease",) if release.get("prerelease") else (),
    )
