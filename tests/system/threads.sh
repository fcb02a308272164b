#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Threads that contend: no update of theirs and no count may be lost, in any of
# several runs.  threads.sh UPSET GUEST, where GUEST is guest_contended: four
# threads of 400 steps, each with six locked instructions and an xchg.
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
guest=$1

for detail in counts operands full full full; do
	study=$dir/$detail
	rm -f "$study"
	golden "$study" --engine qemu --detail $detail -- "$guest"
	expect "text printed" "$(cat "$study.out")" "$("$guest")"
	expect threads "$(value "$study" threads)" 5
	expect lost "$(value "$study" lost)" 0
	expect "executions of locked instructions" "$(sqlite3 "$study" "SELECT sum(executions)
		FROM instructions WHERE function = 'thread_main' AND text LIKE 'lock %'")" \
		$((4 * 400 * 6))
	expect "executions of xchg" "$(sqlite3 "$study" "SELECT sum(executions)
		FROM instructions WHERE function = 'thread_main' AND text LIKE 'xchg%'")" $((4 * 400))
	# pop and mov; 13 in each step; three and a system call at the end.
	expect "instructions of thread_main" "$(sqlite3 "$study" "SELECT sum(executions)
		FROM instructions WHERE function = 'thread_main'")" $((4 * (2 + 400 * 13 + 4)))
	expect "threads of one length" "$(sqlite3 "$study" \
		"SELECT count(DISTINCT instructions) FROM thread WHERE number > 0")" 1
	expect "instructions of all threads" \
		"$(sqlite3 "$study" 'SELECT sum(instructions) FROM thread')" \
		"$(value "$study" instructions)"
	[ $detail = counts ] && continue
	# The adds of 3 read the multiples of 3 below 4800, each once: half of them odd.
	"$upset" show "$study" operands --csv >"$dir/csv"
	address=$(sqlite3 "$study" "SELECT printf('0x%x', address) FROM instructions
		WHERE text LIKE 'lock xadd%'")
	expect "odd values read by lock xadd" \
		"$(awk -F'[,\"]' -v a="$address" '$2 == a && $4 == "memory" && $5 == "r" {
			split($0, part, ","); n = split(part[9], bit, " "); sub(/"/, "", bit[1])
			print bit[1] }' "$dir/csv")" 800
done
