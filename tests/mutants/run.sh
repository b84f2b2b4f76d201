#!/usr/bin/env bash
# Changes the code in small ways, one at a time, and asks whether a test notices (cargo-mutants). docs/mutants.md explains.
#
#   tests/mutants/run.sh floors [OPTION…]    all of src/domain and src/crypto; they stand on nothing of the house, so they are
#                                            built alone, in seconds
#   tests/mutants/run.sh house [OPTION…]     the route table and the claim statements, in a copy of the whole repository, with
#                                            the tests named below
#   tests/mutants/run.sh table               what the last runs found, by folder
#
# Options go to cargo-mutants: --shard 0/4 --sharding round-robin runs a quarter, --file src/domain/csv.rs one file. Needs crates.io the first time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$PWD work=$PWD/target/mutants
settings=$PWD/tests/mutants/mutants.toml
mkdir -p "$work"

need_mutants() {
    command -v cargo-mutants >/dev/null || cargo install --quiet --locked cargo-mutants
}

# The manifest of the two floors: the tables of the real one, less the dependencies that nothing in them names.
manifest() {
    local table="" line name
    while IFS= read -r line; do
        [[ "$line" == "["* ]] && table=$line
        case $table in
        "[workspace.package]" | "[workspace.dependencies]" | "[workspace.lints."* | "[package]" | "[lib]" | "[lints]" | "[profile.dev"*) ;;
        "[dependencies]" | "[dev-dependencies]")
            name=${line%% *} name=${name%.workspace}
            if [[ "$line" == [a-z]* ]] && ! grep -rqE --include='*.rs' "\\b${name//-/_}::" "$1/src"; then continue; fi ;;
        *) continue ;;
        esac
        [[ "$line" == *stateright* || "$line" == *voxgate-models* ]] && { table=none; continue; }
        # Nobody looks at these builds with a debugger.
        [[ "$line" == debug\ =* ]] && line="debug = false"
        echo "$line"
    done <Cargo.toml
    printf '[workspace]\n'
}

# src/domain, src/crypto and the counting they do, as a crate of its own.
floors() {
    local crate=$work/floors
    rm -rf "$crate/src"
    mkdir -p "$crate/src"
    cp -Rp src/domain src/crypto src/signals "$crate/src/"
    rm "$crate/src/signals/exporter.rs"
    sed -i '/exporter/d; /Exporter/d' "$crate/src/signals/mod.rs"
    printf '//! The two lowest floors alone.\npub mod crypto;\npub mod domain;\npub mod signals;\n' >"$crate/src/lib.rs"
    manifest "$crate" >"$crate/Cargo.toml"
    cp Cargo.lock clippy.toml "$crate/"
    cd "$crate"
    # Fewer examples for each property than usual: what is missed so is missed by few examples too.
    PROPTEST_CASES=${PROPTEST_CASES:-64} CARGO_TARGET_DIR=$crate/target \
        nice cargo mutants --in-place --config "$settings" --output "$work/out-floors" --colors never --minimum-test-timeout 120 \
        --file 'src/domain/**' --file 'src/crypto/**' --cargo-test-arg=--lib "$@"
}

# Everything, with a few stories. Built in the target folder of the repository: only our own crates are built anew.
house() {
    local copy=$work/house
    rm -rf "$copy"
    mkdir -p "$copy"
    git ls-files -z --cached --others --exclude-standard | tar -c --null -T - | tar -x -C "$copy"
    cd "$copy"
    CARGO_TARGET_DIR=$root/target nice cargo mutants --in-place --config "$settings" --output "$work/out-house" --colors never \
        --package voxgate --test-package voxgate \
        --file 'src/http/routes/**' --file src/store/one_time.rs --file src/store/counters.rs --file src/store/backup_codes.rs \
        --file src/store/factors.rs --file src/store/invitations.rs --file src/store/refresh.rs --file src/store/answers.rs \
        --cargo-test-arg=--lib --cargo-test-arg=--test=it "$@" -- -- matrix:: openapi routes::refresh routes::verify_mfa routes::invitations routes::repeats http::
}

# One line for each folder of what was run: caught, missed, unviable (does not compile), and the caught of those that ran.
table() {
    printf '| what | mutants | caught | missed | timeout | unviable | caught of what ran |\n|---|---|---|---|---|---|---|\n'
    local run kind
    for run in floors house; do
        for kind in caught missed timeout unviable; do
            local list=$work/out-$run/mutants.out/$kind.txt
            if [[ -f "$list" ]]; then sed "s/^/$kind /" "$list"; fi
        done
    done | awk '{
        split($2, path, ":"); folder = path[1]; sub(/\/[^\/]*$/, "", folder); n[folder] = 1; k[folder, $1]++; k["all", $1]++
    } END {
        count = 0; for (f in n) names[++count] = f
        for (i = 1; i <= count; i++) for (j = i + 1; j <= count; j++) if (names[j] < names[i]) { t = names[i]; names[i] = names[j]; names[j] = t }
        names[++count] = "all"
        for (i = 1; i <= count; i++) {
            f = names[i]; c = k[f, "caught"] + k[f, "timeout"]; m = k[f, "missed"]; u = k[f, "unviable"]
            printf "| %s | %d | %d | %d | %d | %d | %s |\n", f == "all" ? "**all**" : "`" f "`", c + m + u, k[f, "caught"], m, k[f, "timeout"], u, c + m ? sprintf("%.1f %%", 100 * c / (c + m)) : "–"
        }
    }'
}

case ${1:-} in
floors | house) need_mutants; "$@" ;;
table) table ;;
*) sed -n '2,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 2 ;;
esac
