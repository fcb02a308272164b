#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# setup/root.sh: what it refuses and with which words, that a folder is made whole or not at all and
# not twice.  With an apt that pretends and packages of a few bytes.
set -eu
# shellcheck source=tests/setup/harness.sh
. "$(dirname "$0")/harness.sh"

roots=$scratch/roots
mkdir -p "$roots" "$scratch/package/DEBIAN" "$scratch/package/usr/bin"
printf 'Package: one\nVersion: 1\nArchitecture: all\nMaintainer: nobody\nDescription: one\n' \
	>"$scratch/package/DEBIAN/control"
echo 'what it does' >"$scratch/package/usr/bin/one"
dpkg-deb --root-owner-group -b "$scratch/package" "$scratch/one.deb" >/dev/null

fake apt-get <<'END'
echo "$*" >>"$FAKE_CALLS"
case "$*" in
*indextargets*) printf 'main bookworm file:/mirror/\n' ;;
*update*)
	cat "$2" "${2%/apt.conf}"/sources/* >"$FAKE_SETTINGS"
	exit "${FAKE_UPDATE_STATUS:-0}"
	;;
*install*)
	cp "$FAKE_PACKAGE" "${2%/apt.conf}/cache/archives/"
	exit "${FAKE_FETCH_STATUS:-0}"
	;;
esac
echo "$*" >>"$FAKE_CALLS"
case "$*" in
*indextargets*) printf 'main bookworm file:/mirror/\n' ;;
*update*)
	cat "$2" "${2%/apt.conf}"/sources/* >"$FAKE_SETTINGS"
	exit "${FAKE_UPDATE_STATUS:-0}"
	;;
*install*)
	cp "$FAKE_PACKAGE" "${2%/apt.conf}/cache/archives/one.deb"
	exit "${FAKE_FETCH_STATUS:-0}"
	;;
esac
END
export FAKE_CALLS="$scratch/calls" FAKE_SETTINGS="$scratch/settings" FAKE_PACKAGE="$scratch/one.deb"

root_of()
{
	: >"$FAKE_CALLS"
	attempt env PATH="$scratch/bin:$PATH" "$root/setup/root.sh" "$@"
}

is_empty()
{
	[ -z "$(ls -A "$roots")" ]
}

root_of "$roots/a"
expect "no set named" failed_saying "usage: setup/root.sh FOLDER SET"
root_of "$roots/a" sparc
expect "a set that there is none of" failed_saying "there is no set 'sparc'" "riscv64"
FAKE_UPDATE_STATUS=100 root_of "$roots/a" riscv64
expect "no mirror" failed_saying "no mirror that serves Debian's trixie for riscv64" "connect this"
rm "$roots/a.new.log"
expect "no mirror leaves no folder" is_empty
FAKE_FETCH_STATUS=100 root_of "$roots/a" riscv64 one
expect "packages that cannot be fetched" failed_saying "fetching one for riscv64 failed"
rm "$roots/a.new.log"
expect "packages that cannot be fetched leave no folder" is_empty
echo broken >"$scratch/broken"
FAKE_PACKAGE="$scratch/broken" root_of "$roots/a" riscv64 one
expect "a broken package" failed_saying "unpacking"
rm "$roots/a.new.log"
expect "a broken package leaves no folder" is_empty

root_of "$roots/a" aarch64
expect "makes a folder" succeeded
expect "with the program" grep -qx 'what it does' "$roots/a/bin/one"
expect "and nothing beside it" test "$(ls "$roots")" = a
expect "the usual packages when none is named" grep -q 'install bzip2 dash openssl sqlite3$' "$FAKE_CALLS"
expect "of that set's architecture" grep -q 'APT::Architecture "arm64";' "$FAKE_SETTINGS"
expect "checked with Debian's keys" grep -q '^Signed-By: .*debian-archive-keyring' "$FAKE_SETTINGS"
expect "loaders are where programs look for them" test -d "$roots/a/lib64/."
expect "loaders find no libraries of this machine's" test -f "$roots/a/etc/ld.so.cache"
root_of "$roots/a" aarch64
expect "the second time it does nothing" succeeded
expect "and calls no apt" test ! -s "$FAKE_CALLS"
FAKE_UPDATE_STATUS=100 root_of "$roots/a" aarch64 one
expect "other packages, and no network" failed_saying "no mirror"
expect "leave what was there" grep -q 'aarch64 bzip2' "$roots/a/made-of"
root_of "$roots/a" aarch64 one
expect "other packages" grep -qx 'trixie aarch64 one' "$roots/a/made-of"
mkdir "$roots/mine"
echo mine >"$roots/mine/file"
root_of "$roots/mine" i386
expect "a folder of somebody's" failed_saying "was not made by this"
expect "is as it was" grep -qx mine "$roots/mine/file"

finish
