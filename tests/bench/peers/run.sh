#!/usr/bin/env bash
# Voxgate and the peers of the kit side by side, by short runs that alternate, so that whatever else the machine does meets all
# alike. Prints one Markdown document; what it is made of stays in $WORK/voxgate-peers.raw.
#
# usage: PEERS_KIT=FOLDER run.sh          settings by variables, see README.md: WORK ROUNDS SECONDS_EACH PEERS COSTS PARTS
set -euo pipefail
# shellcheck source=tests/bench/peers/common.sh
source "$(dirname "$0")/common.sh"

ROUNDS="${ROUNDS:-3}"
SECONDS_EACH="${SECONDS_EACH:-2}"
PEERS="${PEERS:-limit seed fau ba aa}"
# Which costs of hashing, and what is measured with everybody's equal cost beside the four flows.
COSTS="${COSTS:-owasp default}"
PARTS="${PARTS:-flows steps storm cold}"
RAW="$WORK/voxgate-peers.raw"
LOG="$WORK/voxgate-peers.log"
# Sign-ins whose second step is measured by itself, each time other people of those that the flows leave alone.
STEPS=200
ENROLLED_FOR_FLOWS=$((USERS - 3 * STEPS))
BEGAN=$SECONDS

everyone=(voxgate)
missing=()
for peer in $PEERS; do if installed "$peer"; then everyone+=("$peer"); else missing+=("$peer"); fi; done
up=()
end() { for peer in "${up[@]}"; do control "$peer" stop || say "$peer did not end"; done; up=(); }
trap end EXIT
trap 'exit 130' INT TERM

wants() { [[ " $PARTS " == *" $1 "* ]]; }

# Empties and fills everybody's database and starts them, with this cost of hashing.
begin() {
    local peer
    for peer in "${everyone[@]}"; do
        if (exec 3<>"/dev/tcp/127.0.0.1/$(port "$peer")") 2>/dev/null; then fail "port $(port "$peer") of $peer is in use"; fi
        say "$peer: $1 ..."
        HASH="$(cost "$peer" "$1")" TOKENS=jwt control "$peer" seed_db >>"$LOG" 2>&1 || fail "$peer could not be filled: see $LOG"
        up+=("$peer")
        HASH="$(cost "$peer" "$1")" TOKENS=jwt control "$peer" start >>"$LOG" 2>&1 || fail "$peer does not start: see $WORK/$peer.log"
    done
}

# One run of one load. usage: one PEER SCENARIO CLIENTS SECONDS LABEL
offset=0
one() {
    local file people=$USERS
    file="$(load_of "$1" "$2")"
    [[ -f "$file" ]] || return 0
    [[ $2 != mfa ]] || people=$ENROLLED_FOR_FLOWS
    timeout 60 "$BIN/authload" --addr "127.0.0.1:$(port "$1")" --scenario "$file" --conc "$3" --secs "$4" --start "$offset" \
        --users "$people" --var "secret=$(secret_of "$1")" --label "$5" --pids "$(pidof_ "$1"),$DATABASE_PID" --mem "$(pidof_ "$1")" ||
        say "$5 did not come to its end"
    offset=$((offset + 317))
}

# Everybody once, each time beginning with another one. usage: in_turn ROUND SCENARIO COST
in_turn() {
    local n=${#everyone[@]} i peer
    for ((i = 0; i < n; i++)); do
        peer=${everyone[((i + $1) % n)]}
        one "$peer" "$2" 8 "$SECONDS_EACH" "$peer/$2@$3" | tee -a "$RAW" >&2
    done
}

steps() {
    local peer file
    for peer in "${everyone[@]}"; do
        file="$(load_of "$peer" mfa)"
        [[ -f "$file" ]] || continue
        "$HERE/second_steps.py" --addr "127.0.0.1:$(port "$peer")" --scenario "$file" --count "$STEPS" --secret "$(secret_of "$peer")" \
            --first $((ENROLLED_FOR_FLOWS + $1 % 3 * STEPS)) --pids "$(pidof_ "$peer"),$DATABASE_PID" --label "$peer/step@owasp" |
            tee -a "$RAW" >&2 || say "$peer: no second steps"
    done
}

# Session checks alone, and while 64 sign-ins are always in flight.
storm() {
    local peer logins
    for peer in "${everyone[@]}"; do
        one "$peer" me 4 2 "$peer/alone@owasp"
        one "$peer" login 64 7 "$peer/logins64@owasp" & logins=$!
        sleep 1.2
        one "$peer" me 4 3 "$peer/storm@owasp"
        wait "$logins"
        offset=$((offset + 1000))
    done | tee -a "$RAW" >&2
}

warm() { local peer; for peer in "${everyone[@]}"; do one "$peer" login 8 1 warm; one "$peer" me 4 0.5 warm; done >>"$LOG" 2>&1; }

: >"$RAW"
: >"$LOG"
database
DATABASE_PID=$("$KIT/pg.sh" pid)
for c in $COSTS; do
    begin "$c"
    warm
    for ((round = 0; round < ROUNDS; round++)); do
        say "round $((round + 1)) of $ROUNDS, $c; $((SECONDS - BEGAN)) s so far; others use $(othersload)% of the machine"
        # What does not hash has the same figures whatever hashing costs.
        scenarios="login mfa"
        [[ $c != owasp ]] || scenarios="login me refresh mfa"
        if wants flows; then for s in $scenarios; do in_turn "$round" "$s" "$c"; done; fi
        if wants steps && [[ $c == owasp ]]; then steps "$round"; fi
    done
    if wants storm && [[ $c == owasp ]]; then storm; fi
    if [[ $c == owasp ]]; then
        told=$(PGDATABASE=peer_voxgate psql -Atqc "SELECT count(*) FROM audit_logs WHERE kind = 'login.new_device'")
        [[ $told == 0 ]] || say "$told sign-ins of Voxgate were on devices that were new to it: the people were not written as they should be"
    fi
    end
done
if wants cold; then "$HERE/cold.sh" "${everyone[@]}" | tee -a "$RAW" >&2; fi
{
    "$HERE/versions.sh" "${everyone[@]}"
    python3 "$HERE/table.py" "$RAW"
    ((${#missing[@]} == 0)) || echo "Not set up, and so not measured: ${missing[*]}."
    echo "The run took $((SECONDS - BEGAN)) s."
} | tee "$WORK/voxgate-peers.md"
