#!/bin/sh
# Holds many listeners in a small container's room, and delivers to them: 256 MiB and one core, by a control group of its
# own where this user may make one (as root), else by what the JVM is told of its machine.
#
#   deploy/small.sh [LISTENERS] [FLAGS OF ./millrace bench load]       10000 listeners unless told otherwise
set -eu
home=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
cd "$home"
listeners=${1:-10000}
[ $# -eq 0 ] || shift
memory=$((256 * 1024 * 1024))
work=$(mktemp -d)
hub='' groups=''
cleanup() {
  if [ -n "$hub" ]; then
    kill "$hub" 2> /dev/null || true
    wait "$hub" || true
  fi
  for group in $groups; do rmdir "$group" || true; done
  rm -rf "$work"
}
trap cleanup EXIT

# group FOLDER FILE=VALUE...: makes a control group with these limits; fails where that is not allowed
group() {
  folder=$1
  shift
  mkdir "$folder" 2> /dev/null || return 1
  groups="$groups $folder"
  for limit in "$@"; do echo "${limit#*=}" 2> /dev/null > "$folder/${limit%%=*}" || return 1; done
}

at=/sys/fs/cgroup name=millrace-$$
if [ -f "$at/cgroup.controllers" ]; then
  group "$at/$name" memory.max="$memory" memory.swap.max=0 'cpu.max=100000 100000' || groups=''
else
  { group "$at/memory/$name" memory.limit_in_bytes="$memory" && group "$at/cpu/$name" cpu.cfs_quota_us=100000; } || groups=''
fi
room='a control group'
[ -n "$groups" ] || {
  room="the JVM's word"
  export MILLRACE_JAVA_OPTS="${MILLRACE_JAVA_OPTS:-} -XX:MaxRAM=256m -XX:ActiveProcessorCount=1"
}

./millrace --version > "$work/log" # builds it where that is needed, outside of its small room
# shellcheck disable=SC2016,SC2086  # expanded by the inner shell; a list of folders
sh -c 'for group in "$@"; do echo $$ > "$group/cgroup.procs"; done; exec ./millrace --port 0 --max-connections 100000' sh $groups \
  > "$work/log" 2>&1 &
hub=$!
tries=0 address=''
while [ -z "$address" ]; do
  tries=$((tries + 1))
  if [ "$tries" -gt 600 ] || ! kill -0 "$hub" 2> /dev/null; then
    echo 'the hub did not start:' >&2
    cat "$work/log" >&2
    exit 1
  fi
  sleep 0.1
  address=$(sed -n 's|.*listening on \(http[^ ]*\).*|\1|p' "$work/log")
done
status=0
./millrace bench load "$address" --listeners "$listeners" --channels 1000 --publishers 2 --rate 100 --duration 20 "$@" || status=$?
echo "room: 256 MiB and one core, by $room"
sed -n 's/^VmHWM:[[:space:]]*/most memory of the process: /p; s/^VmRSS:[[:space:]]*/memory of the process now: /p' "/proc/$hub/status"
curl -s -m 30 "$address/metrics" | grep -E '^(millrace_connections |millrace_gaps_total|jvm_gc_pause_seconds_(count|sum)|jvm_gc_(live|max)_data|millrace_buffers_bytes)'
[ "$status" -eq 0 ]
