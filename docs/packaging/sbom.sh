#!/usr/bin/env bash
# Writes the list of everything the server is made of (SBOM, CycloneDX 1.5) to target/sbom, with cargo-cyclonedx. The tool is
# built into target/tools the first time (a few minutes; needs crates.io).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
tool=target/tools/bin/cargo-cyclonedx
[[ -x "$tool" ]] || cargo install --quiet --locked --root target/tools cargo-cyclonedx --version 0.5.9
mkdir -p target/sbom
"$tool" cyclonedx --format json --spec-version 1.5 --all-features --target x86_64-unknown-linux-gnu --override-filename voxgate.cdx
find . -name voxgate.cdx.json -not -path './target/*' | while read -r file; do
    package=$(dirname "$file" | sed 's,^\./,,; s,/,-,g; s,^\.$,voxgate,')
    mv "$file" "target/sbom/$package.cdx.json"
    echo "target/sbom/$package.cdx.json"
done
