#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What the patched QEMU offers to plugins, on one instruction set: run.sh TARGET PLUGIN HEADERS.
# Skips sets whose QEMU is not built, and those that nothing here compiles for.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=$1 plugin=$2
qemu=$here/../../../build/qemu/obj/qemu-$target
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

skip()
{
	echo "skipped: $*"
	exit 77
}

fail()
{
	echo "$target: $*" >&2
	exit 1
}

[ -x "$qemu" ] || skip "no QEMU for $target; make QEMU_TARGETS=+$target builds one"
cc=$target-linux-gnu-gcc cpu=max
case $target in
x86_64) cc=cc ;;
i386) cc=i686-linux-gnu-gcc ;;
aarch64) cpu=max,sve=off,sme=off ;; # or v0 is part of z0
esac
command -v $cc >/dev/null || skip "no $cc; setup/packages.sh cross installs it"
$cc -O1 -ffreestanding -fno-stack-protector -fno-tree-loop-distribute-patterns -fno-pic -nostdlib \
	-static -no-pie "$here/guest.c" -o "$dir/guest"

# under OPTIONS [ARGUMENT]: the guest's status is in $status, its output in out, the plugin's in err
under()
{
	options=$1
	shift
	status=0
	"$qemu" -cpu $cpu -plugin "$plugin,$options" "$dir/guest" "$@" >"$dir/out" 2>"$dir/err" || status=$?
}

# field NAME: of the plugin's line
field()
{
	awk -v name="$1" '/ checked / { for (i = 1; i < NF; i++) if ($i == name) print $(i + 1) }' "$dir/err"
}

# ran WHAT: as without a plugin, and the plugin found nothing wrong
ran()
{
	[ "$status" -eq "$plain" ] && cmp -s "$dir/out" "$dir/plain" ||
		fail "$1: status $status instead of $plain, or another output: $(cat "$dir/err")"
	[ "$(field wrong)" = 0 ] || fail "$1: $(cat "$dir/err")"
}

plain=0
"$qemu" "$dir/guest" >"$dir/plain" || plain=$?
[ "$plain" -eq 49 ] && [ "$(cat "$dir/plain")" = b667038996f136f1 ] ||
	fail "the program printed $(cat "$dir/plain") and ended with $plain"

under check=record
ran "registers, flags and accesses, recorded inline and read by callbacks"
[ "$(field checked)" -gt 50000 ] || fail "only $(field checked) were checked"

under check=exits
ran "ways out of blocks"
[ "$(field checked)" -ge 10 ] || fail "only $(field checked) branches were checked"

under check=copies
ran "instructions by blocks and one by one"
insns=$(field executed)
under check=copies,sites=1
ran "leaving in front of instructions"
[ "$(field executed)" -eq "$insns" ] || fail "leaving made $(field executed) of $insns instructions"
under check=copies,sites=1,copies=40,step=151
ran "copies"
[ "$(field executed) $(field made) $(field changed)" = "$insns 40 0" ] ||
	fail "copies: of $insns instructions: $(cat "$dir/err")"
under check=copies,ahead=1,copies=40,step=151
ran "copies whose blocks are translated and linked ahead"
[ "$(field executed) $(field made) $(field changed) $(field checked)" = "$insns 40 0 1" ] ||
	fail "ahead: of $insns instructions: $(cat "$dir/err")"
under check=copies,flips=1,copies=64,step=101
ran "copies with faults"
[ "$(field executed) $(field made)" = "$insns 64" ] || fail "faults: of $insns: $(cat "$dir/err")"
[ "$(field changed)" -ge 3 ] && [ "$(field changed)" -lt 64 ] ||
	fail "faults changed $(field changed) of 64 runs"

under check=none counter
[ "$status" -eq 42 ] || fail "the counter of time is not the plugin's: status $status"

case $target in
aarch64 | riscv64) expected=135 ;; # 128 + SIGBUS
*) expected=$plain ;;
esac
under check=none align
[ "$status" -eq $expected ] || fail "misaligned: status $status, $(cat "$dir/err")"
