#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Install what a build folder holds, or remove what was installed.  Nothing depends on where
# it lies: the prefix can be moved afterwards.  What was put there is listed in
# PREFIX/share/upset/installed, folders that were made with a slash behind.
# Usage: setup/install.sh install|uninstall BUILD-FOLDER, with PREFIX and DESTDIR.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=setup/say.sh
. "$root/setup/say.sh"
[ $# -eq 2 ] || die "usage: setup/install.sh install|uninstall BUILD-FOLDER"
what=$1 build=$2
prefix=${PREFIX:-/usr/local}
case $prefix in
/*) ;;
*) die "PREFIX is '$prefix': it must begin with a slash" ;;
esac
to=${DESTDIR:-}$prefix
list=share/upset/installed

# What Meson installs, below $stage, laid out as below a prefix.
fill_stage()
{
	meson install -C "$build" --no-rebuild --quiet --destdir "$stage/root" >"$stage/log" ||
		die "meson could not install: $(cat "$stage/log")"
	built_for=$(meson introspect "$build" --buildoptions | python3 -c '
import json, sys
print({o["name"]: o["value"] for o in json.load(sys.stdin)}["prefix"])')
	mv "$stage/root$built_for" "$stage/prefix"
}

# What will be there: folders that are not yet, or that an earlier install made, and files.
make_list()
{
	(cd "$stage/prefix" && find . -mindepth 1 -type d -printf '%P\n' && echo share/upset) |
		sort | while read -r folder; do
		if [ ! -d "$to/$folder" ] || grep -s -q -x -F "$folder/" "$to/$list"; then
			echo "$folder/"
		fi
	done
	(cd "$stage/prefix" && find . ! -type d -printf '%P\n') | sort
	echo "$list"
}

# Files that an earlier version had and this one has not.
remove_old()
{
	[ -f "$to/$list" ] || return 0
	grep -v '/$' "$to/$list" | while read -r file; do
		grep -q -x -F "$file" "$stage/list" || rm -f "$to/$file"
	done
}

install_all()
{
	[ -x "$build/upset" ] || die "there is no $build/upset; run make first"
	stage=$(mktemp -d)
	trap 'rm -rf "$stage"' EXIT
	umask 022
	fill_stage
	make_list >"$stage/list"
	mkdir -p "$to" || die "cannot make $to; become root, or choose another PREFIX or DESTDIR"
	remove_old
	grep '/$' "$stage/list" | while read -r folder; do
		mkdir -p "$to/$folder"
	done
	grep -v '/$' "$stage/list" | grep -v -x -F "$list" | while read -r file; do
		cp -P -T --preserve=mode,timestamps --remove-destination "$stage/prefix/$file" "$to/$file"
	done
	cp "$stage/list" "$to/$list.new"
	mv "$to/$list.new" "$to/$list"
	note "upset is installed in $to"
}

uninstall_all()
{
	[ -f "$to/$list" ] || die "there is no $to/$list: upset was not installed there"
	! grep -q -e '^/' -e '\.\.' "$to/$list" || die "$to/$list names files elsewhere"
	copy=$(cat "$to/$list")
	printf '%s\n' "$copy" | grep -v '/$' | while read -r file; do
		rm -f "$to/$file"
	done
	printf '%s\n' "$copy" | grep '/$' | sort -r | while read -r folder; do
		[ ! -d "$to/$folder" ] || rmdir --ignore-fail-on-non-empty "$to/$folder"
	done
	# A prefix with nothing in it is of no use to anybody, nor are the folders that lead to it.
	[ -z "${DESTDIR:-}" ] ||
		(cd "$DESTDIR" && rmdir -p --ignore-fail-on-non-empty ".$prefix" 2>/dev/null) || :
	note "upset is no longer in $to"
}

# The list of libraries that programs find.
tell_linker()
{
	[ -z "${DESTDIR:-}" ] && [ "$(id -u)" -eq 0 ] && command -v ldconfig >/dev/null || return 0
	ldconfig
}

case $what in
install) install_all ;;
uninstall) uninstall_all ;;
*) die "install or uninstall, not '$what'" ;;
esac
tell_linker
