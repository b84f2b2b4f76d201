#!/usr/bin/env bash
# Makes the secret files the Compose stack reads, in .voxgate/secrets (or the folder given). What is there already stays.
set -euo pipefail
folder=${1:-.voxgate/secrets}
umask 077
mkdir -p "$folder"
chmod 700 "$folder"

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

# secret NAME [TEXT]: writes it unless it is there. Readable by the container's user, in a folder only you can enter.
secret() {
    [[ -s "$folder/$1" ]] || printf '%s' "${2-$(random)}" >"$folder/$1"
    chmod 644 "$folder/$1"
}

for name in postgres_password owner_password app_password sequencer_password; do secret "$name"; done
for role in owner app sequencer; do
    secret "${role}_url" "postgres://voxgate_$role:$(cat "$folder/${role}_password")@postgres/voxgate"
done
echo "The secrets are in $folder. Make the keys beside them: see docs/operations.md"
