#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Which instructions of a run are sampled: --functions, --modules, --lines and --exclude, by a
# program of which it is known how often each instruction is executed.
# campaign_select.sh UPSET
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$dir"

# Functions named as compilers name what they make of multiply(), and others that begin so.
cat >clones.S <<'S'
	.globl _start
	.type _start, @function
_start:
	mov $3, %ebx
1:	call multiply.constprop.0
	call multiplying
	dec %ebx
	jnz 1b
	call multiply.part.0
	call multiply.cold
	call multiply.other
	call helper
	mov $60, %eax
	xor %edi, %edi
	syscall
	.size _start, . - _start
	.macro function name, nops
	.type \name, @function
\name:	.fill \nops, 1, 0x90
	ret
	.size \name, . - \name
	.endm
	function multiply.constprop.0, 4
	function multiplying, 1
	function multiply.part.0, 2
	function multiply.cold, 0
	function multiply.other, 6
	function helper, 2
	function unused, 0
	.section .note.GNU-stack, "", @progbits
S
cc -g -nostdlib -static -no-pie -o clones clones.S

# selects INSTRUCTIONS FUNCTIONS OPTIONS...: of how many executions of instructions faults are
# sampled, each in 1024 bits of general registers, and in which functions.
selects()
{
	instructions=$1 functions=$2
	shift 2
	rm -f study
	"$upset" campaign -n 60 -o study "$@" -- ./clones >out 2>err || fail "$*: $(cat err)"
	expect "$*: faults in all" "$(sqlite3 study 'SELECT population FROM campaigns')" \
		$((instructions * 1024))
	expect "$*: functions" "$(sqlite3 study \
		'SELECT group_concat(function, " ") FROM
			(SELECT DISTINCT function FROM experiments ORDER BY 1)')" "$functions"
}

# says TEXT: in the summary.
says()
{
	grep -qxF -e "$1" out || fail "the summary has no line '$1': $(cat out)"
}

# refused MESSAGE OPTIONS...
refused()
{
	message=$1
	shift
	status=0
	rm -f study
	"$upset" campaign -q -n 60 -o study "$@" -- "${program:-./clones}" >out 2>err || status=$?
	expect "$*: status" "$status" 2
	grep -qF -e "$message" err || fail "$*: said: $(cat err)"
}

all='_start helper multiply.cold multiply.constprop.0 multiply.other multiply.part.0 multiplying'
made='multiply.cold multiply.constprop.0 multiply.part.0'

# --- functions, and what was made of them
"$upset" campaign -n 60 -o all -- ./clones >out 2>err || fail "all: $(cat err)"
expect 'all' "$(sqlite3 all 'SELECT population FROM campaigns')" $((55 * 1024))
! grep -q '^sampled\|--modules' out || fail "all: $(cat out)"
expect 'all, in the study' "$(sqlite3 all 'SELECT selection IS NULL FROM campaigns')" 1
selects 19 "$made" --functions multiply
says "sampled 19 of 55 instructions (34.55 %): functions multiply.constprop.0, multiply.part.0, \
multiply.cold"
selects 22 "helper $made" --functions helper --functions multiply
selects 1 multiply.cold --functions multiply.cold
selects 6 multiplying --functions clones!multiplying
selects 7 multiply.other --functions 'program!multiply.other'

# --- files and lines
selects 55 "$all" --modules program
expect 'selection in the study' "$(sqlite3 study 'SELECT selection FROM campaigns')" \
	"modules $dir/clones"
says "sampled 55 of 55 instructions (100.00 %): modules $dir/clones"
selects 55 "$all" --modules clones
selects 55 "$all" --modules "$dir/clones"
selects 13 _start --lines clones.S:4-8
selects 4 _start --lines clones.S:7,clones.S:4
says "sampled 4 of 55 instructions (7.27 %): lines $dir/clones.S:4, $dir/clones.S:7"
selects 6 _start --functions _start --lines clones.S:7-8 --exclude clones!helper
refused 'nothing of clones.S:3, the nearest line that it executes is 4' --lines clones.S:4,clones.S:3

# --- what is left out
selects 36 '_start helper multiply.other multiplying' --exclude multiply
says "sampled 36 of 55 instructions (65.45 %): without multiply.constprop.0, multiply.part.0, \
multiply.cold"
selects 16 "multiply.cold multiply.constprop.0" --functions multiply --exclude multiply.part.0,helper
refused '--exclude leaves nothing' --exclude program
cp clones helper
program=./helper refused 'helper is a function and a file' --exclude helper
program=./helper refused '--exclude leaves nothing' --exclude "$dir/helper"

# --- names that are of nothing: all of them are told, and nothing is made
refused "executes no function called helpre, did you mean 'helper'?" --functions multiply,helpre
refused 'has a function called unused, but does not execute it' --functions helper,unused
refused "called mult, did you mean 'multiplying', 'multiply.cold', 'multiply.other'?; \
the program executes nothing of a file called libc.so.6; \
the program executes nothing of a source file clone.S, did you mean 'clones.S'?; \
the program executes no function and nothing of a file called nothing" \
	--functions mult --modules libc.so.6 --lines clone.S:1-9 --exclude nothing
refused 'of --functions helper nothing is left by the other options; of --lines' \
	--functions helper --lines clones.S:4-8
refused '--functions has an empty name' --functions multiply,
refused "--lines, at 'clones.S'" --lines clones.S
refused "--lines, at 'clones.S:9-8'" --lines clones.S:9-8
refused "--lines, at ':3'" --lines :3
refused "at '!main'" --exclude '!main'
[ ! -e study ] || fail 'a study was made for a name that is of nothing'
echo 'flip:0 rax @ insn=1' >list
status=0
"$upset" campaign -q -o study --faults list --modules program -- ./clones 2>err || status=$?
expect 'a list of faults with --modules' "$status" 2

# --- which campaign it is: the same goes on, other names are another one
options='-q -n 60 -o study --functions multiply --exclude multiply.cold'
# shellcheck disable=SC2086 # they are several
"$upset" campaign $options -- ./clones 2>err || fail "$(cat err)"
rows study >whole
expect 'options' "$(sqlite3 study "SELECT options LIKE '% --functions ''multiply'' --exclude \
''multiply.cold''%' FROM campaigns")" 1
sqlite3 study 'DELETE FROM injection WHERE experiment % 3 = 0; DELETE FROM experiment WHERE number % 3 = 0'
# shellcheck disable=SC2086
"$upset" campaign $options -- ./clones 2>err || fail "$(cat err)"
rows study >resumed
cmp whole resumed || fail 'a campaign that goes on makes other experiments'
expect 'campaigns' "$(sqlite3 study 'SELECT count(*) FROM campaigns')" 1
for names in '--functions multiply' '--modules program' '--lines clones.S:4' '--exclude multiply'; do
	# shellcheck disable=SC2086
	"$upset" campaign -q -n 60 -o study $names -- ./clones 2>err || fail "$names: $(cat err)"
done
expect 'campaigns' "$(sqlite3 study 'SELECT count(*) FROM campaigns')" 5

# --- a program that is linked with the C library: most of what is executed is not its own
cat >linked.c <<'C'
#include <stdio.h>
int main(void)
{
	return puts("linked") < 0;
}
C
cc -g -O1 -o linked linked.c
"$upset" campaign -n 200 -o linked.upset -- ./linked >out 2>err || fail "$(cat err)"
foreign=$(sqlite3 linked.upset "SELECT count(*) FROM experiments WHERE module <> '$dir/linked'")
[ "$foreign" -gt 100 ] || fail "only $foreign of 200 faults are in libraries"
says "$foreign of 200 faults are in the dynamic linker or the C library; --modules program samples \
the program's own file only"
"$upset" campaign -n 50 -o linked.upset --modules program -- ./linked >out 2>err || fail "$(cat err)"
! grep -q 'dynamic linker' out || fail "$(cat out)"
expect 'its own file: faults in all' "$(sqlite3 linked.upset \
	'SELECT population FROM campaigns ORDER BY campaign DESC LIMIT 1')" "$(sqlite3 linked.upset \
	"SELECT 1024 * sum(executions) FROM instructions
		WHERE run = (SELECT max(run) FROM runs) AND module = '$dir/linked'")"
expect 'its own file: modules' "$(sqlite3 linked.upset \
	"SELECT group_concat(DISTINCT module) FROM experiments WHERE campaign = 2")" "$dir/linked"
"$upset" campaign -n 50 -o linked.upset --modules libc.so.6 --functions main,puts -- ./linked >out 2>err &&
	fail 'main is in no library'
grep -qF 'of --functions main nothing is left' err || fail "$(cat err)"
