#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What a program reads of its machine and of its process is the same in each run:
# golden runs, experiments in processes of their own, and copies.
# same.sh UPSET MACHINE MACHINE-STATIC
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
cp "$1" "$dir/machine"
cp "$2" "$dir/static"
mkdir "$dir/studies"
cd "$dir"
echo something >input

# says STUDY LINE: the run wrote that line.
says()
{
	grep -qxF "$2" "$1.out" || fail "no line '$2' but: $(grep -F "${2%% *} " "$1.out" | head -2)"
}

# Nobody's number of a child is the same without a namespace: so not with 'process'.
for program in machine static; do
	for detail in counts full; do
		golden studies/one --detail $detail -- ./$program
		touch -a -d '2001-02-03 04:05:06' ./$program input
		golden studies/two --detail $detail -- ./$program
		cmp studies/one.out studies/two.out || fail "two golden runs of $program differ"
		"$upset" diff studies/one studies/two >studies/diff.txt ||
			fail "diff of $program, detail $detail: $(cat studies/diff.txt)"
		rm studies/one studies/two
	done
done

# The clock is that of executed instructions whatever is counted.
golden studies/counts --detail counts -- ./machine process
golden studies/full --detail full -- ./machine process
cmp studies/counts.out studies/full.out || fail "counting changes what the program sees"
expect instructions "$(value studies/counts instructions)" "$(value studies/full instructions)"

says studies/full 'process 2 thread 2 parent 1'
says studies/full 'signal 0 from 2'
says studies/full 'names 1 1 0'
says studies/full 'child 1 7'
says studies/full 'load 3 0.00 0.00 0.00'
says studies/full 'times 100 0 0'
says studies/full 'sysinfo 1 0 17179869184 8589934592 2'
says studies/full 'cpu 0 0 0'
says studies/full 'group 1'
says studies/full 'entry 1'
says studies/full "$(printf '\t0.00 0.00 0.00 1/2 2')"
says studies/full "$(printf '\tMemTotal:       16777216 kB')"
says studies/full "$(printf '\tbtime 1767225599')"
grep -q '^time 1767225600\.000' studies/full.out || fail "time: $(grep '^time' studies/full.out)"
grep -q '^\./machine: 801 [0-9]* [0-9]* read 0 0 same 1 1 1 statfs ef53 8388608 8388608 801$' \
	studies/full.out || fail "numbers: $(grep '^./machine' studies/full.out)"
expect 'devices in maps' "$(awk '/^\/proc/ { maps = $1 == "/proc/self/maps:" }
	maps && $5 > 0 { print $4 }' studies/full.out | sort -u)" 08:01
# The file of the program has one inode in its maps and in stat.
expect inode "$(awk '$6 ~ /\/machine$/ { print $5 }' studies/full.out | sort -u)" \
	"$(awk '$1 == "./machine:" { print $3 }' studies/full.out)"

# Neighbours that could be one line are one.
awk '/^\/proc/ { maps = $1 == "/proc/self/maps:"; end = "" }
	maps && split($1, range, "-") == 2 {
		if (range[1] == end && $2 == access && $4 == "00:00" && before == $4 && name == $6)
			print before_line "\n" $0
		end = range[2]; access = $2; before = $4; name = $6; before_line = $0
	}' studies/full.out >studies/split
[ ! -s studies/split ] || fail "lines that are one mapping: $(cat studies/split)"

# Golden runs of all kinds execute the same instructions, and copies see what fresh runs see.
"$upset" campaign --quiet -n 40 -o studies/copies -- ./machine >studies/copies.txt 2>&1 ||
	fail "copies: $(cat studies/copies.txt)"
"$upset" campaign --quiet -n 20 --fresh -o studies/fresh -- ./machine >studies/fresh.txt 2>&1 ||
	fail "fresh: $(cat studies/fresh.txt)"
copies=$(sqlite3 studies/copies "SELECT count(*) FROM experiments WHERE way = 'carried'")
[ "$copies" -ge 20 ] || fail "only $copies of 40 in copies: $(cat studies/copies.txt)"
rows studies/copies 20 >studies/copies.rows
rows studies/fresh >studies/fresh.rows
cmp studies/copies.rows studies/fresh.rows ||
	fail "copies and fresh runs: $(diff studies/copies.rows studies/fresh.rows | head -4)"
golden studies/golden -- ./machine
expect 'instructions of campaign and golden run' "$(value studies/copies instructions)" \
	"$(value studies/golden instructions)"
"$upset" inject -f 'flip:0 rax @ insn=100000000000' -- ./machine >studies/inject.txt 2>&1 || true
grep -q "^golden .* $(value studies/golden instructions) instructions" studies/inject.txt ||
	fail "inject: $(cat studies/inject.txt)"
# What begins where the heap will be is called as the kernel calls it, also before there is one.
"$upset" campaign --quiet -n 40 -o studies/static -- ./static >studies/static.txt 2>&1 ||
	fail "copies of static: $(cat studies/static.txt)"
expect 'copies and controls of static' "$(sqlite3 studies/static "SELECT
	(SELECT count(*) > 30 FROM experiments WHERE way = 'carried'),
	controls, controls_different FROM campaigns")" '1|10|0'
