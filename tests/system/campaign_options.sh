#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What `upset campaign` refuses, and what it says: options and lists that make no
# sense, programs that are not there or that do not do the same each time.
# campaign_options.sh UPSET ANSWERS DIFFERS, of which the sources are in tiny/.
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
guest=$(realpath "$1") differs=$(realpath "$2")
cd "$dir"

# refused STATUS MESSAGE ARGUMENTS...: MESSAGE is a part of what is said.
refused()
{
	wanted=$1 message=$2
	shift 2
	status=0
	"$upset" campaign --quiet -o study "$@" >out 2>err </dev/null || status=$?
	expect "$*: status" "$status" "$wanted"
	grep -qF -e "$message" err || fail "$*: said: $(cat err)"
	expect "$*: messages" "$(wc -l <err)" 1
	expect "$*: output" "$(cat out)" ""
}

# --- the command line
refused 2 'which program?'
refused 2 "unknown option '--bogus'" --bogus -- "$guest"
refused 2 'no experiments' -n 0 -- "$guest"
refused 2 "not 'many'" -n many -- "$guest"
refused 2 'one of -n and --margin' -n 3 --margin 1% -- "$guest"
refused 2 '--margin 60%' --margin 60% -- "$guest"
refused 2 '--confidence 30%' --confidence 30% -- "$guest"
refused 2 "at 'all'" --locations gpr,all -- "$guest"
refused 2 "at 'skip'" --models flip,skip -- "$guest"
refused 2 '--jobs is between' -j 0 -- "$guest"
refused 2 "unknown engine 'paper'" --engine paper -- "$guest"
refused 2 "not '-1'" --seed -1 -- "$guest"
refused 2 '--detected-exit is between' --detected-exit 256 -- "$guest"
refused 2 'column 1: expected masked' --fail-if 'all > 1%' -- "$guest"
refused 2 "not 'few'" --controls few -- "$guest"
refused 2 '--controls is at most' --controls 1000001 -- "$guest"
refused 2 'needs controls' --controls 0 --fail-if 'control > 0' -- "$guest"
refused 2 'column 1: expected masked' --fail-if 'controls > 1%' -- "$guest"
refused 2 'column 5: expected <' --fail-if 'sdc = 1%' -- "$guest"
refused 2 'column 7: expected a share' --fail-if 'sdc > much' -- "$guest"
refused 2 'column 10: a share' --fail-if 'sdc > 101%' -- "$guest"
refused 2 'column 10: expected nothing' --fail-if 'sdc > 1% more' -- "$guest"
refused 2 'no function called nothing' -n 3 --functions nothing -- "$guest"
refused 3 "no program '/no/such'" -n 3 -- /no/such
refused 3 '/no/study' -o /no/study -n 3 -- "$guest"

# --- lists
list()
{
	printf '%s\n' '# a comment' '' "$1" >list
	shift
	refused "$@" --faults list -- "$guest"
}
list 'flip:64 rax @ insn=1' 2 'list:3:6: '
list 'flip:1 rax insn=1' 2 'list:3:12: '
list 'flip:1 rax @ insn=1 for' 2 'list:3:'
list 'flip:1 rax @ pc=nowhere' 2 "no symbol 'nowhere'"
list 'flip:1 mem[nowhere+8] @ pc=_start' 2 "list:3: $guest has no symbol 'nowhere'"
list "$(yes 'skip @ insn=1;' | head -n 64 | tr -d '\n') skip @ insn=1" 2 'list:3: engine qemu takes'
list '# nothing' 2 'no faults in list'
# All mistakes at once, those in modules when it is known which files they are; and nothing is made.
printf '%s\n' 'flip:1 rax @ insn=1' 'flip:1 rax insn=2' 'skip @ pc=here' 'flip:1 rax @ insn=3' \
	'stuck0:0 mem[there] @ insn=1' >list
refused 2 "list:2:12: '@' is missing between location and trigger; \
list:3: $guest has no symbol 'here'; list:5: $guest has no symbol 'there'" --faults list -- "$guest"
printf '%s\n' 'flip:1 rax @ insn=1' 'flip:1 rax @ pc=libc.so.6!nothing' \
	'flip:1 rax @ pc=libnone.so!0x10' 'flip:1 rax @ pc=libc.so.6!exit' \
	'flip:1 mem[libc.so.6!nobody] @ insn=2' >list
refused 2 "list:2: " --faults list -- /bin/echo
grep -q "list:2: [^;]*libc.so.6 has no symbol 'nothing'; list:3: the program maps no file called \
'libnone.so'; list:5: [^;]*libc.so.6 has no symbol 'nobody'\$" err || fail "modules: $(cat err)"
[ ! -e study ] || fail "a study was made of a list with mistakes"
refused 3 'list of faults other: No such file' --faults other -- "$guest"
printf '%s\n' 'flip:1 rax @ pc=_start thread=any' 'flip:1 rax @ insn=1' >list
refused 2 'list:1: engine native waits in one thread' --engine native --faults list -- "$guest"
refused 2 'not sampled' --faults list -n 3 -- "$guest"

# --- the check: it must run, and take the result without faults for right
refused 2 "cannot be run, exit status 127: sh: 1: /no/check: not found" --check /no/check -n 3 -- "$guest"
refused 2 "cannot be run, exit status 126" --check ./list -n 3 -- "$guest"
# shellcheck disable=SC2016
refused 2 "is killed by signal 11" --check 'kill -SEGV $$' -n 3 -- "$guest"
refused 2 "refuses it, exit status 1; " --check false -n 3 -- "$guest"
refused 2 "refuses it, exit status 4: no" --check 'echo oh >&2; echo no >&2; exit 4' -f list -- "$guest"
[ ! -e study ] || fail "a study was made with a check that cannot be"
status=0
"$upset" inject -f 'flip:1 rax @ insn=1' --check /no/check -- "$guest" >out 2>err || status=$?
expect "inject --check: status" "$status" 2
grep -q 'cannot be run, exit status 127' err || fail "inject --check: $(cat err)"

# --- runs that differ: the same under QEMU, refused on the processor
makes()
{
	"$upset" campaign --quiet -o study -n 3 "$@" >out 2>&1 </dev/null || fail "$*: $(cat out)"
}
# shellcheck disable=SC2016 # it is the program's shell that knows it
makes -- sh -c 'echo $$'
makes -- date +%N
# shellcheck disable=SC2016
! command -v bash >/dev/null || makes -- bash -c 'echo $RANDOM'
"$upset" campaign --quiet --engine native -o probe -n 1 -- "$guest" >out 2>&1 || exit 0
refused 3 'standard output, from byte' --engine native -n 3 -- "$differs"
refused 3 '--ignore-stdout' --engine native -n 3 -- "$differs"
makes --engine native --ignore-stdout -- "$differs"
refused 3 'standard error, from byte' --engine native -n 3 --ignore-stdout -- "$differs" 2
makes --engine native --ignore-stderr -- "$differs" 2
refused 3 'differ: the files that it writes' --engine native -n 3 -- "$differs" file
makes --engine native --ignore-files -- "$differs" file
# shellcheck disable=SC2016
refused 3 'the command of --check does not take for right' --engine native -n 3 \
	--check 'cmp -s "$UPSET_STDOUT" "$UPSET_GOLDEN_STDOUT"' -- "$differs"
# Right is what lies near: two numbers of the same length.
# shellcheck disable=SC2016
makes --engine native --check 'test $(wc -c <$UPSET_STDOUT) = $(wc -c <$UPSET_GOLDEN_STDOUT)' -- \
	"$differs"

# --- gates
# holds STATUS CONDITION
holds()
{
	status=0
	"$upset" campaign --quiet -o gates -n 60 --fail-if "$2" -- "$guest" >out 2>err || status=$?
	expect "--fail-if '$2'" "$status" "$1"
	expect "--fail-if '$2' says" "$(cat err)" "$([ "$1" = 0 ] || echo "upset: it holds that $2")"
}
holds 1 'masked > 1%'
holds 0 'masked < 1%'
holds 1 ' masked>=0.01 '
holds 0 'due >= 99%'
holds 1 'sdc <= 99 %'

# --- progress
"$upset" campaign --json-progress -o progress -n 100 -- "$guest" >out 2>err || fail "$(cat err)"
grep '^{' err >lines
grep -v '^{' err >said
[ -s lines ] || fail "no progress: $(cat err)"
python3 -c 'import json
for line in open("lines"):
    json.loads(line)' 2>err || fail "progress: $(cat err lines)"
grep -q '"made":100,' lines || fail "the last is not told of: $(cat lines)"
expect 'what else is said' "$(cat said)" 'upset: campaign 1 is in progress'

# --- threads: not in copies, which is said
cat >threads.c <<'C'
#include <pthread.h>
#include <stdio.h>
static void *work(void *context) { return context; }
int main(void)
{
	pthread_t thread;
	pthread_create(&thread, NULL, work, NULL);
	pthread_join(thread, NULL);
	return puts("done") < 0;
}
C
cc -O1 -o threads threads.c -pthread
"$upset" campaign -o threads.upset -n 10 -- ./threads >out 2>err || fail "threads: $(cat err)"
grep -q '10 in processes of their own' out || fail "threads: $(cat out)"
grep -q 'not all in copies: the program has threads' out || fail "threads: $(cat out)"
