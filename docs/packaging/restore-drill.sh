#!/usr/bin/env bash
# Brings a dump back into a new database and proves that it is whole. Touches nothing of the database that serves; do it
# every month, and exactly so when it is in earnest.
#
#   docs/packaging/restore-drill.sh DUMP ADMIN_URL DATABASE
#
#   DUMP        written by: pg_dump --format=custom
#   ADMIN_URL   a superuser of the cluster to restore into, as postgres://…/postgres
#   DATABASE    the name of the new database; it must not exist yet
#
# The settings (VOXGATE__… or VOXGATE_CONFIG) must lead to the NEW database already, with the keys of the installation.
# VOXGATE is the program (default: voxgate), OWNER the role that owns the tables (default: voxgate_owner).
set -euo pipefail
[[ $# -eq 3 ]] || { sed -n '2,14s/^# \{0,1\}//p' "$0" >&2; exit 2; }
dump=$1 admin=$2 database=$3
program=${VOXGATE:-voxgate} owner=${OWNER:-voxgate_owner}

begun=$(date +%s)
say() { printf '%4ds  %s\n' $(($(date +%s) - begun)) "$*"; }
# The same address with another database.
target=$(sed -E "s#^(postgres(ql)?://[^/]*)/[^?]*#\1/$database#" <<<"$admin")
ask() { psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 "$target" --command "$1"; }

say "making database $database"
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 "$admin" --command "CREATE DATABASE \"$database\" OWNER \"$owner\""
say "restoring $dump"
pg_restore --exit-on-error --jobs 2 --dbname "$target" "$dump"
say "bringing it to the schema of this version"
"$program" migrate
say "walking every hash chain"
"$program" audit verify
# What was issued or spent after the backup must not live again.
if "$program" help recovered >/dev/null 2>&1; then
    say "voiding what was issued since"
    "$program" recovered
fi
say "what came back:"
for table in companies users factors backup_codes sessions audit_logs; do
    printf '       %-14s %s\n' "$table" "$(ask "SELECT count(*) FROM $table")"
done
say "newest event: $(ask "SELECT coalesce(max(at)::text, 'none') FROM audit_logs")"
say "restored and whole; the recovery took $(($(date +%s) - begun)) seconds"
