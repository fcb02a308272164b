#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Measure golden runs side by side: each program natively, under the unmodified
# emulator (the same QEMU binary, no plugin) and at each detail, one after the
# other, several times over; the median counts.  Then campaigns, which have a
# script of their own.  See bench/README.md.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=bench/lib.sh
. "$here/lib.sh"
only=
set=
parts="golden campaign"

usage()
{
	cat <<-'TEXT'
		usage: bench/run.sh [OPTION]...
		  --quick        small problems, one repeat: does it work, not how fast is it
		  --build FOLDER where upset was built; default: build
		  --repeats N    how often everything is measured; default: 5
		  --golden       golden runs only
		  --campaign     campaigns only
		  --only NAME    golden runs of this program only (fib, md5, aes, nbody, bzip2,
		                 sqlite3); nothing is kept without --name
		  --set SET      golden runs of fib, md5 and aes built for aarch64, riscv64 or i386
		  --name NAME    results go to bench/results/NAME.json and NAME-campaign.json;
		                 default: host and date
	TEXT
}

while [ $# -gt 0 ]; do
	case $1 in
	--quick) quick=yes repeats=1 ;;
	--build) build=${2:?} && shift ;;
	--repeats) repeats=${2:?} && shift ;;
	--golden) parts=golden ;;
	--campaign) parts=campaign ;;
	--only) only=${2:?} parts=golden && shift ;;
	--set) set=${2:?} parts=golden && shift ;;
	--name) name=${2:?} && shift ;;
	--help) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
	esac
	shift
done

# campaigns: never returns.
campaigns()
{
	exec "$here/campaign.sh" ${quick:+--quick} --build "$build" --repeats "$repeats" \
		${name:+--name "$name"}
}

[ "$parts" != campaign ] || campaigns
need bzip2
find_tools
# Lines of $data: kind program mode instructions nanoseconds KiB

# Programs of another instruction set, and the emulator for it.
if [ -n "$set" ]; then
	compiler=$set-linux-gnu-gcc
	[ "$set" != i386 ] || compiler=i686-linux-gnu-gcc
	need "$compiler"
	qemu=${qemu%x86_64}$set
	[ -x "$qemu" ] || fail "no $qemu: make QEMU_TARGETS=+$set builds it"
	for program in fib md5 aes; do
		"$compiler" -O2 -static -o "$dir/$program" "$here/../guests/$program.c"
	done
	guests=$dir
fi
# The processor that upset has it emulate.
cpu=$("$upset" doctor | sed -n "s/^emulated processor for ${set:-x86-64}: //p")

if [ -n "$quick" ]; then
	fib=22 aes=500 nbody=300 md5_kib=256 bzip2_kib=32 sqlite_rows=200
	small_fib=8 small_aes=2 small_md5_kib=1 memory_few=1000000 memory_many=10000000
else
	fib=40 aes=600000 nbody=1000000 md5_kib=131072 bzip2_kib=6144 sqlite_rows=100000
	small_fib=16 small_aes=20 small_md5_kib=16 memory_few=100000000 memory_many=10000000000
fi

bytes $md5_kib >"$dir/md5.in"
bytes $small_md5_kib >"$dir/md5.small"
bytes $bzip2_kib >"$dir/bzip2.in"
cat >"$dir/sqlite.in" <<SQL
CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT, c REAL);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $sqlite_rows)
	INSERT INTO t SELECT i, hex(i * 7919 % 100003), i / 7.0 FROM n;
CREATE INDEX x ON t(b);
SELECT b, count(*), sum(c) FROM t GROUP BY b ORDER BY 2 DESC, 1 LIMIT 5;
SELECT count(*) FROM t a JOIN t b ON a.a = b.a + 1 WHERE a.b < b.b;
SQL

# watch KIND PROGRAM MODE STUDY COMMAND...: run once and note it.
watch()
{
	kind=$1 program=$2 mode=$3 study=$4
	shift 4
	say "$program $mode"
	rm -f "$dir/line"
	"$stopwatch" "$dir/line" "$@" 2>"$dir/err" || fail "$program $mode failed: $(cat "$dir/err")"
	instructions=0
	[ "$study" = - ] ||
		instructions=$(sqlite3 "$study" 'SELECT instructions FROM run ORDER BY id DESC LIMIT 1')
	read -r ns kib status <"$dir/line"
	[ "$status" -eq 0 ]
	echo "$kind $program $mode $instructions $ns $kib" >>"$data"
}

# golden KIND PROGRAM MODE ENGINE DETAIL COMMAND...
golden()
{
	golden_kind=$1 golden_program=$2 golden_mode=$3 engine=$4 detail=$5
	shift 5
	rm -f "$dir/study"
	watch "$golden_kind" "$golden_program" "$golden_mode" "$dir/study" \
		"$upset" golden --quiet --engine "$engine" --detail "$detail" -o "$dir/study" -- "$@"
}

# compare PROGRAM COMMAND...: all ways to run it, once each.
compare()
{
	label=$1
	shift
	[ -z "$only" ] || [ "$only" = "$label" ] || return 0
	[ -n "$set" ] || watch time "$label" native - "$@"
	watch time "$label" unmodified - "$qemu" -cpu "$cpu" "$@"
	for detail in counts operands full; do
		golden time "$label" $detail qemu $detail "$@"
	done
}

# small PROGRAM COMMAND...: engine native, which is for small problems.
small()
{
	label=$1
	shift
	[ -z "$only" ] || [ "$only" = "$label" ] || return 0
	golden step "$label" native native full "$@"
}

bzip2=$(command -v bzip2)
sqlite3=$(command -v sqlite3)
round=0
while [ $round -lt "$repeats" ]; do
	round=$((round + 1))
	say "round $round of $repeats"
	compare fib "$guests/fib" $fib
	compare md5 "$guests/md5" "$dir/md5.in"
	compare aes "$guests/aes" $aes
	[ -z "$set" ] || continue
	compare nbody "$guests/nbody" $nbody
	compare bzip2 "$bzip2" -c "$dir/bzip2.in"
	compare sqlite3 "$sqlite3" :memory: ".read $dir/sqlite.in"
	small fib "$guests/fib" $small_fib
	small md5 "$guests/md5" "$dir/md5.small"
	small aes "$guests/aes" $small_aes
done

# Peak memory of a short and a long run of one program.  aes is linear in its argument.
if [ -z "$only$set" ]; then
	per_encryption=$(
		for times in 100 200; do
			rm -f "$dir/study"
			"$upset" golden --quiet --detail counts -o "$dir/study" -- "$guests/aes" $times \
				>"$dir/out"
			sqlite3 "$dir/study" 'SELECT instructions FROM run'
		done | awk 'NR == 1 { few = $1 } END { print int(($1 - few) / 100) }')
	for instructions in $memory_few $memory_many; do
		golden memory aes "$instructions" qemu full "$guests/aes" \
			$((instructions / per_encryption))
	done
fi
say

tabulate table.awk
[ -n "$quick" ] || { [ -n "$only" ] && [ -z "$name" ]; } ||
	keep "${name:-$(uname -n)-$(date -u +%Y%m%d)${set:+-$set}}"
[ "$parts" = golden ] || {
	echo
	rm -rf "$dir"
	campaigns
}
