#!/bin/sh
# Starts nginx with nchan on PORT, its state in a folder of its own.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
dir=$(mktemp -d)
sed -e "s|@PORT@|$PORT|; s|@DIR@|$dir|g" "$here/nchan.conf" > "$dir/nginx.conf"
exec nginx -p /usr/share/nginx -c "$dir/nginx.conf"
