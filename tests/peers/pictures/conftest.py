"""Chromium for the pictures and the clicks, and where the pictures go."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.peers.client import LocalSlack
from tests.peers.conftest import absent
from tests.peers.pictures.browser import chromium_path, opened_browser
from tests.peers.pictures.gallery import Gallery

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    path = chromium_path()
    if path is None:
        absent("no Chromium on this machine: bash tests/peers/install.sh")
    assert path is not None
    with opened_browser(path) as opened:
        yield opened


@pytest.fixture
def gallery(slack: LocalSlack, browser: "Browser", tmp_path: Path) -> Gallery:
    """Into `STEELYARD_PICTURES` where that is given, else beside the test's other files."""
    folder = Path(os.environ.get("STEELYARD_PICTURES") or tmp_path / "pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return Gallery(slack, browser, folder)
