#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# How runs without faults end, and what is said of it: programs that the emulator does not
# know, that reach a limit, that end by a signal or with a status of their own; and those
# that reserve much or write much, which must not be kept from it.
# golden_ends.sh UPSET
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$dir"

# A harmless fault: the register is written before it is read, or never used.
echo 'flip:3 r15 @ insn=0' >list

build()
{
	name=$1
	shift
	cc -O1 -o "$name" "$@"
}

# campaign STATUS PROGRAM OPTIONS...: one experiment of it; says what is in out and err.
campaign()
{
	wanted=$1 program=$2
	shift 2
	rm -f study
	status=0
	"$upset" campaign -o study --faults list "$@" -- "./$program" >out 2>err </dev/null || status=$?
	expect "campaign of $program $*: $(cat err): status" "$status" "$wanted"
	[ "$wanted" = 0 ] || [ ! -e study ] || fail "campaign of $program: a study is left"
}

# said TEXT: in what was said.
said()
{
	cat out err | grep -q -F -e "$1" || fail "$program: not '$1' in: $(cat out err)"
}

not_said()
{
	! cat out err | grep -q -F -e "$1" || fail "$program: '$1' in: $(cat out err)"
}

outcome()
{
	sqlite3 study 'SELECT outcome, "end", status FROM experiments'
}

# --- an instruction that the emulator does not have
cat >missing.S <<'S'
	.globl _start
_start:	xor %ebx, %ebx
	vpaddd %zmm1, %zmm3, %zmm2
	mov $60, %eax
	xor %edi, %edi
	syscall
S
build missing -nostdlib -static -no-pie -Wl,-Ttext=0x401000 missing.S
text="engine qemu does not have the instruction 'vpaddd zmm2, zmm3, zmm1', which came at 0x401002"
"$upset" golden -o golden.upset -- ./missing >out 2>err
grep -q 'killed by signal 4 (SIGILL)' err || fail "golden: $(cat err)"
grep -q -F "upset: $text; build it without" err || fail "golden: $(cat err)"
expect 'the study' "$(value golden.upset end_reason)" "$text"
"$upset" show golden.upset >out
grep -q -F "because        $text" out || grep -q -F "$text" out || fail "show: $(cat out)"
"$upset" report golden.upset -o page.html >out 2>err || fail "report: $(cat err)"
grep -q 'vpaddd zmm2, zmm3, zmm1' page.html || fail "the page does not tell how the run ended"
"$upset" inject -f "$(cat list)" -- ./missing >out
[ "$(grep -c -F "          $text" out)" = 2 ] || fail "inject: $(cat out)"
campaign 3 missing
said "without faults the program ends by signal 4 (SIGILL): $text; build it without"
campaign 0 missing --golden-ends 'signal ILL'
expect 'missing, as it is meant' "$(outcome)" 'masked|signaled|4'
said "without faults: killed by signal 4 (SIGILL): $text"
expect 'campaign in the study' "$(sqlite3 study 'SELECT golden_reason FROM campaigns')" "$text"
"$upset" replay study 0 >out 2>err || fail "replay: $(cat out err)"

# --- one that nobody has
cat >trap.c <<'C'
int main(void) { __builtin_trap(); }
C
build trap trap.c
campaign 3 trap
said "ends by signal 4 (SIGILL); if it is meant to, say --golden-ends 'signal 4'"
not_said 'does not have'
# One that is sent.
cat >sent.c <<'C'
#include <signal.h>
int main(void) { return raise(SIGILL); }
C
build sent sent.c
campaign 3 sent
not_said 'does not have'

# --- ends of the program's own
cat >ends.c <<'C'
#include <stdio.h>
int main(void) { puts("done"); return 3; }
C
build ends ends.c
campaign 0 ends
said 'without faults: exit status 3'
campaign 0 ends --golden-ends 'exit 3'
expect 'exit 3' "$(outcome)" 'masked|exited|3'
campaign 3 ends --golden-ends 'exit 0'
said "ends with exit status 3, not with 'exit 0'"
campaign 3 ends --golden-ends 'signal 11'
for wrong in 'exit' 'exit 256' 'exit x' 'signal 0' 'signal NONE' 'signal' 11 ''; do
	campaign 2 ends --golden-ends "$wrong"
	said 'is no end of a program'
done
cat >segv.c <<'C'
int main(void) { return *(volatile int *)8; }
C
build segv segv.c
campaign 3 segv
said "ends by signal 11 (SIGSEGV); if it is meant to, say --golden-ends 'signal 11'"
campaign 0 segv --golden-ends 'signal SEGV'
expect 'signal SEGV' "$(outcome)" 'masked|signaled|11'
campaign 0 segv --golden-ends 'signal SIGSEGV'
campaign 0 segv --golden-ends 'signal 11'

"$upset" doctor | grep -q '^sandbox: experiments can be kept apart' || skip "no sandbox is possible here"

# --- files: more than the 64 MiB that experiments get at least, and gone in the end
cat >writes.c <<'C'
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
static char piece[1 << 20];
int main(void)
{
	int file = open("much", O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
	long all = 0;
	for (int i = 0; i < 70; i++)
		all += write(file, piece, sizeof(piece));
	printf("%ld\n", all);
	return unlink("much");
}
C
build writes writes.c
campaign 0 writes
expect 'writes' "$(outcome)" 'masked|exited|0'
expect 'what it writes' "$(sqlite3 study 'SELECT stdout_bytes FROM campaigns')" 9
campaign 3 writes --limit-file 1M
said 'by signal 25 (SIGXFSZ): it wrote more to a file than its limit of 1 MiB; --limit-file allows more'

# --- memory: what is touched counts, not what is reserved
cat >reserves.c <<'C'
#include <stdio.h>
#include <sys/mman.h>
int main(void)
{
	const size_t much = (size_t)1 << 40;
	char *none = mmap(NULL, much, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *rest = mmap(NULL, much, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (none == MAP_FAILED || rest == MAP_FAILED)
		return 9;
	rest[much / 2] = 1;
	return puts("reserved") < 0;
}
C
build reserves reserves.c
if ./reserves >/dev/null; then
	campaign 0 reserves
	expect 'reserves' "$(outcome)" 'masked|exited|0'
	said 'without faults: exit status 0'
	said '1 in copies'
	campaign 0 reserves --fresh --limit-memory 1G
	expect 'reserves, with a limit' "$(outcome)" 'masked|exited|0'
else
	echo "golden_ends: this machine reserves no terabyte" >&2
fi
cat >touches.c <<'C'
#include <stdio.h>
#include <stdlib.h>
int main(void)
{
	const size_t much = (size_t)400 << 20;
	volatile char *memory = malloc(much);
	if (memory == NULL)
		return 9;
	for (size_t i = 0; i < much; i += 4096)
		memory[i] = 1;
	/* It is looked at now and then. */
	for (volatile unsigned long i = 0; i < 100000000; i++)
		;
	return memory[much / 2] != 1 || puts("touched") < 0;
}
C
build touches touches.c
campaign 3 touches --limit-memory 200M
said 'by signal 9 (SIGKILL): it used more memory than its limit of 200 MiB; --limit-memory allows more'
echo 'int main(void) { return 0; }' >asan.c
if cc -fsanitize=address -o asan asan.c 2>err && ./asan 2>err; then
	campaign 0 asan --env ASAN_OPTIONS=detect_leaks=0
	expect 'with the address sanitizer' "$(outcome)" 'masked|exited|0'
else
	echo "golden_ends: no address sanitizer here" >&2
fi

# --- processor time, processes
echo 'int main(void) { for (volatile long i = 0; i < 20000000000; i++) ; return 0; }' >works.c
build works works.c
campaign 3 works --limit-cpu 1
said 'it took more processor time than its limit of 1 seconds; --limit-cpu allows more'
cat >forks.c <<'C'
#include <unistd.h>
int main(void)
{
	for (int i = 0; i < 20; i++) {
		pid_t child = fork();
		if (child < 0)
			return 7;
		if (child == 0)
			return (int)sleep(2);
	}
	return (int)sleep(2);
}
C
build forks forks.c
if [ "$(id -u)" = 0 ]; then
	campaign 3 forks --limit-processes 5
	said 'it had more processes and threads than its limit of 5; --limit-processes allows more'
fi

# --- the command line
for wrong in 0 many -1 1X 99999999999T; do
	campaign 2 ends --limit-memory "$wrong"
	said '--limit-memory takes a number from 1, such as 64M'
done
campaign 2 ends --limit-cpu 1M
campaign 2 ends --no-sandbox --limit-cpu 1
said 'without a sandbox there are no limits'
# Limits are a part of the campaign, which says what they were.
campaign 0 ends --limit-memory 1G --limit-cpu 9
sqlite3 study 'SELECT options FROM campaign' >out
grep -q -e '--limit-memory 1073741824 --limit-cpu 9' out || fail "options: $(cat out)"
"$upset" replay study 0 >out 2>err || fail "replay: $(cat out err)"
