"""Fixtures that every room shares."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recorded real inputs beside the checkout; a stranger's clone has none."""
    if not (SHARED / "data").is_dir():
        pytest.skip("no recorded inputs: ../shared is not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """Where exported models stay between runs: exporting takes 15 seconds. Ignored by git."""
    return Path(__file__).resolve().parent / ".cache" / "models"
