#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every fault of a small program, and a sample of them: the shares of all are
# where the sample says that they are.
# campaign_exhaustive.sh UPSET FEW INSTRUCTIONS EXPERIMENTS [OPTION...], of FEW the source is in
# tiny/; the faults are those before its INSTRUCTIONS, to which OPTIONs restrict the sample.
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
guest=$(realpath "$1") confidence=99.9% instructions=$2 experiments=$3
shift 3
cd "$dir"

# Each bit of each register before each instruction.
awk -v instructions="$instructions" 'BEGIN {
	split("rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15", names)
	n = split(instructions, insns)
	for (i = 1; i <= n; i++)
		for (r = 1; r <= 16; r++)
			for (bit = 0; bit < 64; bit++)
				print "flip:" bit " " names[r] " @ insn=" insns[i]
}' >all
campaign()
{
	study=$1
	shift
	"$upset" campaign --confidence $confidence -o "$study" "$@" -- "$guest" >out 2>&1 ||
		fail "$study: $(cat out)"
}
campaign exhaustive --faults all
campaign sample -n "$experiments" --seed 5 "$@"
expect 'faults' "$(sqlite3 exhaustive 'SELECT count(*) FROM experiments')" \
	"$(sqlite3 sample 'SELECT population FROM campaign')"
expect 'faults of the list' "$(wc -l <all)" "$(($(echo "$instructions" | wc -w) * 16 * 64))"
# Of the lines "OUTCOME COUNT SHARE % LOW .. HIGH %" of the sample.
grep -q '99.9 %' out || fail "confidence: $(cat out)"
for outcome in masked sdc due; do
	share=$(sqlite3 exhaustive "SELECT 100 * avg(outcome = '$outcome') FROM experiments
		WHERE outcome IN ('masked', 'sdc', 'due')")
	awk -v outcome=$outcome -v share="$share" '$1 == outcome {
		found = share > 0 && $5 - 0.01 <= share && share <= $7 + 0.01 }
		END { exit !found }' out || fail "$outcome: $share % of all; of the sample: $(cat out)"
done
# A list in copies is as one in processes of their own, causes and all.
awk 'NR % 127 == 0' all >some
campaign copies --faults some
campaign fresh --fresh --faults some
rows copies >copies.rows
rows fresh >fresh.rows
cmp copies.rows fresh.rows || fail "$(diff copies.rows fresh.rows | head -4)"
