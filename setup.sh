#!/usr/bin/env bash
# Prepares this machine, builds Voxgate and starts it for trying out: one command, safe to repeat.
#
#   ./setup.sh              install what is missing, build, run `voxgate dev`
#   ./setup.sh --no-run     install and build only
#   ./setup.sh --no-demo    everything else is handed to `voxgate dev` (see `voxgate dev --help`)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=.config/prepare.bash
source .config/prepare.bash

run=yes
if [[ "${1:-}" == "--no-run" ]]; then
    run=no
    shift
fi

say "Checking what is installed"
need_rust
need_cc
need_postgresql
features=()
if have_node; then
    say "Building the web app (a minute the first time)"
    web_packages
    web run build
    features=(--features embed-web)
fi

say "Building the release program (about 8 minutes on two cores the first time, seconds later)"
cargo build --release --locked --bin voxgate "${features[@]}"
say "Built target/release/voxgate in $(since 0)"

if [[ "$run" == no ]]; then
    say "Start it with: target/release/voxgate dev"
    exit 0
fi
say "Starting; Ctrl-C stops it"
exec target/release/voxgate dev "$@"
