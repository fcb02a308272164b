#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# upset doctor --selftest: what it prints, and that nothing stays behind.
# Argument: the command.
set -u
upset=$(realpath "$1")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/tmp"
export TMPDIR="$folder/tmp"
cd "$folder" || exit 1

fail()
{
	echo "FAILED: $*"
	cat out
	exit 1
}

is_clean()
{
	[ -z "$(ls -A tmp)" ] || fail "$1: left behind: $(ls -A tmp)"
}

"$upset" doctor >out 2>&1
status=$?
[ "$status" = 0 ] || { echo "no engine is usable"; exit 77; }

# Engine native runs programs for i386 where the kernel does, and says which of both.
grep -Eq '^native for i386: (ptrace single step, |not usable: .)' out || fail "nothing of native for i386"

# A line for each instruction set.
grep -q '^programs for x86-64: ' out || fail "nothing of x86-64"
UPSET_QEMU_aarch64=/nowhere UPSET_QEMU_riscv64=/nowhere UPSET_QEMU_i386=/bin/true "$upset" doctor >out 2>&1
for line in 'aarch64: no QEMU; make QEMU_TARGETS=+aarch64 builds one' 'riscv64: no QEMU; make QEMU_TARGETS=+riscv64 builds one' 'i386: usable'; do
	grep -qx "programs for $line" out || fail "not '$line'"
done
grep -qx 'emulated processor for aarch64: .*sve=off.*' out || fail "nothing of the processor for aarch64"

# And for each kind of machine.
UPSET_QEMU_SYSTEM_x86_64=/nowhere "$upset" doctor >out 2>&1
grep -qx 'machines for x86_64: no emulator; make QEMU_TARGETS=+x86_64-softmmu builds one' out ||
	fail 'nothing of a missing emulator of machines'
UPSET_QEMU_SYSTEM_x86_64=/bin/true UPSET_MACHINE_x86_64_kernel=/nowhere "$upset" doctor >out 2>&1
grep -qx 'machines for x86_64: no kernel and firmware; setup/machine.sh build/machines/x86_64 x86_64 fetches them' out ||
	fail 'nothing of a missing kernel'

# What campaigns in parts need of a node.
TMPDIR=/nowhere "$upset" doctor >out 2>&1
grep -qx 'files of plans: /nowhere: No such file or directory; name a folder in TMPDIR' out ||
	fail 'nothing of a missing folder'
mkdir bin
for program in sbatch squeue scontrol; do
	PATH="$folder/bin" "$upset" doctor >out 2>&1
	grep -q "^Slurm: there is no $program, which" out || fail "nothing of a missing $program"
	printf '#!/bin/true\n' >"bin/$program"
	chmod +x "bin/$program"
done
TMPDIR=/var/tmp PATH="$folder/bin" "$upset" doctor >out 2>&1
grep -qx 'Slurm: campaigns can be submitted' out || fail 'nothing of Slurm'
grep -q '^files of plans: unpacked in /var/tmp, which has room for [0-9.]* ' out ||
	fail 'nothing of files of plans'

"$upset" doctor --selftest >out 2>&1
status=$?
[ "$status" = 0 ] || fail "exit status $status"
is_clean "the end"
grep -qx 'model   location          qemu         native' out || fail "no heading"
[ "$(grep -c '^\(flip\|stuck0\|stuck1\|set\|skip\) .*\(ok\|-\)$' out)" = 37 ] || fail "not 37 rows"
grep -q ' ok' out || fail "nothing was tested"
awk 'length($0) > 80 { exit 1 }' out || fail "wider than 80 columns"

# Signals end it at once.  Where it is by then does not matter.
for signal in INT TERM HUP; do
	for delay in 0.01 0.05 0.3; do
		timeout --preserve-status --kill-after=60 --signal=$signal $delay \
			"$upset" doctor --selftest >out 2>&1
		status=$?
		[ "$status" -le 3 ] || [ "$status" -ge 128 ] || fail "$signal: exit status $status"
		is_clean "$signal after $delay s"
	done
done

TMPDIR=$folder/nowhere "$upset" doctor --selftest >out 2>&1
status=$?
[ "$status" = 3 ] || fail "exit status $status without a folder"
grep -q 'name another one in TMPDIR' out || fail "no advice"
