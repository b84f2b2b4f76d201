#!/usr/bin/env bash
# Makes a tarball and a Debian package of a built program, in target/package:
#
#   cargo build --release --locked --bin voxgate --features embed-web,otlp
#   docs/packaging/package.sh [PROGRAM]          target/release/voxgate when left out
#
# Equal input gives equal bytes: all times are that of the last commit (SOURCE_DATE_EPOCH).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

program=${1:-target/release/voxgate}
out=${OUT:-target/package}
[[ -x "$program" ]] || { echo "error: there is no program $program; build it first" >&2; exit 1; }
version=$("$program" --version | cut -d' ' -f2)
machine=$(dpkg --print-architecture 2>/dev/null || uname -m)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}
export SOURCE_DATE_EPOCH

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
tree=$root/tree
umask 022

install -D -m 755 "$program" "$tree/usr/bin/voxgate"
install -D -m 644 docs/packaging/voxgate.service "$tree/lib/systemd/system/voxgate.service"
for file in LICENSE LICENSE-APACHE LICENSE-MIT README.md CHANGELOG.md docs/operations.md docs/packaging/nginx.conf; do
    install -D -m 644 "$file" "$tree/usr/share/doc/voxgate/$(basename "$file")"
done
install -D -m 644 docs/observability/alerts.yml "$tree/usr/share/doc/voxgate/observability/alerts.yml"
install -D -m 644 docs/observability/grafana-dashboard.json "$tree/usr/share/doc/voxgate/observability/grafana-dashboard.json"
mkdir -p "$tree/usr/share/man/man1" "$tree/etc/voxgate"
"$program" man --out "$tree/usr/share/man/man1" >/dev/null
gzip --best --no-name "$tree"/usr/share/man/man1/*.1
mkdir -p "$tree/usr/share/bash-completion/completions" "$tree/usr/share/zsh/vendor-completions" "$tree/usr/share/fish/vendor_completions.d"
"$program" completions bash >"$tree/usr/share/bash-completion/completions/voxgate"
"$program" completions zsh >"$tree/usr/share/zsh/vendor-completions/_voxgate"
"$program" completions fish >"$tree/usr/share/fish/vendor_completions.d/voxgate.fish"
"$program" config check --defaults >"$tree/etc/voxgate/voxgate.toml"
chmod 640 "$tree/etc/voxgate/voxgate.toml"
chmod 750 "$tree/etc/voxgate"

mkdir -p "$out"
name=voxgate-$version-linux-$machine
tar --create --gzip --file "$out/$name.tar.gz" --directory "$tree" --transform "s,^\.,$name," \
    --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" .
echo "$out/$name.tar.gz"

command -v dpkg-deb >/dev/null || { echo "no dpkg-deb here: no Debian package" >&2; exit 0; }
mkdir -p "$tree/DEBIAN"
cat >"$tree/DEBIAN/control" <<CONTROL
Package: voxgate
Version: $version
Architecture: $machine
Maintainer: The Voxgate developers <voxgate@localhost>
Section: net
Priority: optional
Depends: libc6, ca-certificates, adduser
Recommends: postgresql-client
Suggests: postgresql, nginx, prometheus
Description: multi-tenant authentication server with MFA and real-time force logout
 One program beside one PostgreSQL: sign-in with a second factor, a live audit
 stream and forced logout that is true at once, for many companies walled off
 from each other by row-level security.
CONTROL
echo /etc/voxgate/voxgate.toml >"$tree/DEBIAN/conffiles"
cat >"$tree/DEBIAN/postinst" <<'SCRIPT'
#!/bin/sh
set -e
if [ "$1" = configure ]; then
    adduser --system --group --no-create-home --home /nonexistent --quiet voxgate
    chgrp voxgate /etc/voxgate /etc/voxgate/voxgate.toml
    if [ -d /run/systemd/system ]; then
        systemctl daemon-reload
        # A new installation has no keys and no database yet: it is started by its operator.
        if systemctl is-active --quiet voxgate; then systemctl restart voxgate; fi
    fi
fi
SCRIPT
cat >"$tree/DEBIAN/prerm" <<'SCRIPT'
#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then systemctl stop voxgate || true; fi
SCRIPT
chmod 755 "$tree/DEBIAN/postinst" "$tree/DEBIAN/prerm"
dpkg-deb --build --root-owner-group "-Z${DEB_COMPRESSION:-xz}" "$tree" "$out/voxgate_${version}_$machine.deb" >/dev/null
echo "$out/voxgate_${version}_$machine.deb"
