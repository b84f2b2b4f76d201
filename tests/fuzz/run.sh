#!/usr/bin/env bash
# Fuzzes what strangers can send. Each target runs as often as asked, and the table at the end says how it went.
#
#   tests/fuzz/run.sh                 every target, 10,000,000 runs each
#   tests/fuzz/run.sh 100000          every target, 100,000 runs each
#   tests/fuzz/run.sh 100000 csv      one target
#
# What it finds new goes to target/fuzz/found/<target>; an input that broke a promise is written beside it, its path is
# printed, and the exit code is 1. Needs Rust and a C++ compiler.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
runs=${1:-10000000}
targets=${2:-token headers bodies filter frame email mail csv}
host=$(rustc -vV | sed -n 's/^host: //p')

# The same instructions that cargo-fuzz asks the compiler for, without the sanitizers that only a nightly has: what is
# looked for is a broken promise or a panic, in a language that has no stray pointers.
passes="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters"
# The versions that are tested and shipped, not whatever is newest.
cp Cargo.lock tests/fuzz/Cargo.lock
export RUSTFLAGS="$passes -Cllvm-args=-sanitizer-coverage-pc-table --cfg fuzzing"
cargo build --release --manifest-path tests/fuzz/Cargo.toml --target "$host" --target-dir target/fuzz
program=$PWD/target/fuzz/$host/release/voxgate-fuzz

table=() verdict=0
for target in $targets; do
    found=$PWD/target/fuzz/found/$target
    mkdir -p "$found" "$found.broken"
    began=$SECONDS outcome="no promise broken"
    VOXGATE_FUZZ=$target "$program" -runs="$runs" -max_len=2048 -artifact_prefix="$found.broken/" -print_final_stats=1 \
        "$found" "tests/fuzz/corpus/$target" >"$found.log" 2>&1 || { outcome="BROKEN, see $found.log"; verdict=1; }
    done=$(sed -n 's/^stat::number_of_executed_units: *//p' "$found.log")
    table+=("$(printf '%-8s %12s runs %6s s  %s' "$target" "${done:-?}" $((SECONDS - began)) "$outcome")")
    echo "${table[-1]}"
done
printf '\n%s\n' "${table[@]}"
exit "$verdict"
