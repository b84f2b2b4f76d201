#!/usr/bin/env bash
# What was measured on what, as a Markdown list.
set -euo pipefail
# shellcheck source=tests/bench/peers/common.sh
source "$(dirname "$0")/common.sh"

python_packages() {
    local environment=$1 name
    shift
    for name in "$@"; do
        "$WORK/$environment/bin/python" -c 'import sys, importlib.metadata as m; print(sys.argv[1], m.version(sys.argv[1]))' "$name"
    done | paste -sd, | sed 's/,/, /g'
}
node_packages() {
    # shellcheck disable=SC2016
    node -e 'for (const n of process.argv.slice(1)) console.log(n, JSON.parse(fs.readFileSync(`node_modules/${n}/package.json`)).version)' "$@" |
        paste -sd, | sed 's/,/, /g'
}
show() { PGDATABASE=postgres psql -Atqc "SHOW $1"; }

echo "- date: $(date -u '+%Y-%m-%d %H:%M UTC')"
echo "- machine: $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1), $(nproc) cores, $(awk '/MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo), Linux $(uname -r)"
echo "- voxgate: $("$PROGRAM" --version | cut -d' ' -f2), commit $(git -C "$ROOT" describe --always --dirty --abbrev=12), release build, $(rustc --version | cut -d' ' -f1-2)"
for peer in "$@"; do
    case $peer in
    limit) echo "- limit: the kit's prototype on actix-web, $LARGS" ;;
    seed) echo "- seed: $(python_packages venv-seed fastapi uvicorn sqlalchemy psycopg python-jose passlib bcrypt argon2-cffi pyotp)" ;;
    fau) echo "- fau: $(python_packages venv-fau fastapi-users fastapi uvicorn sqlalchemy asyncpg)" ;;
    ba) (cd "$WORK/better-auth" && echo "- ba: $(node_packages better-auth @node-rs/argon2 pg), node $(node --version)") ;;
    aa) echo "- aa: $(python_packages venv-allauth django-allauth django gunicorn psycopg argon2-cffi)" ;;
    esac
done
echo "- Python $(python3 -c 'import platform; print(platform.python_version())')"
echo "- PostgreSQL $(show server_version), one for all: fsync $(show fsync), synchronous_commit $(show synchronous_commit), full_page_writes $(show full_page_writes), shared_buffers $(show shared_buffers), max_connections $(show max_connections)"
