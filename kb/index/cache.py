"""The files of the local caches: generations, and a manifest that names the one in use.

::

    index/manifest.json          replaced in one rename, after everything it names is written
    index/gen-00000007-ab12/     vectors.faiss, vectors.npy, text/ (tantivy); never changed once the manifest names it

A generation whose files differ from the manifest's sizes and checksums is torn, and as good as none.
"""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from uuid import uuid4
from zlib import crc32

FORMAT = 2
MANIFEST, VECTORS, TEXT = "manifest.json", "vectors.faiss", "text"
_LOCKS = (".tantivy-writer.lock", ".tantivy-meta.lock")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """`files` are (size, CRC-32) by path inside the generation; `text_probes` CRC-32 of a few texts by passage id."""

    generation: str
    model: str
    revision: str
    dim: int
    vector_count: int
    vector_max_id: int
    text_count: int
    text_max_id: int
    files: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    text_probes: Mapping[str, int] = field(default_factory=dict)
    format: int = FORMAT


def stamp(root: Path) -> tuple[int, int] | None:
    """Changes whenever the manifest is replaced; None if there is none."""
    try:
        found = (root / MANIFEST).stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns


def read_manifest(root: Path) -> Manifest | None:
    """The manifest of a whole generation, else None."""
    try:
        raw = json.loads((root / MANIFEST).read_text("utf-8"))
        raw["files"] = {str(name): (int(size), int(crc)) for name, (size, crc) in raw["files"].items()}
        manifest = Manifest(**raw)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    folder = root / Path(manifest.generation).name
    whole = manifest.format == FORMAT and _files(folder) == manifest.files
    return manifest if whole else None


def write_manifest(root: Path, manifest: Manifest) -> None:
    """Put a finished generation in use, then delete the others."""
    folder = root / manifest.generation
    new = root / f".{manifest.generation}.json"
    new.write_text(json.dumps({**asdict(manifest), "files": _files(folder)}, indent=1), "utf-8")
    new.replace(root / MANIFEST)
    sweep(root, manifest.generation)


def new_generation(root: Path) -> Path:
    """An empty folder with a higher number than any other."""
    root.mkdir(parents=True, exist_ok=True)
    numbers = [int(path.name[4:12]) for path in root.glob("gen-????????-*") if path.name[4:12].isdigit()]
    folder = root / f"gen-{max(numbers, default=0) + 1:08}-{uuid4().hex[:4]}"
    folder.mkdir()
    return folder


def sweep(root: Path, keep: str) -> None:
    """Delete every other generation. A process that still searches one keeps its open files (POSIX)."""
    for path in root.glob("gen-*"):
        if path.name != keep:
            shutil.rmtree(path, ignore_errors=True)
    for path in root.glob(".gen-*.json"):
        path.unlink(missing_ok=True)


def copy_text(old: Path, new: Path) -> None:
    """A tantivy folder again, by hard links where they work: its files are never changed in place."""
    new.mkdir()
    for file in old.iterdir():
        if file.name in _LOCKS:
            continue
        try:
            os.link(file, new / file.name)
        except OSError:
            shutil.copy2(file, new / file.name)


def _files(folder: Path) -> dict[str, tuple[int, int]]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in _LOCKS)
    return {path.relative_to(folder).as_posix(): _checksum(path) for path in paths}


def _checksum(path: Path) -> tuple[int, int]:
    size = crc = 0
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            size, crc = size + len(block), crc32(block, crc)
    return size, crc
