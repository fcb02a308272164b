#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What `make demo` shows: golden runs of the project's own md5 and of Debian's
# bzip2 on a real file of some megabytes, their output compared with that of
# plain runs, and what the studies then hold.  All of it stays in build/demo.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=setup/say.sh
. "$root/setup/say.sh"
cd "$root"

upset=build/upset
demo=build/demo
input=build/qemu/obj/qemu-x86_64

# shown COMMAND...: print it, then run it.
shown()
{
	printf '\n$ %s\n' "$*"
	"$@"
}

# golden NAME PROGRAM ARGUMENT...: a golden run, into the study NAME.upset; what
# the program writes must be what it writes without upset.
golden()
{
	name=$1
	shift
	echo
	step "a golden run of $name on a file of $(wc -c <"$input") bytes"
	printf '$ %s\n' "$upset golden -o $demo/$name.upset -- $*"
	$upset golden -o "$demo/$name.upset" -- "$@" >"$demo/$name.out"
	"$@" >"$demo/$name.expected"
	cmp -s "$demo/$name.out" "$demo/$name.expected" ||
		die "$name wrote something else under upset than it does alone: compare" \
			"$demo/$name.out and $demo/$name.expected"
	note "$name wrote the same $(wc -c <"$demo/$name.out") bytes as it does alone"
}

main()
{
	[ -x $upset ] || die "there is no $upset; run make first"
	rm -rf $demo
	mkdir -p $demo
	shown $upset doctor

	golden md5 build/guests/md5 $input
	cat $demo/md5.out
	shown $upset show $demo/md5.upset
	shown $upset show $demo/md5.upset registers --top 12
	shown $upset show $demo/md5.upset operands --sort samples --top 12

	golden bzip2 "$(command -v bzip2)" -k -c $input
	bzip2 -dc $demo/bzip2.out | cmp - $input ||
		die "what bzip2 wrote under upset does not unpack to $input"
	shown $upset show $demo/bzip2.upset
	shown $upset show $demo/bzip2.upset functions --top 12
	shown $upset show $demo/bzip2.upset operands --sort samples --top 12

	echo
	step "the studies are in $demo; '$upset help' tells what else they can show"
}

main
