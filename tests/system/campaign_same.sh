#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What comes of an experiment depends neither on how many are made at one time
# nor on whether it is made in a copy of the program or in a process of its own.
# campaign_same.sh UPSET GUESTS-FOLDER PERCENT, of the experiments
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
guests=$1 percent=$2
cd "$dir"
head -c 700 "$upset" >input

# make STUDY OPTIONS... -- COMMAND...
make()
{
	study=$1
	shift
	"$upset" campaign --quiet -o "$study" "$@" <input >out 2>&1 || fail "$study: $(cat out)"
}

# ways STUDY: how many were made in copies.
ways()
{
	sqlite3 "$1" "SELECT count(*) FROM experiments WHERE way = 'carried'"
}

# same WHAT EXPERIMENTS FRESH LOCATIONS COMMAND...
same()
{
	what=$1 count=$(($2 * percent / 100)) few=$(($3 * percent / 100)) locations=$4
	shift 4
	make one -j 1 -n "$count" --locations "$locations" -- "$@"
	make two -j 2 -n "$count" --locations "$locations" -- "$@"
	make fresh --fresh -n "$few" --locations "$locations" -- "$@"
	expect "$what: in copies" "$(ways one) $(ways two) $(ways fresh)" "$count $count 0"
	rows one >one.rows
	rows two >two.rows
	cmp one.rows two.rows || fail "$what, two at one time: $(diff one.rows two.rows | head -4)"
	rows one "$few" >one.rows
	rows fresh >fresh.rows
	cmp one.rows fresh.rows || fail "$what, fresh: $(diff one.rows fresh.rows | head -4)"
	sqlite3 one "SELECT DISTINCT cause FROM experiments" >causes
	[ "$(wc -l <causes)" -ge 2 ] || fail "$what: no more than one cause"
	cat causes >>all-causes
	expect "$what: errors of upset's own" "$(sqlite3 one "SELECT count(*) FROM experiments
		WHERE outcome = 'tool-error'")" 0
	rm one two fresh
}

same md5 300 80 gpr,flags,simd,code "$guests/md5" input
same 'memory of md5' 100 40 memory "$guests/md5" input
same bzip2 150 40 gpr,flags,simd,code bzip2 -c
same echo 150 40 gpr,code,memory /bin/echo hello

# Which of them a program has is its compiler's affair; here they must not all be alike.
causes=$(sort -u all-causes | wc -l)
[ "$causes" -ge 5 ] || fail "no more than $causes causes in all programs"
# shellcheck disable=SC2016 # Perl's variables
if command -v perl >/dev/null; then
	same 'a timer' 20 6 gpr,flags,code perl -e '$SIG{ALRM} = sub { $n++; alarm 1 if $n < 3 };
		alarm 1; sleep 10 for 1 .. 3; print "$n\n"'
fi
