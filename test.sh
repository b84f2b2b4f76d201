#!/usr/bin/env bash
# Installs what the tests need and runs every check and every test: one command, safe to repeat, needs no running service.
# Ends with a summary; the exit code is 0 only when everything passed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=.config/prepare.bash
source .config/prepare.bash
# No test may wait for a person.
exec </dev/null
export CARGO_TERM_PROGRESS_WHEN=never

summary=()
failed=no

# Runs one check, goes on after a failure so that all of them are seen, and notes the time.
check() {
    local name=$1 began=$SECONDS verdict=passed
    shift
    say "$name: $*"
    "$@" || { verdict=FAILED; failed=yes; }
    summary+=("$(printf '%-34s %-7s %s' "$name" "$verdict" "$(since "$began")")")
    echo "--> $name $verdict in $(since "$began")"
}

# The pages are read from inside the house: private items are shown, and links to them are wanted.
documentation() { RUSTDOCFLAGS="-D warnings -A rustdoc::private_intra_doc_links" cargo doc --quiet --workspace --no-deps --locked --document-private-items; }

# Lines "test … ok" are many; the suites, the failures and the totals stay.
tests() {
    local output verdict=0
    output=$(mktemp)
    cargo test --workspace --locked --no-fail-fast "${features[@]}" 2>&1 | tee "$output" |
        { grep -vE '^test .* \.\.\. ok$|^$|^running [0-9]+ tests?$' || true; } || verdict=1
    totals=$(awk '/^test result:/ { ok += $4; no += $6; skip += $8 }
        END { printf "%d passed, %d failed, %d ignored", ok, no, skip }' "$output")
    rm -f "$output"
    return "$verdict"
}

# The pages in a browser, against the debug program the tests have just built: it reads web/dist from the disk.
browser() { VOXGATE_BIN="$PWD/target/debug/voxgate" CHROMIUM=$(command -v chromium) web run e2e; }

# The TypeScript client by the compiler of the web app, and against the program the tests have just built.
typescript_client() {
    local client=docs/clients/typescript
    rm -rf "$client/dist"
    node web/node_modules/typescript/bin/tsc -p "$client" --typeRoots web/node_modules/@types &&
        VOXGATE_BIN="$PWD/target/debug/voxgate" node --test "$client"/dist/test/*.test.js
}

totals="did not run"
# Everything is built once, with the web app where it could be built.
# Traces are in the images and packages, so they are tested too.
features=(--features voxgate/otlp)
say "All checks take about 25 minutes on two cores the first time, 15 later"
need_rust
need_cc
need_postgresql
need_oathtool
need_walk
need_operations
need_venv
need_nodes

if have_node; then
    check "Web: packages" web_packages
    check "Web: packages of other systems" web run platforms
    check "Web: types of the API" web run --if-present api:check
    check "Web: types" web run check
    check "Web: lints" web run lint
    check "Web: unit tests" web test
    rm -rf web/dist
    check "Web: build" web run build
    if [[ -f web/dist/app.html ]]; then features=(--features voxgate/embed-web,voxgate/otlp); fi
fi

check "Format" cargo fmt --all --check
check "Lints" cargo clippy --quiet --workspace --all-targets --locked "${features[@]}" -- -D warnings
check "Tests" tests
check "API fuzzing" tests/fuzz/api.sh
if [[ -d web/node_modules/typescript ]]; then check "Client: TypeScript" typescript_client; fi
if [[ -d web/e2e && -f web/dist/app.html ]]; then
    need_chromium
    check "Web: in a browser" browser
fi
check "Documentation of the code" documentation

say "Summary after $(since 0)"
printf '  %s\n' "${summary[@]}"
echo "  Tests: $totals"
if [[ "$failed" == yes ]]; then
    echo "  Something FAILED; the first words about it are above"
    exit 1
fi
echo "  Everything passed"
