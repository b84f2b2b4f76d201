# What the scripts of this folder share: the kit, the programs, and who is who. Sourced, never run.
# shellcheck shell=bash

say() { printf '%s\n' "$*" >&2; }
fail() { say "error: $*"; exit 1; }

HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
ROOT="$(cd "$HERE/../../.." && pwd)"
[[ -n "${PEERS_KIT:-}" ]] || fail "PEERS_KIT is not set. It names the folder of the benchmark kit: programs and scripts that start other
authentication servers and load them. The kit is no part of this repository; README.md beside this script says what it must hold."
for file in env.sh pg.sh limits/run.sh load; do
    [[ -e "$PEERS_KIT/$file" ]] || fail "PEERS_KIT=$PEERS_KIT holds no $file: that is no benchmark kit. See README.md beside this script"
done
PROGRAM="${PROGRAM:-$ROOT/target/release/voxgate}"
SEEDER="${SEEDER:-$ROOT/target/release/voxgate-bench}"
for built in "$PROGRAM" "$SEEDER"; do
    [[ -x "$built" ]] || fail "$built is missing. Build both in one go:
    cargo build --release --features voxgate/embed-web,voxgate/otlp -p voxgate -p voxgate-bench"
done
# The kit's settings: WORK, PGPORT, PGBIN, BIN, the ports, and start, stop, waithttp.
# shellcheck source=/dev/null
source "$PEERS_KIT/env.sh"
[[ -x "$BIN/authload" ]] || fail "$BIN/authload is missing: the kit is not set up in WORK=$WORK. Run $PEERS_KIT/setup_all.sh with the same WORK"

PORT_VOXGATE="${PORT_VOXGATE:-8105}"
# Everybody's authenticator, where a peer does not make its own, and everybody's password.
export SECRET=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP
export PASSWORD=Correct-Horse-9
# People of each kind, with and without authenticator.
export USERS="${USERS:-2000}"
# The prototype's fastest form: what is held against it is a ceiling.
export LARGS="${LARGS:---fast 1 --vcache 1 --nice 10}"

# Starts, stops and seeds one of them. usage: control NAME start|stop|seed_db
control() {
    case $1 in
    voxgate) "$HERE/voxgate.sh" "$2" ;;
    limit) "$KIT/limits/run.sh" "$2" ;;
    seed | fau) "$KIT/fastapi/run.sh" "$1" "$2" ;;
    ba) "$KIT/better-auth/run.sh" "$2" ;;
    aa) "$KIT/allauth/run.sh" "$2" ;;
    esac
}

port() {
    case $1 in
    voxgate) echo "$PORT_VOXGATE" ;; limit) echo "$PORT_LIMIT" ;; seed) echo "$PORT_SEED" ;;
    fau) echo "$PORT_FAU" ;; ba) echo "$PORT_BA" ;; aa) echo "$PORT_AA" ;;
    esac
}

# Whether the kit has set it up.
installed() {
    case $1 in
    voxgate) true ;;
    limit) [[ -x "$BIN/limitd" ]] ;;
    seed) [[ -x "$WORK/venv-seed/bin/uvicorn" ]] ;;
    fau) [[ -x "$WORK/venv-fau/bin/uvicorn" ]] ;;
    ba) [[ -d "$WORK/better-auth/node_modules/better-auth" ]] && command -v node >/dev/null ;;
    aa) [[ -x "$WORK/venv-allauth/bin/gunicorn" ]] ;;
    *) fail "nobody is called $1: voxgate, limit, seed, fau, ba, aa" ;;
    esac
}

# The definition of a load, the kit's or ours.
load_of() { if [[ $1 == voxgate ]]; then echo "$HERE/load/voxgate_$2.json"; else echo "$KIT/load/$1_$2.json"; fi; }

# The words the kit has for a cost of hashing: `owasp` is 19,456 KiB, 2 passes, 1 lane for all; `default` is each one's own.
cost() { case $1:$2 in seed:owasp) echo argon2 ;; seed:default) echo bcrypt ;; *) echo "$2" ;; esac; }

secret_of() { if [[ $1 == ba ]]; then cat "$WORK/ba_secret"; else echo "$SECRET"; fi; }

# The kit's PostgreSQL, started where it does not run; says on which side of that it was.
database() {
    [[ -d "$WORK/pgdata" ]] || fail "WORK=$WORK holds no pgdata: run $PEERS_KIT/setup_all.sh first"
    "$PGBIN/pg_isready" -q -h 127.0.0.1 -p "$PGPORT" || "$KIT/pg.sh" start || fail "the kit's PostgreSQL does not start: see $WORK/pgdata/log"
}
