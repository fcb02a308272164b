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
	skip "there is no emulator and a kernel: make QEMU_TARGETS=+x86_64-softmmu"
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
# What it says has times in it, and the place that the kernel chose by chance.
grep -q '^\[ *[0-9]*\.[0-9]\{6\}\] Kernel Offset: 0x' out || fail "no place of the kernel: $(cat out)"
"$upset" machine boot panics >again 2>/dev/null </dev/null && fail "a panic is no failure"
cmp out again || fail "it was something else the second time"
sed 's/^board .*/board nothing/' three/machine >changed
mv changed three/machine
refused 3 "unsupported machine type" boot three

# What the program reads and writes and how it ends; nothing of it is seen outside.
echo text >text
truncate -s 1M "a,disk"
printf DISK | dd of="a,disk" conv=notrunc status=none
cat >program.c <<'END'
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	char text[16] = "", begin[5] = "";
	int disk = open("/dev/vda", O_RDWR | O_SYNC);
	FILE *file = fopen("text", "r"), *written = fopen("written", "w");
	printf("%s %d\n", file && fgets(text, sizeof(text), file) ? "read" : "none", getchar());
	if (read(disk, begin, 4) == 4 && pwrite(disk, "GONE", 4, 0) == 4)
		puts(begin);
	fflush(stdout);
	fprintf(stderr, "%s from %s\n", argv[1], argv[0]);
	if (written)
		fclose(written);
	return argc;
}
END
cc -o ./called program.c
"$upset" machine new -o box --disk "a,disk" --add text -- ./called with more
status=0
"$upset" machine boot box >out 2>err </dev/null || status=$?
expect "exit status" "$status" 3
expect "what it wrote" "$(cat out)" "read -1
DISK
with from ./called"
expect "what upset said" "$(cat err)" ""
expect "what is on the disk afterwards" "$(head -c 4 "a,disk")" DISK
[ ! -e written ] || fail "a file of the machine's is outside"
