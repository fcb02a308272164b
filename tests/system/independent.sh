#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A second, independent count: valgrind's callgrind against both engines, for
# every instruction: independent.sh UPSET GUESTS-FOLDER FREESTANDING...
#
# What may differ, and why:
# - REP: callgrind counts a REP string instruction once for each repeat and once
#   more, upset counts it once and its repeats beside it.  So callgrind's count
#   must be executions + repeats.
# - The last block: callgrind does not count the block that ends in exit_group.
#   These are the last instructions of the freestanding guests' _start, and _exit
#   of the C library.
# - What the C library does before main and the string functions that it picks
#   depend on CPUID (valgrind shows a processor of its own), on the vdso (valgrind
#   hides it, else it is entered in the loader's tables), on the auxiliary vector
#   and on the environment (valgrind adds to it), and so does the memory that is
#   allocated on the way.  $startup names these functions; no other may differ.
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
guests=$1
shift

command -v valgrind >/dev/null || fail "valgrind is not installed: run setup/packages.sh build tests"

startup='^(_start|__?libc_start.*|call_init|__libc_(init|early|setup|main).*|_exit|__tls_init_tp
|_dl_.*|__dl_.*|dl_.*|_dlfo_.*|do_lookup_x|check_match|setup_vdso.*|elf_.*|__libc_dl.*
|fillin_rpath.*|expand_dynamic.*|.*cpu_features.*|update_active.*|get_common_.*|handle_.*
|intel_check_.*|.*cacheinfo.*|__init_misc|__tunable.*|do_tunable.*|tunable.*|getenv
|(str|wcs|mem|wmem|rawmem|stp)[a-z]+(_l)?|__(str|wcs|mem|wmem|new_mem|rawmem|stp).*|bcmp|r?index|get_extended_.*|.*@plt|.*_(sse|avx|evex|erms).*
|_?_?(int_)?(malloc|calloc|free|realloc).*|_int_.*|ptmalloc_init.*|tcache_init.*|sysmalloc.*
|0x[0-9a-f]+|alloc_perturb|__?sbrk|__?brk|__pthread_mutex_.*|__pthread_initialize.*|__libc_assert.*)$'
startup=$(printf '%s' "$startup" | tr -d '\n')

# counted_by_callgrind PROGRAM ARGUMENTS...: lines "ADDRESS COUNT FUNCTION" in $dir/callgrind.
counted_by_callgrind()
{
	env -i valgrind --quiet --tool=callgrind --callgrind-out-file="$dir/callgrind.out" \
		--dump-instr=yes --skip-plt=no --compress-pos=no --compress-strings=no "$@" \
		2>"$dir/valgrind.err" </dev/null | cat >"$dir/valgrind.stdout"
	# The line after calls= has what the called function cost.
	awk '
		/^fn=/ { f = substr($0, 4); sub(/\047[0-9]+$/, "", f) }
		/^calls=/ { skip = 1; next }
		/^0x/ { if (!skip) { n[$1] += $3; name[$1] = f } skip = 0 }
		END { for (a in n) print a, n[a], name[a] }
	' "$dir/callgrind.out" >"$dir/callgrind"
}

# counted_by_upset ENGINE PROGRAM ARGUMENTS...: the same in $dir/upset, for the program's file.
counted_by_upset()
{
	engine=$1
	shift
	rm -f "$dir/study"
	env -i HOME="$dir" "$upset" golden --quiet --engine "$engine" --detail counts -o "$dir/study" \
		-- "$@" 2>"$dir/upset.err" </dev/null | cat >"$dir/upset.stdout"
	cmp "$dir/upset.stdout" "$dir/valgrind.stdout" ||
		fail "$1 prints different text: $(cat "$dir/upset.err" "$dir/valgrind.err")"
	sqlite3 -separator ' ' "$dir/study" "SELECT printf('0x%x', address),
		executions + repeats, coalesce(function, '') FROM instructions
		WHERE module = (SELECT program FROM runs)" >"$dir/upset"
	[ -s "$dir/upset" ] || fail "$engine: nothing counted in $1"
}

# differences: lines "FUNCTION UPSET-MINUS-CALLGRIND" of those functions that differ.
differences()
{
	awk '
		NR == FNR { count[$1] = -$2; name[$1] = $3; next }
		{ count[$1] += $2; if ($3 != "") name[$1] = $3 }
		END {
			for (a in count) if (count[a] != 0) { d[name[a]] += count[a]; seen[name[a]] = 1 }
			for (f in seen) print f, d[f]
		}
	' "$dir/callgrind" "$dir/upset" | sort
}

# Freestanding guests: all equal but the last four instructions of _start.
for guest; do
	counted_by_callgrind "$guest"
	for engine in native qemu; do
		counted_by_upset $engine "$guest"
		expect "$(basename "$guest") under $engine, functions that differ from callgrind" \
			"$(differences)" "_start 4"
	done
done

# With a C library: every instruction of the program's own functions, and of the
# library's that are not of its start.
head -c 5000 "$0" >"$dir/input"
while read -r program argument own; do
	counted_by_callgrind "$guests/$program" "$argument"
	for engine in native qemu; do
		counted_by_upset $engine "$guests/$program" "$argument"
		for function in $own; do
			grep -q " $function$" "$dir/upset" || fail "$engine: no function $function"
		done
		differences | awk -v startup="$startup" \
			'$1 !~ startup && $1 != "(below"' >"$dir/unexplained"
		[ ! -s "$dir/unexplained" ] ||
			fail "$program under $engine differs from callgrind in:
$(cat "$dir/unexplained")"
	done
done <<LIST
fib 15 fib main
aes 20 encrypt main
md5 $dir/input main transform
LIST
