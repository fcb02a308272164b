#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The Debian packages hold what they should, lintian has nothing to say that is not explained, and
# what dpkg puts somewhere works from there and goes again.
# test_deb.sh SOURCE BUILD
set -eu
source=$(realpath "$1") build=$(realpath "$2")
dir=$(mktemp -d "${TMPDIR:-/tmp}/upset-test-XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
export LC_ALL=C HOME="$dir"
unset UPSET_QEMU UPSET_QEMU_PLUGIN UPSET_QEMU_INJECTOR DESTDIR PREFIX MAKEFLAGS MFLAGS MAKELEVEL

fail()
{
	echo "test_deb: $*" >&2
	exit 1
}

skip()
{
	echo "test_deb: skipped: $*" >&2
	exit 77
}

command -v dh >/dev/null || skip "no debhelper: run setup/packages.sh deb"
cd "$dir"
"$source/setup/deb.sh" "$build" packages >log 2>&1 || fail "$(cat log)"

# --- what is in them
# holds PACKAGE FILE...: each is a file or a link in it.
holds()
{
	package=$1
	shift
	dpkg-deb -c packages/"$package"_*.deb | awk '$1 !~ /^d/ { print $6 }' >files
	for file in "$@"; do
		grep -q -x "\./usr/$file" files || fail "$package has no $file: $(cat files)"
	done
}
holds upset bin/upset libexec/upset/libupset-qemu.so libexec/upset/libupset-injector.so \
	libexec/upset/guests/md5 share/man/man1/upset.1.gz share/man/man1/upset-campaign.1.gz \
	share/bash-completion/completions/upset share/zsh/vendor-completions/_upset \
	share/fish/vendor_completions.d/upset.fish share/doc/upset/copyright \
	share/doc/upset/changelog.gz share/doc/upset/qemu/COPYING share/doc/upset/page/NOTICES.md \
	share/doc/upset/doc/statistics.md
for target in $(cat "$source/build/qemu/targets" 2>/dev/null || echo x86_64); do
	case $target in
	*-softmmu) holds upset "libexec/upset/qemu-system-${target%-softmmu}" ;;
	*) holds upset "libexec/upset/qemu-$target" ;;
	esac
done
! grep -q libexec/upset/machines files || fail "kernels and firmware, which are Debian's, are in it"
holds libupset0 'lib/.*/libupset.so.0'
holds libupset-dev include/upset/upset.h 'lib/.*/libupset.a' 'lib/.*/libupset.so' 'lib/.*/pkgconfig/upset.pc'
version=$("$build/upset" --version | sed -n '1s/^upset \([0-9.]*\).*/\1/p')
dpkg-deb -f packages/upset_*.deb Version Depends >fields
grep -q "^Version: $version+" fields || fail "version: $(cat fields)"
for library in libc6 libglib2.0-0 libsqlite3-0 libzydis libdw1; do
	grep -q "^Depends: .*$library" fields || fail "it does not depend on $library: $(cat fields)"
done
dpkg-deb --fsys-tarfile packages/upset_*.deb | tar -xO ./usr/share/doc/upset/changelog.gz | zcat >changes
[ "$(grep -c '^  \* ' changes)" = "$(awk '/^## / { n++ } n == 1 && /^- / { found++ } END { print found }' "$source/NEWS.md")" ] ||
	fail "what is new: $(cat changes)"
if command -v lintian >/dev/null; then
	lintian --fail-on error,warning packages/*.deb >log 2>&1 || fail "$(cat log)"
else
	echo "test_deb: no lintian, it is not asked" >&2
fi

# --- dpkg puts them somewhere, and away again
mkdir -p target/var/lib/dpkg/info target/var/lib/dpkg/updates target/var/lib/dpkg/triggers
: >target/var/lib/dpkg/status
to_root()
{
	dpkg --root="$dir/target" --force-not-root --force-depends --log=/dev/null "$@" >log 2>&1 ||
		fail "dpkg $*: $(cat log)"
}
[ "$(id -u)" -eq 0 ] || skip "dpkg changes the owner of files, which only root can"
to_root --install packages/*.deb
there=$dir/target/usr
away()
{
	env -i PATH=/usr/bin:/bin HOME="$dir" LC_ALL=C "$@"
}
away "$there/bin/upset" doctor >out || fail "doctor: $(cat out)"
grep -q "^qemu x86_64 $there/libexec/upset/qemu-x86_64" out || fail "doctor finds another QEMU: $(cat out)"
seq 200 >input
away "$there/bin/upset" golden --quiet -o md5.upset -- "$there/libexec/upset/guests/md5" input >out 2>&1 ||
	fail "golden: $(cat out)"
away md5sum input | cmp -s - out || fail "md5: $(cat out)"
away "$there/bin/upset" show md5.upset functions --csv >out || fail "show: $(cat out)"
grep -q transform out || fail "functions: $(cat out)"
away "$there/bin/upset" report md5.upset -o md5.html >out 2>&1 || fail "report: $(cat out)"
to_root --purge upset libupset0 libupset-dev
[ -z "$(find target/usr ! -type d 2>/dev/null)" ] || fail "left: $(find target/usr)"
