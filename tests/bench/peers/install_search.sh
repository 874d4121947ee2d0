#!/usr/bin/env bash
# txtai and haiku.rag, each in an environment of its own, for bench_peers. Usage: install_search.sh [DIR]
# haiku.rag needs Python 3.12 or newer: PYTHON312=/path/to/python3.12
set -euo pipefail
dir=${1:-/tmp/steelyard-search-peers}
python3 -m venv "$dir/txtai"
"$dir/txtai/bin/python" -m pip install --quiet --disable-pip-version-check "torch==2.13.0"
"$dir/txtai/bin/python" -m pip install --quiet --disable-pip-version-check "txtai==9.14.0" psutil
"${PYTHON312:-python3.12}" -m venv "$dir/haiku"
"$dir/haiku/bin/python" -m pip install --quiet --disable-pip-version-check "haiku.rag-slim==0.101.1" psutil
"$dir/txtai/bin/python" -c 'import txtai; print("txtai", txtai.__version__)'
"$dir/haiku/bin/python" -c 'from importlib.metadata import version; print("haiku.rag", version("haiku.rag-slim"))'
