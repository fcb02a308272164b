#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Unpack programs of Debian's for another instruction set into a folder, with the libraries that
# they need: what --sysroot names.  Nothing is installed and nothing of the system's apt changes:
# they are fetched as QEMU's source is, by an apt of their own that trusts Debian's keys.  The folder
# is there whole or not at all; needs no network when it is there.
# Usage: setup/root.sh FOLDER SET [PACKAGE...]
#        SET is aarch64, riscv64, i386 or x86_64; packages are bzip2 dash openssl sqlite3 when none is named
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=setup/say.sh
. "$here/say.sh"
# shellcheck source=qemu/private-apt.sh
. "$here/../qemu/private-apt.sh"

# The first release that has all of them.
suite=trixie
sets="aarch64 riscv64 i386 x86_64"
[ $# -ge 2 ] || die "usage: setup/root.sh FOLDER SET [PACKAGE...]"
folder=${1%/}
set=$2
shift 2
[ $# -gt 0 ] || set -- bzip2 dash openssl sqlite3
new=$folder.new
made_of="$suite $set $*"

case $set in
aarch64) architecture=arm64 ;;
x86_64) architecture=amd64 ;;
riscv64 | i386) architecture=$set ;;
*) die "there is no set '$set'; name one of $sets" ;;
esac

# True when the folder has what is asked for.
is_made()
{
	[ -f "$folder/made-of" ] && [ "$(cat "$folder/made-of")" = "$made_of" ]
}

fetch()
{
	step "fetching $* and what they need from Debian $suite for $architecture"
	private_apt_begin "$new" "$suite" "$architecture"
	run "$new.log" "fetching $* for $architecture failed" \
		private_apt -q -y --no-install-recommends --download-only install "$@"
}

# Programs name the places that were before all was below /usr, and what a root lacks is this
# machine's: an empty cache keeps loaders from its libraries, which may be for the same set.
unpack()
{
	mkdir -p "$new/tree/etc"
	: >"$new/tree/etc/ld.so.cache"
	for name in bin sbin lib lib64; do
		mkdir -p "$new/tree/usr/$name"
		ln -s "usr/$name" "$new/tree/$name"
	done
	for package in "$new"/apt/cache/archives/*.deb; do
		run "$new.log" "unpacking $package failed" dpkg-deb -x "$package" "$new/tree"
	done
}

main()
{
	! is_made || exit 0
	private_apt_check "$folder"
	rm -rf "$new"
	mkdir -p "$new"
	trap 'rm -rf "$new"' EXIT
	trap 'exit 130' INT TERM
	new=$(cd "$new" && pwd)
	fetch "$@"
	unpack
	echo "$made_of" >"$new/tree/made-of"
	rm -rf "$folder"
	mv "$new/tree" "$folder"
	rm -f "$new.log"
}

main "$@"
