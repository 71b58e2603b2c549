#!/bin/sh
# Prints the folder of the newest JDK on this machine, or with VERSION of one of that version; fails where there is none.
#
#   deploy/jdk.sh [VERSION]
set -eu
wanted=${1:-} newest='' newest_version=0
for jdk in "${JAVA_HOME:-}" /usr/lib/jvm/* /opt/java/* "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/* \
  /Library/Java/JavaVirtualMachines/*/Contents/Home; do
  [ -x "$jdk/bin/javac" ] || continue
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$jdk/release" 2> /dev/null || true)
  [ -z "$wanted" ] || [ "${version:-0}" -eq "$wanted" ] || continue
  [ "${version:-0}" -le "$newest_version" ] || { newest=$jdk newest_version=$version; }
done
[ -n "$newest" ] || exit 1
echo "$newest"
