#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The example programs, with a C library, under both engines: every count of
# their own functions is equal.  (Values are not: stack addresses differ.  Nor is
# the library: it picks functions by CPUID.)  agree_libc.sh UPSET GUESTS-FOLDER
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
guests=$1
head -c 3000 "$0" >"$dir/input"

# agree PROGRAM ARGUMENT FUNCTION...
agree()
{
	program=$guests/$1
	argument=$2
	shift 2
	for engine in native qemu; do
		rm -f "$dir/$engine"
		golden "$dir/$engine" --engine $engine -- "$program" "$argument"
		expect "status under $engine" "$golden_status" 0
		for function; do
			[ "$(sqlite3 "$dir/$engine" "SELECT executions FROM functions
				WHERE function = '$function'")" -gt 0 ] ||
				fail "$engine counts nothing in $function"
		done
	done
	cmp "$dir/native.out" "$dir/qemu.out" || fail "$program prints different text"
	for function; do
		set -- "$@" --function "$function"
		shift
	done
	"$upset" diff "$@" --ignore operands.ones --ignore operands.ones_by_bit \
		--ignore operands.address_min --ignore operands.address_max \
		--ignore instructions.first_index --ignore instructions.last_index \
		"$dir/native" "$dir/qemu" >"$dir/diff" ||
		fail "$program: native and qemu differ: $(head -40 "$dir/diff")"
	rows=$(awk '$1 == "instructions" || $1 == "operands" { n += $2 } END { print n + 0 }' \
		"$dir/diff")
	[ "$rows" -gt 100 ] || fail "$program: only $rows rows were compared"
}

agree fib 12 fib main
agree aes 10 encrypt main
agree md5 "$dir/input" main transform
