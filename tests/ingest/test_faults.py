"""The fault matrix holds: state, notices, recovery, nothing lost, time and memory bounded."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.ingest.faults import SINCE, Fault, faults

ROOT = Path(__file__).resolve().parents[2]
GROWN_MIB = 250  # a bomb of 300 MB would show
LONGEST_S = 3.0


@pytest.fixture(scope="module")
def played() -> dict[str, Any]:
    """Every fault, in a process of its own, so that what it grew by is known."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl to make a certificate with")
    command = [sys.executable, "-m", "tests.ingest.faults", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.slow
@pytest.mark.xdist_group("faults")
@pytest.mark.parametrize("fault", faults(), ids=lambda fault: fault.name)
def test_a_fault_is_told_and_heals(fault: Fault, played: dict[str, Any]) -> None:
    seen = next(one for one in played["seen"] if one["fault"] == fault.name)
    expected = fault.expected
    if expected.outcome == "failed":
        assert seen["outcomes"] == ["failed", "failed"]
        assert expected.reason in seen["reason"]
        assert seen["failures"] == 2
        assert seen["kept"]
    else:
        assert set(seen["outcomes"]) <= {"fetched", "not_modified"}
        assert seen["failures"] == 0
    assert tuple(seen["notices"]) == expected.notices
    assert seen["recovered"]
    assert tuple(seen["titles"]) == expected.titles
    assert seen["items"] == len(SINCE)
    assert seen["longest_s"] < LONGEST_S
    assert seen["blocked_minutes"] == pytest.approx(expected.blocked_minutes)


@pytest.mark.xdist_group("faults")
def test_memory_is_bounded(played: dict[str, Any]) -> None:
    assert played["grown_mib"] < GROWN_MIB
