#!/usr/bin/env bash
# Stubs that ts-proto generates from our protos work unchanged, without the package of client/typescript.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh
# shellcheck source=tests/clients/tools.sh
source tests/clients/tools.sh

need_npm_packages
client=$CLIENTS_BUILD/typescript
rm -rf "$client"
mkdir -p "$client"
cp client/typescript/package.json client/typescript/package-lock.json client/examples/typescript/tsconfig.json tests/clients/typescript/client.ts "$client"
npm_ci "$client" --ignore-scripts

step "generate"
typescript_stubs "$client" proto/planner/v1/*.proto server/protocols/google/rpc/*.proto

step "build"
(cd "$client" && node_modules/.bin/tsc) || fail "the TypeScript program does not compile"

step "call"
start_planner
node "$client/build/client.js" "$ADDRESS" || fail "the TypeScript client; the lines above say where"
