#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A golden run against steps that GDB makes in QEMU's stub, counted by a script that shares nothing
# with upset: oracle.sh UPSET SET.
# shellcheck source=tests/sets/lib.sh
. "$(dirname "$0")/lib.sh"
test_name="oracle $set"
command -v gdb-multiarch >/dev/null || skip "no gdb-multiarch; setup/packages.sh cross installs it"

assemble "$here/$set/branch.S" "$dir/guest" -DPAIRS=3
golden "$dir/study" --detail full -- "$dir/guest"
"$root/build/qemu/obj/qemu-$set" -cpu max -g "$dir/stub" "$dir/guest" >"$dir/out" 2>"$dir/err" &
qemu=$!
tries=0
while [ ! -S "$dir/stub" ] && [ $tries -lt 300 ]; do
	tries=$((tries + 1))
	sleep 0.1
done
status=0
gdb-multiarch -nx -iex "set debuginfod enabled off" -batch \
	-ex "python study, stub, instruction_set = '$dir/study', '$dir/stub', '$set'" \
	-x "$here/oracle.py" "$dir/guest" >"$dir/said" 2>&1 || status=$?
kill "$qemu" 2>/dev/null || true
wait "$qemu" || true
[ "$status" -eq 0 ] || fail "$(grep -v '^0x.* in ' "$dir/said")"
