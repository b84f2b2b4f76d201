#!/usr/bin/env bash
# Start-up time and idle memory, Voxgate's and those of the peers that the kit measures. The databases must have been filled.
# usage: PEERS_KIT=FOLDER cold.sh         RUNS=3
set -euo pipefail
# shellcheck source=tests/bench/peers/common.sh
source "$(dirname "$0")/common.sh"
export RUNS="${RUNS:-3}"
database
echo "voxgate $("$HERE/voxgate.sh" cold)"
# The kit's script measures all of its peers; one that is not set up says nothing.
"$KIT/bench_cold.sh" 2>>"$WORK/voxgate-peers.log" || say "the kit's measurement of starts did not come to its end"
