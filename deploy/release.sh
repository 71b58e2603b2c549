#!/bin/sh
# Packs a release: what runs on any machine with Java 17 or newer, without Maven and without a container.
#
#   deploy/release.sh       writes target/millrace-VERSION.tar.gz
set -eu
cd "$(dirname -- "$0")/.."
./millrace --version > /dev/null
version=$(sed -n 's|^  <version>\(.*\)</version>$|\1|p' pom.xml | head -n 1)
name=millrace-$version
release=target/$name
rm -rf "$release"
mkdir -p "$release/lib"
cp -p cli/target/millrace.jar "$release/lib/"
cp -p millrace README.md CHANGELOG.md LICENSE "$release/"
mkdir "$release/deploy"
cp -Rp deploy/systemd deploy/nginx deploy/caddy deploy/haproxy deploy/grafana deploy/README.md "$release/deploy/"
find "$release" -exec touch -h -d 2026-01-01T00:00:00Z {} +
tar --sort=name --owner=0 --group=0 --numeric-owner -C target -cf - "$name" | gzip -n -9 > "target/$name.tar.gz"
rm -rf "$release"
echo "target/$name.tar.gz"
