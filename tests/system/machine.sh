#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Machines are booted: what the program writes and how it ends come out, and nothing else; one that
# does not boot is told with what it said at last.
# Argument: the command.
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/system/machine_lib.sh
. "$(dirname "$0")/machine_lib.sh"
need cc
"$upset" doctor | grep -qx 'machines for x86_64: usable' ||
	skip "there is no emulator and a kernel: make QEMU_TARGETS=\"x86_64 x86_64-softmmu\""
"$upset" doctor | grep -q '^sandbox: experiments can be kept apart' || skip "no sandbox is possible"

# What is left of the kernel does not unpack: the processor is reset.
"$upset" machine new -o three -- /bin/true
truncate -s 3000000 three/kernel
refused 3 "the machine ended before its program did; it had said nothing" boot three
# One that finds no first process.
"$upset" machine new -o panics --append "console=ttyS0 quiet panic=-1 rdinit=/nowhere" -- /bin/true
"$upset" machine boot panics >out 2>err </dev/null && fail "a panic is no failure"
grep -q "^upset: the machine ended before its program did; it had said: Kernel panic - not syncing: " err ||
	fail "nothing of the panic: $(cat err)"
grep -q "Kernel panic" out || fail "the panic was not passed on"
sed 's/^board .*/board nothing/' three/machine >changed
mv changed three/machine
refused 3 "unsupported machine type" boot three

# A disk is there as it is here, and stays so.
truncate -s 1M "a,disk"
printf DISK | dd of="a,disk" conv=notrunc status=none
cat >disk.c <<'END'
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
int main(void)
{
	char begin[5] = "";
	int fd = open("/dev/vda", O_RDWR | O_SYNC);
	if (read(fd, begin, 4) != 4 || pwrite(fd, "GONE", 4, 0) != 4)
		return 1;
	puts(begin);
	return 0;
}
END
cc -o reads disk.c
"$upset" machine new -o disk --disk "a,disk" -- ./reads
status=0
"$upset" machine boot disk >out 2>err </dev/null || status=$?
expect "exit status with a disk" "$status" 0
expect "what is on the disk" "$(cat out)" DISK
expect "what is on the disk afterwards" "$(head -c 4 "a,disk")" DISK

# What the program writes and how it ends; nothing of it is seen outside.
echo text >text
cat >program.c <<'END'
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	char text[16] = "";
	FILE *file = fopen("text", "r"), *written = fopen("written", "w");
	printf("%s %d\n", file && fgets(text, sizeof(text), file) ? "read" : "none", getchar());
	fprintf(stderr, "%s from %s\n", argv[1], argv[0]);
	if (written)
		fclose(written);
	fflush(stdout);
	if (!strcmp(argv[1], "crash"))
		raise(SIGSEGV);
	return argc;
}
END
cc -o ./called program.c
"$upset" machine new -o box --add text -- ./called with more
status=0
"$upset" machine boot box >out 2>err </dev/null || status=$?
expect "exit status" "$status" 3
expect "what it wrote" "$(cat out)" "read -1
with from ./called"
expect "what upset said" "$(cat err)" ""
[ ! -e written ] || fail "a file of the machine's is outside"
"$upset" machine boot box >again </dev/null || true
cmp out again || fail "it wrote something else the second time"
