"""haiku.rag, hybrid, over documents and questions of standard input; prints times and rankings as JSON.

A document is one chunk, as it is for txtai, so that nobody's cutting is compared; vectors come from the server whose
address is given.
"""

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

SOME = 200


async def run(given: dict[str, Any], folder: Path) -> dict[str, Any]:
    from docling_core.types.doc.document import DoclingDocument
    from docling_core.types.doc.labels import DocItemLabel
    from haiku.rag.client import HaikuRAG
    from haiku.rag.client.documents import DocumentImport
    from haiku.rag.config import AppConfig
    from haiku.rag.store.models.chunk import Chunk

    model = {"provider": "openai", "name": "minilm", "vector_dim": 384, "base_url": given["url"], "api_key": "none"}
    config = AppConfig.model_validate({"embeddings": {"model": model}, "storage": {"data_dir": str(folder)}})

    def prepared(number: int, text: str) -> DocumentImport:
        document = DoclingDocument(name=str(number))
        document.add_text(label=DocItemLabel.TEXT, text=text)
        return DocumentImport(document, [Chunk(content=text, order=0)], uri=f"doc:{number}", title=str(number))

    async with HaikuRAG(folder / "peer.lancedb", config=config, create=True) as rag:
        begun = time.perf_counter()
        documents = [prepared(number, text) for number, text in given["documents"]]
        for first in range(0, len(documents), SOME):
            await rag.import_documents(documents[first : first + SOME])
        indexed = time.perf_counter() - begun
        await rag.search("warm up", limit=10)
        times, ranked = [], []
        for question in given["questions"]:
            begun = time.perf_counter()
            found = await rag.search(question, limit=10)
            times.append((time.perf_counter() - begun) * 1e3)
            ranked.append([int(str(hit.document_uri).removeprefix("doc:")) for hit in found])
    memory = psutil.Process().memory_info().rss
    return {"index_s": indexed, "times_ms": times, "ranked": ranked, "rss": memory}


def main() -> None:
    given = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(asyncio.run(run(given, Path(folder)))))


if __name__ == "__main__":
    main()
