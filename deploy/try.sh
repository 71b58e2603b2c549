#!/bin/sh
# Builds what is handed out, the release archive and the container image, and starts each as its users would: the one
# unpacked and called through a link from elsewhere, the other as user 65532 in a root that cannot be written to.
#
#   deploy/try.sh       the image needs root, for chroot, and is skipped without
set -eu
home=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
cd "$home"
work=$(mktemp -d)
hub=''
cleanup() {
  [ -z "$hub" ] || kill "$hub" 2> /dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

# await TEXT: until the listener was given it, which ends by itself after 30 s
await() {
  until grep -q "$1" "$work/stream"; do
    kill -0 "$listener" 2> /dev/null || { echo "$name gave its listener no '$1':" >&2; cat "$work/stream" >&2; exit 1; }
    sleep 0.1
  done
}

# try NAME COMMAND...: the hub that the command starts says where it listens, hands on an event, and ends with 0
try() {
  name=$1
  shift
  "$@" > "$work/output" 2>&1 &
  hub=$!
  tries=0 address=''
  while [ -z "$address" ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt 300 ] || ! kill -0 "$hub" 2> /dev/null; then
      echo "$name did not start:" >&2
      cat "$work/output" >&2
      exit 1
    fi
    sleep 0.1
    address=$(sed -n 's|.*listening on \(http[^ ]*\).*|\1|p' "$work/output")
  done
  : > "$work/stream" # or what the listener of the try before was given would be taken for this one's
  curl -sN -m 30 "$address/events/try" >> "$work/stream" &
  listener=$!
  await connected
  curl -sf -m 30 -d 'it works' "$address/events/try" > /dev/null
  await 'it works'
  kill "$hub"
  status=0
  wait "$hub" || status=$?
  hub=''
  wait "$listener" || true
  [ "$status" -eq 0 ] || { echo "$name ended with $status" >&2; exit 1; }
  echo "$name: ok"
}

archive=$(deploy/release.sh)
mkdir "$work/release"
tar xzf "$archive" -C "$work/release"
ln -s "$work"/release/*/millrace "$work/link"
# shellcheck disable=SC2016  # expanded by the inner shell
try "release, $(du -k "$archive" | cut -f 1) KB" sh -c 'cd / && exec "$0" --port 0' "$work/link"

[ "$(id -u)" -eq 0 ] || { echo 'image: skipped, it is tried as root'; exit; }
mvn -q -B -P image -pl deploy/image -am -DskipTests -Dspotless.check.skip package < /dev/null > "$work/maven.log" 2>&1 ||
  { cat "$work/maven.log" >&2; exit 1; }
image=deploy/image/target/millrace-image.tar
mkdir "$work/root"
size=$(deploy/image/unpack.sh "$image" "$work/root")
mkdir "$work/root/proc" "$work/root/dev"
# In a mount namespace of its own: what is mounted there is gone with the hub.
cat > "$work/enter" <<'ENTER'
root=$1
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
cd /
exec chroot --userspec=65532:65532 "$root" /opt/millrace/runtime/bin/java @/opt/millrace/lib/java.options --port 0
ENTER
try "image, $(du -m "$image" | cut -f 1) MB, $size MB unpacked" unshare --mount sh "$work/enter" "$work/root"
