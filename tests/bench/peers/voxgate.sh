#!/usr/bin/env bash
# Voxgate as one more peer of the kit, on the kit's PostgreSQL. usage: voxgate.sh seed_db|start|stop|cold
set -euo pipefail
# shellcheck source=tests/bench/peers/common.sh
source "$(dirname "$0")/common.sh"

FOLDER="$WORK/voxgate"
DATABASE=peer_voxgate
url() { echo "postgres://$1:bench@127.0.0.1:$PGPORT/$DATABASE"; }

# Everything is as it is by default, but for the rates that one address of clients and one company would reach.
settings() {
    local bucket
    for bucket in CREDENTIALS MFA REFRESH GENERAL PUBLIC ACCOUNT COMPANY; do
        export "VOXGATE__LIMITS__${bucket}_PER_SECOND=1000000" "VOXGATE__LIMITS__${bucket}_BURST=1000000"
    done
    VOXGATE__DATABASE__APP_URL="$(url voxgate_app)"
    VOXGATE__DATABASE__SEQUENCER_URL="$(url voxgate_sequencer)"
    export VOXGATE__DATABASE__APP_URL VOXGATE__DATABASE__SEQUENCER_URL
    export VOXGATE__SERVER__LISTEN="127.0.0.1:$PORT_VOXGATE" VOXGATE__SERVER__BASE_URL="http://127.0.0.1:$PORT_VOXGATE"
    export VOXGATE__KEYS__FILE="$FOLDER/keys" VOXGATE__METRICS__LISTEN=
    unset VOXGATE_CONFIG
}

serve() {
    start voxgate "$PROGRAM" serve
    waithttp "http://127.0.0.1:$PORT_VOXGATE/readyz" 30 || fail "Voxgate does not answer: see $WORK/voxgate.log"
}

# One person registers at the public route; the others are written beside them with the same hash.
seed() {
    rm -rf "$FOLDER"
    mkdir -p "$FOLDER"
    "$KIT/pg.sh" createdb "$DATABASE"
    "$PROGRAM" keys generate --out "$FOLDER/keys"
    VOXGATE__DATABASE__OWNER_URL="$(url bench)" "$PROGRAM" migrate
    local role
    for role in voxgate_app voxgate_sequencer; do
        PGDATABASE=$DATABASE psql -qc "ALTER ROLE $role PASSWORD 'bench'"
    done
    serve
    local body='{"company_name":"Bench","company_slug":"bench","full_name":"Ada Bench","email":"ada@example.com","password":"'$PASSWORD'"}'
    curl -sS --fail-with-body --max-time 20 -o "$FOLDER/registered" -H 'Content-Type: application/json' -d "$body" \
        "http://127.0.0.1:$PORT_VOXGATE/api/auth/register" || fail "nobody could register: $(cat "$FOLDER/registered")"
    rm "$FOLDER/registered"
    stop voxgate || true
    "$SEEDER" members --owner-url "$(url bench)" --keys "$FOLDER/keys" --like ada@example.com --count "$USERS" \
        --secret "$SECRET" --user-agent authload/1
}

settings
case ${1:-} in
seed_db) seed ;;
start) serve ;;
# The kit's function fails where the process is gone already.
stop) stop voxgate || true ;;
cold) "$BIN/coldstart" --addr "127.0.0.1:$PORT_VOXGATE" --path /readyz --runs "${RUNS:-3}" -- "$PROGRAM" serve ;;
*) fail "usage: voxgate.sh seed_db|start|stop|cold" ;;
esac
