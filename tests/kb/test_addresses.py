"""One document, several addresses."""

import pytest

from kb.addresses import document_address

SAME = [
    (
        "https://raw.githubusercontent.com/meta-llama/llama-models/main/models/llama4/LICENSE",
        "https://github.com/meta-llama/llama-models/blob/main/models/llama4/LICENSE",
    ),
    ("https://github.com/a/b/raw/refs/heads/main/LICENSE", "https://github.com/a/b/blob/main/LICENSE"),
    ("https://huggingface.co/a/b/raw/main/LICENSE", "https://huggingface.co/a/b/blob/main/LICENSE"),
    ("https://huggingface.co/datasets/a/b/resolve/main/L.md", "https://huggingface.co/datasets/a/b/blob/main/L.md"),
    ("http://www.example.org/terms/", "https://example.org/terms#section-2"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_document(one: str, other: str) -> None:
    assert document_address(one) == document_address(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://github.com/a/b/blob/main/LICENSE", "https://github.com/a/b/blob/v2/LICENSE"),
        ("https://github.com/a/b/blob/main/LICENSE", "https://github.com/a/c/blob/main/LICENSE"),
        ("https://example.org/terms?v=1", "https://example.org/terms?v=2"),
        ("https://example.org/Terms", "https://example.org/terms"),
    ],
)
def test_two_documents(one: str, other: str) -> None:
    assert document_address(one) != document_address(other)


@pytest.mark.parametrize("url", ["", "mailto:a@example.org", "file:///etc/passwd", "http://[::1", "no address"])
def test_no_address(url: str) -> None:
    assert document_address(url) == ""


@pytest.mark.parametrize("url", [url for pair in SAME for url in pair])
def test_a_plain_address_stays(url: str) -> None:
    assert document_address("https://" + document_address(url)) == document_address(url)
