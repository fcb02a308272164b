#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What `make demo` shows: golden runs of the project's own md5 and of Debian's
# bzip2 on a real file of some megabytes, their output compared with that of
# plain runs, what the studies then hold, a campaign, and a report of it.  All of
# it stays in build/demo.
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

# What bit flips do to md5, by sampling; and one that goes unnoticed, looked at.
campaign()
{
	study=$demo/md5-faults.upset
	head -c 65536 $input >$demo/small
	echo
	step "md5 of $demo/small, then the same with a bit of a register flipped, 500 times"
	shown $upset golden -o "$study" -- build/guests/md5 $demo/small
	if ! shown $upset campaign -n 500 -o "$study" -- build/guests/md5 $demo/small; then
		note "experiments need a sandbox, which this machine does not allow; see above"
		return
	fi
	shown $upset show "$study" outcomes
	shown $upset show "$study" by_location --top 6
	number=$($upset show "$study" experiments --csv | awk -F, '$3 == "sdc" { print $1; exit }')
	[ -z "$number" ] || shown $upset replay "$study" "$number"
	shown $upset report "$study"
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

	campaign

	echo
	step "the studies are in $demo; '$upset help' tells what else they can show"
}

main
