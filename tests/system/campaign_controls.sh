#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Controls: equal for a program that does the same each time, in copies and afresh, and the same
# ones whichever way and however often a campaign is begun; different, and told so, for programs
# that do not.  And what a campaign without results says.
# campaign_controls.sh UPSET ANSWERS, of which the source is in tiny/.
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
guest=$(realpath "$1")
cd "$dir"

campaign()
{
	status=0
	"$upset" campaign "$@" >out 2>err </dev/null || status=$?
}

# controls STUDY COLUMNS: of each control.
controls()
{
	sqlite3 "$1" "SELECT $2 FROM controls ORDER BY control"
}

# --- a program that does the same each time
campaign -n 40 -o same -- "$guest"
expect 'status' "$status" 0
grep -qx '10 controls without a fault, 10 equal to the golden run' out || fail "said: $(cat out)"
! grep -q warning out || fail "warned: $(cat out)"
expect 'results and ways' "$(controls same 'result, way' | sort -u)" 'equal|carried'
expect 'models' "$(controls same 'substr(fault, 1, 5)' | sort -u)" 'none '
expect 'differences' "$(controls same difference | sort -u)" ''
expect 'instructions' "$(controls same instructions | sort -u)" \
	"$(sqlite3 same 'SELECT golden_instructions FROM campaign')"
expect 'experiments' "$(sqlite3 same 'SELECT made, controls, controls_different FROM campaigns')" \
	'40|10|0'
expect 'in outcomes' "$(sqlite3 same 'SELECT sum(experiments) FROM outcomes')" 40
expect 'models of experiments' "$(sqlite3 same 'SELECT DISTINCT model FROM experiments')" flip

campaign -n 40 --fresh -o fresh -- "$guest"
expect 'ways of others' "$(controls fresh way | sort -u)" fresh
controls same 'control, fault, result, status, insn, instructions' >same.rows
controls fresh 'control, fault, result, status, insn, instructions' >fresh.rows
cmp same.rows fresh.rows || fail "other controls: $(diff same.rows fresh.rows | head -4)"

# Asked for later, those that are missing are made; the first are the same.
campaign -n 40 --controls 0 -o later -- "$guest"
expect 'none asked for' "$(controls later control)" ''
! grep -q control out || fail "told of none: $(cat out)"
campaign -n 40 --controls 4 -o later -- "$guest"
campaign -n 40 --controls 10 -o later -- "$guest"
grep -q '^10 controls without a fault, 10 equal' out || fail "said: $(cat out)"
controls later 'control, fault, result, status, insn, instructions' >later.rows
cmp same.rows later.rows || fail "made later: $(diff same.rows later.rows | head -4)"
expect 'one campaign' "$(sqlite3 later 'SELECT id, planned FROM campaign')" '1|40'
"$upset" show same controls --csv >shown
expect 'shown' "$(sed 1d shown | grep -c ',equal,')" 10

# Of a list they have its places.
printf 'skip @ insn=1\nflip:1 rax @ insn=2; set:7 rbx @ insn=3\nflip:1 rax @ insn=99999\n' >list
campaign -f list -o list.upset -- "$guest"
controls list.upset fault | sort -u >places
printf '%s\n' 'none rax @ insn=2; none rbx @ insn=3' 'none rax @ insn=99999' 'none rip @ insn=1' \
	>wanted
cmp wanted places || fail "places of a list: $(cat places)"
expect 'of a list' "$(controls list.upset "result || ' ' || (fault LIKE '%99999')" | sort -u)" \
	"$(printf 'equal 0\nnot-reached 1')"
grep -q 'equal to the golden run, .* at places that did not come$' out || fail "said: $(cat out)"

# --- programs that do not do the same each time
# The sixth run and those after it write something else.
cat >late.c <<'C'
#include <stdio.h>
int main(void)
{
	FILE *runs = fopen("runs", "a");
	fputc('.', runs);
	puts(ftell(runs) < 6 ? "early" : "later");
	return 0;
}
C
cc -O1 -o late late.c
campaign --no-sandbox -j 1 -n 20 -o late.upset -- ./late
expect 'status of a warning' "$status" 0
grep -q '^warning: [1-9][0-9]* of 10 controls, which have no fault, are not equal to the golden run: standard output, from byte 0 on$' out ||
	fail "did not warn: $(cat out)"
"$upset" report late.upset -o late.html >report.out 2>&1 || fail "report: $(cat report.out)"
grep -q '"controls":{"rows":10,.*"standard output, from byte 0 on"' late.html ||
	fail "the page does not have the difference"
# Beside the shares: behind the last of them.
expect 'where' "$(sed '/^20 of 20 experiments/,$d' out | grep -c '^warning: .* controls')" 1
expect 'differences' "$(controls late.upset difference | sort -u | grep .)" \
	'standard output, from byte 0 on'
rm runs
campaign --no-sandbox -q -j 1 -n 20 -o late.upset --fail-if 'control > 0' -- ./late
expect 'status of a gate' "$status" 1
expect 'said by a gate' "$(cat err)" 'upset: it holds that control > 0'
campaign -q -n 40 -o same --fail-if 'control > 0' -- "$guest"
expect 'a gate for equal controls' "$status" 0

# Its number of descriptors is another one in a copy, or there are no copies.
cat >descriptors.c <<'C'
#include <dirent.h>
#include <stdio.h>
int main(void)
{
	DIR *folder = opendir("/proc/self/fd");
	int n = 0;
	while (readdir(folder) != NULL)
		n++;
	return printf("%d descriptors\n", n) < 0;
}
C
cc -O1 -o descriptors descriptors.c
campaign -n 30 -o descriptors.upset -- ./descriptors
grep -q '^10 controls without a fault, 10 equal' out || fail "copies differ: $(cat out)"
grep -q '^30 in copies' out ||
	grep -q '^not all in copies: a copy without a fault differs from the golden run: ' out ||
	fail "why there are no copies: $(cat out)"

# The processor's own counter: true of one run in eight.
cat >counter.c <<'C'
#include <stdio.h>
#include <x86intrin.h>
int main(void) { return puts(__rdtsc() / 1000 % 8 == 0 ? "now" : "not now") < 0; }
C
cc -O1 -o counter counter.c
for _ in $(seq 20); do
	campaign --engine native -n 1 --controls 100 -o counter.upset -- ./counter
	grep -q 'two runs without faults differ' err || break
done
if [ -s out ]; then
	grep -q '^warning: [1-9][0-9]* of 100 controls' out || fail "counter: $(cat out)"
fi

# --- without results
printf 'flip:1 rax @ insn=99999\nflip:1 mem[0x10] @ insn=1\nflip:1 mem[0x10] @ insn=2\n' >never
campaign --controls 0 -f never -o never.upset -- "$guest"
expect 'status without results' "$status" 3
grep -qF 'no experiment has a result: 3 of 3 faults were not injected (2 impossible: there is nothing to read at 0x10, 1 not-reached)' err ||
	fail "without results: $(cat err)"
! grep -q 'to go on' err || fail "there is nothing to go on with: $(cat err)"
printf 'flip:1 rax @ insn=1\n' >>never
campaign -f never -o third.upset -- "$guest"
expect 'status with a result' "$status" 0
grep -q '^warning: 3 of 4 faults were not injected and are in no share: 2 impossible: there is' out ||
	fail "few results: $(cat out)"
printf 'flip:1 rax @ insn=%d\n' 2 3 4 5 6 >>never
campaign -f never -o few.upset -- "$guest"
grep -q '^warning: 3 of 9 faults' out || fail "a third: $(cat out)"
printf 'flip:1 rax @ insn=7\n' >>never
campaign -f never -o more.upset -- "$guest"
! grep -q '^warning' out || fail "less than a third: $(cat out)"
"$upset" show third.upset not_injected --csv >shown
expect 'reasons shown' "$(sed 1d shown | tr -d '\r' | cut -d, -f1,3 | sort | tr '\n' ' ')" \
	'impossible,2 not-reached,1 '
