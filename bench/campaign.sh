#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Measure campaigns side by side: the same faults in copies, in processes of
# their own, on the processor, and by a script for gdb.  That they come to the
# same is checked.  See bench/README.md.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=bench/lib.sh
. "$here/lib.sh"

usage()
{
	cat <<-'TEXT'
		usage: bench/campaign.sh [OPTION]...
		  --quick        small problems, one repeat: does it work, not how fast is it
		  --build FOLDER where upset was built; default: build
		  --repeats N    how often everything is measured; default: 5
		  --name NAME    results go to bench/results/NAME-campaign.json; default: host and
		                 date
	TEXT
}

while [ $# -gt 0 ]; do
	case $1 in
	--quick) quick=yes repeats=1 ;;
	--build) build=${2:?} && shift ;;
	--repeats) repeats=${2:?} && shift ;;
	--name) name=${2:?} && shift ;;
	--help) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
	esac
	shift
done

need gdb python3
find_tools
# Lines of $data: rate program way experiments nanoseconds, and
# memory program experiments KiB-of-upset KiB-of-the-carrier

if [ -n "$quick" ]; then
	copies=40 fresh=8 native=8 gdb=2 memory_few=50 memory_many=200 fib=8 md5_kib=1
else
	copies=5000 fresh=300 native=100 gdb=6 memory_few=1000 memory_many=20000 fib=20 md5_kib=64
fi
jobs=2
bytes $md5_kib >"$dir/md5.in"

differ()
{
	echo "bench: $*" >&2
	exit 1
}

# alike COMMAND...: in an environment that is the same for all, which moves the stack.  Nor
# must what is started by way of the PATH change it, as wrappers of interpreters do.
alike()
{
	env -i LC_ALL=C.UTF-8 PATH=/usr/bin:/bin "$@"
}

# campaign PROGRAM WAY STUDY OPTION... -- COMMAND...: one campaign and how long it takes.
campaign()
{
	program=$1 way=$2 study=$3
	shift 3
	say "$program $way"
	rm -f "$dir/line" "$study"
	alike "$stopwatch" "$dir/line" "$upset" campaign --quiet --jobs $jobs -o "$study" "$@" \
		2>"$dir/err" || fail "$program $way failed: $(cat "$dir/err")"
	read -r ns _ <"$dir/line"
	made=$(sqlite3 "$study" 'SELECT count(*) FROM experiment')
	echo "rate $program $way $made $ns" >>"$data"
}

# told STUDY COLUMNS [CONDITION]: of its experiments, one a line, with tabs between columns.
told()
{
	sqlite3 -separator '	' "$1" \
		"SELECT $2 FROM experiments WHERE ${3:-1} ORDER BY experiment"
}

# same WHAT FILE FILE: what two ways say of experiments.
same()
{
	diff "$2" "$3" >"$dir/diff" || differ "$1 come to something else: $(cat "$dir/diff")"
}

# with_gdb PROGRAM COMMAND...: the first faults that engine native can make, and what it found.
with_gdb()
{
	program=$1
	shift
	say "$program gdb"
	told "$dir/native.upset" "fault, outcome, \"end\", CASE \"end\" WHEN 'hung' THEN '' \
		ELSE status END, old_value, new_value" "outcome <> 'not-injected'" >"$dir/injected"
	head -$gdb "$dir/injected" >"$dir/expected"
	[ -s "$dir/expected" ] || differ "engine native injected none of the faults in $program"
	cut -f 1 "$dir/expected" >"$dir/few"
	alike "$here/gdb_inject.py" -j $jobs --time "$dir/line" "$dir/few" "$@" >"$dir/told" ||
		fail "$program gdb failed"
	same "$program under engine native and under gdb" "$dir/expected" "$dir/told"
	echo "rate $program gdb $(wc -l <"$dir/told") $(cat "$dir/line")" >>"$data"
}

# compare PROGRAM COMMAND...: all ways to make the same faults, once each.
compare()
{
	label=$1
	shift
	campaign "$label" copies "$dir/copies.upset" -n $copies -- "$@"
	told "$dir/copies.upset" fault "experiment < $fresh" >"$dir/list"
	campaign "$label" fresh "$dir/fresh.upset" --fresh --faults "$dir/list" -- "$@"
	for study in copies fresh; do
		told "$dir/$study.upset" 'fault, outcome, "end", status, old_value, new_value' \
			"experiment < $fresh" >"$dir/$study"
	done
	same "$label in copies and in processes of their own" "$dir/copies" "$dir/fresh"
	told "$dir/copies.upset" fault "experiment < $native" >"$dir/list"
	campaign "$label" native "$dir/native.upset" --engine native --faults "$dir/list" -- "$@"
	with_gdb "$label" "$@"
}

# memory PROGRAM EXPERIMENTS COMMAND...
memory()
{
	program=$1 experiments=$2
	shift 2
	say "$program memory, $experiments experiments"
	rm -f "$dir/study"
	alike "$here/peak.py" "$dir/line" "$upset" campaign --quiet --jobs $jobs -n "$experiments" \
		-o "$dir/study" -- "$@" 2>"$dir/err" || fail "$program failed: $(cat "$dir/err")"
	read -r itself carrier <"$dir/line"
	[ "$carrier" -gt 0 ] || [ -n "$quick" ] || fail "$program: its copies were not seen"
	echo "memory $program $experiments $itself $carrier" >>"$data"
}

round=0
while [ $round -lt "$repeats" ]; do
	round=$((round + 1))
	say "round $round of $repeats"
	compare md5 "$guests/md5" "$dir/md5.in"
	compare fib "$guests/fib" $fib
done
for experiments in $memory_few $memory_many; do
	[ -n "$quick" ] || memory md5 "$experiments" "$guests/md5" "$dir/md5.in"
	memory fib "$experiments" "$guests/fib" $fib
done
say

tabulate campaign.awk
[ -n "$quick" ] || keep "${name:-$(uname -n)-$(date -u +%Y%m%d)}-campaign"
