#!/bin/sh
# Puts together all files of the container image: a Java runtime of the modules that the hub uses, the C library that the
# runtime wants, and the hub with an archive of its loaded classes. Nothing else: no shell, no package manager.
#
#   deploy/image/rootfs.sh FOLDER      after the jar was built
#
# MILLRACE_JAVA_HOME  the JDK to take the runtime from, instead of the newest one found
set -eu

folder=${1:?the folder to write to}
home=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
jar=$home/cli/target/millrace.jar
[ -f "$jar" ] || { echo "rootfs.sh: build the jar first: ./millrace --version" >&2; exit 1; }
jdk=${MILLRACE_JAVA_HOME:-$("$home/deploy/jdk.sh")} || { echo 'rootfs.sh: a JDK is needed, to take the runtime from' >&2; exit 1; }
[ -x "$jdk/bin/jlink" ] || { echo "rootfs.sh: $jdk has no bin/jlink" >&2; exit 1; }

# What jdeps names for the jar, without java.desktop (Logback's mail window and the YAML reader's beans can do without),
# and with the figures of machine and process.
MODULES=java.base,java.logging,java.management,java.naming,java.net.http,java.sql,java.xml,jdk.jfr,jdk.management,jdk.net,jdk.unsupported

rm -rf "$folder"
app=$folder/opt/millrace
mkdir -p "$app/lib" "$folder/etc" "$folder/tmp" "$folder/data"
chmod 777 "$folder/tmp" "$folder/data"
echo 'millrace:x:65532:65532::/data:/sbin/nologin' > "$folder/etc/passwd"
echo 'millrace:x:65532:' > "$folder/etc/group"
echo 'hosts: files dns' > "$folder/etc/nsswitch.conf"

version=$("$jdk/bin/jlink" --version) version=${version%%.*}
if [ "$version" -ge 21 ]; then compress=zip-6; else compress=2; fi
"$jdk/bin/jlink" --add-modules "$MODULES" --strip-debug --no-header-files --no-man-pages --compress "$compress" \
  --output "$app/runtime"
# Before 25 the archive of the hub's classes stands on one of Java's own.
[ "$version" -ge 25 ] || "$app/runtime/bin/java" -Xshare:dump > /dev/null
rm -rf "$app/runtime/legal"
! command -v strip > /dev/null || strip --strip-unneeded "$app/runtime/lib/server/libjvm.so"

# The shared libraries outside the runtime, each at the path at which the loader looks for it.
find "$app/runtime" -type f \( -name '*.so' -o -name java \) -exec ldd {} + 2> /dev/null |
  sed -n "\|$folder|d; s|.*[[:space:]]\(/[^ ]*\) (0x.*|\1|p" | sort -u | while read -r library; do
    mkdir -p "$folder$(dirname "$library")"
    cp -L "$library" "$folder$library"
  done

# The jar, with the native libraries of this system beside it, where they can be loaded from although the root cannot be
# written to, and without those of all others.
classes=$(mktemp -d)
trap 'rm -rf "$classes"' EXIT
(cd "$classes" && "$jdk/bin/jar" --extract --file "$jar")
case $(uname -m) in
  x86_64) netty=x86_64 sqlite=x86_64 ;;
  aarch64) netty=aarch_64 sqlite=aarch64 ;;
esac
natives=$folder/usr/lib
mkdir -p "$natives"
for library in "$classes/META-INF/native/"*"_$netty.so" "$classes/org/sqlite/native/Linux/$sqlite/"*.so; do
  [ ! -f "$library" ] || cp "$library" "$natives/"
done
rm -rf "$classes/META-INF/native" "$classes/META-INF/native-image" "$classes/org/sqlite/native"
"$jdk/bin/jar" --create --file "$app/lib/millrace.jar" --manifest "$classes/META-INF/MANIFEST.MF" \
  --date 1980-01-01T00:00:02Z -C "$classes" .
cp "$home/millrace" "$app/"

# All files get the date that they have in the image: the archive remembers those of the jar and of the runtime.
find "$folder" -exec touch -h -d @1 {} +
export MILLRACE_JAVA_HOME="$app/runtime"
MILLRACE_JAVA_OPTS="-Djava.library.path=$natives -Dorg.sqlite.lib.path=$natives" "$app/millrace" --version

# The command that the launcher would run, with the paths of the image, as a file of arguments for java.
{
  echo '-Dorg.sqlite.lib.path=/usr/lib'
  MILLRACE_DRY_RUN=1 "$app/millrace" | sed "1d; s|$folder||g"
} > "$app/lib/java.options"
rm "$app/millrace"
find "$app/lib" -exec touch -d @1 {} +
