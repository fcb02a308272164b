# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2034 # the tests use what it sets
# What the tests of other instruction sets share: SCRIPT UPSET SET ... is how they are called.
# Sets $set, $compiler, $here and $root.  Skips sets whose QEMU is not built, and those that nothing
# here compiles for.
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/../system/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
set=$1
compiler=$set-linux-gnu-gcc
[ "$set" != i386 ] || compiler=i686-linux-gnu-gcc

"$upset" doctor | grep -qx "programs for $set: usable" || skip "no QEMU runs programs for $set"
command -v "$compiler" >/dev/null || skip "no $compiler; setup/packages.sh cross installs it"

# assemble SOURCE PROGRAM [OPTION...]: without a C library
assemble()
{
	assembled=$1 program=$2
	shift 2
	"$compiler" -nostdlib -static -no-pie -Wl,--build-id=none -I "$here/$set" "$@" \
		"$assembled" -o "$program" 2>"$dir/assembled" || fail "$(cat "$dir/assembled")"
}
