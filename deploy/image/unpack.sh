#!/bin/sh
# Unpacks an image's layers into a folder, and prints the folder's size:  deploy/image/unpack.sh IMAGE.tar FOLDER
set -eu
image=${1:?the image, a tar file} folder=${2:?the folder to unpack to}
layers=$(mktemp -d)
trap 'rm -rf "$layers"' EXIT
tar xf "$image" -C "$layers"
mkdir -p "$folder"
grep -oE '[0-9a-f]{64}\.tar\.gz' "$layers/manifest.json" | while read -r layer; do
  tar xzpf "$layers/$layer" -C "$folder" 2> /dev/null
done
du -sm "$folder" | cut -f 1
