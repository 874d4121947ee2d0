#!/usr/bin/env bash
# lemon24/reader in an environment of its own, for bench_ingest --refresh. Usage: install.sh [DIR]
set -euo pipefail
dir=${1:-/tmp/steelyard-reader-peer}
python3 -m venv "$dir"
"$dir/bin/python" -m pip install --quiet --disable-pip-version-check "reader==3.26" sgmllib3k
"$dir/bin/python" -c 'import reader; print("reader", reader.__version__)'
