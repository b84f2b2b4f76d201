#!/usr/bin/env bash
# Fuzzes the API by its own OpenAPI document: Schemathesis as Admin, Manager, User and nobody, then requests no schema describes,
# against a server of its own. Fails on any 5xx and on any status, content type or shape the document does not promise.
#
#   tests/fuzz/api.sh                  the short run of ./test.sh, the same cases every time
#   tests/fuzz/api.sh --seconds 1800   new cases, half an hour for the Admin and half an hour for each of the others, one after the other
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

SCHEMATHESIS=4.32.5
PORT=${VOXGATE_FUZZ_PORT:-18765}
tools=$PWD/target/fuzz/venv
program=$(realpath -m "${VOXGATE_BIN:-target/debug/voxgate}")
bounds=(--max-examples 8 --seed 1)
export VOXGATE_FUZZ_SEED=1
if [[ "${1:-}" == --seconds ]]; then
    bounds=(--max-time "${2:?how many seconds}")
    unset VOXGATE_FUZZ_SEED
fi

if [[ "$("$tools/bin/schemathesis" --version 2>/dev/null)" != *" $SCHEMATHESIS" ]]; then
    echo "Installing Schemathesis $SCHEMATHESIS into $tools"
    rm -rf "$tools"
    python3 -m venv "$tools"
    "$tools/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$SCHEMATHESIS"
fi
[[ -x "$program" ]] || { echo "error: $program is not there; build it with: cargo build" >&2; exit 1; }

home=$(mktemp -d)
chmod 755 "$home"
server=
finish() {
    if [[ -n "$server" ]]; then kill "$server" 2>/dev/null && wait "$server" 2>/dev/null; fi
    rm -rf "$home"
}
trap finish EXIT

# What is looked for is what the handlers do: nobody is turned away for asking often, and hashes are cheap.
for bucket in CREDENTIALS MFA REFRESH GENERAL PUBLIC; do
    export "VOXGATE__LIMITS__${bucket}_PER_SECOND=1000000" "VOXGATE__LIMITS__${bucket}_BURST=1000000"
done
export VOXGATE__PASSWORD__MEMORY_KIB=64 VOXGATE__PASSWORD__ITERATIONS=1 VOXGATE__PASSWORD__DEADLINE_SECONDS=60
export VOXGATE__LOG__FORMAT=json VOXGATE__LOG__FILTER=error,actix_http::h1=off
"$program" dev --no-demo --listen "127.0.0.1:$PORT" --data-dir "$home/data" >"$home/said" 2>"$home/log" &
server=$!
for _ in $(seq 600); do
    grep -q "is ready at" "$home/said" && break
    kill -0 "$server" 2>/dev/null || { cat "$home/said" "$home/log" >&2; exit 1; }
    sleep 0.1
done

export VOXGATE_FUZZ_BASE="http://127.0.0.1:$PORT" SCHEMATHESIS_HOOKS=people PYTHONPATH=$PWD/tests/fuzz PYTHONDONTWRITEBYTECODE=1
checks=not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance
checks+=,response_schema_conformance,negative_data_rejection,missing_required_header,unsupported_method,refusals_are_problems

# Asks as somebody; what follows the role are further arguments.
as() (
    local role=$1
    shift
    # What Schemathesis remembers of a run goes with it.
    cd "$home"
    VOXGATE_FUZZ_ROLE=$role VOXGATE_FUZZ_TALLY=$home/$role.tally "$tools/bin/schemathesis" run \
        "$VOXGATE_FUZZ_BASE/api/openapi.json" --exclude-path /api/live --checks "$checks" "${bounds[@]}" \
        --workers 1 --warnings off --continue-on-failure --suppress-health-check all "$@" >"$home/$role" 2>&1
)

everything='^/(api/|\.well-known/jwks)'
# Where no token is asked; everywhere else nobody meets the guard alone, which the matrix tests walk.
open='^/(api/(auth/(register|login|verify|refresh|password/(forgot|reset)|email/verify$)|invitations/accept)|\.well-known/jwks)'

failed=0
# Two at a time. The systematic cases are the same for every role, so only the Admin, who gets furthest, asks them all.
as admin --include-path-regex "$everything" --phases coverage,fuzzing & admin=$!
(
    as nobody --include-path-regex "$open" --phases coverage,fuzzing || echo nobody
    as manager --include-path-regex "$everything" --phases fuzzing || echo manager
    as user --include-path-regex "$everything" --phases fuzzing || echo user
) >"$home/fell" & others=$!
wait "$admin" || echo admin >>"$home/fell.admin"
wait "$others" || true
for role in admin manager user nobody; do
    read -r passed refused <"$home/$role.tally" || { passed=0 refused=0; }
    echo "$role: $passed answered, $refused refused as documented"
    least=30
    if [[ $role == nobody ]]; then least=5; fi
    if ((passed < least)); then
        echo "error: as $role hardly anything was asked that may be answered" >&2
        failed=1
    fi
done
for role in $(cat "$home/fell" "$home/fell.admin" 2>/dev/null); do
    failed=1
    echo "== as $role:"
    cat "$home/$role"
done
for role in admin nobody; do
    VOXGATE_FUZZ_ROLE=$role "$tools/bin/python" tests/fuzz/odd.py || failed=1
done
if [[ -s "$home/log" ]]; then
    echo "== the server logged errors:"
    head -n 20 "$home/log"
    failed=1
fi
exit "$failed"
