#!/usr/bin/env bash
# Builds the Rust peer into DIR/server, optimised, with the crates of Cargo.lock only. usage: build.sh DIR
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
directory=$1

BENCH_ROOT=$(cd ../../../.. && pwd) CARGO_TARGET_DIR=$directory/target cargo build --release --locked
cp --remove-destination "$directory/target/release/rowkeeper-bench-peer" "$directory/server"
