#!/usr/bin/env bash
# Runs the peer tests inside a network namespace of their own (root): a stand-in listens on every interface without
# authentication. Usage: tests/peers/run.sh PYTHON [pytest arguments, in place of tests/peers]. Without root they are
# skipped, unless CI=true.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=$(realpath -s "${1:-python3}")
shift || true
[ $# -gt 0 ] || set -- tests/peers
if [ "$(id -u)" = 0 ]; then
  exec unshare --net sh -c '"$0" tests/peers/loopback.py && STEELYARD_PEERS_ISOLATED=1 exec "$0" -m pytest -m peers "$@"' "$python" "$@"
fi
exec "$python" -m pytest -m peers "$@"
