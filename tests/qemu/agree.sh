#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# One freestanding guest under two engines: agree.sh UPSET GUEST exact|kernel|counts|bare|killed
# [ENGINE [EMULATOR]].  ENGINE, native or gdb, steps and is the reference; see meson.build for what
# each mode compares.  EMULATOR runs the guest where the processor cannot.
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/../system/lib.sh"
guest=$1 mode=$2 reference=${3:-native} emulator=${4:-}
test_name="agree $(basename "$guest") $reference"
detail=full
[ "$mode" != bare ] || detail=counts

[ -n "$emulator" ] || for flag in avx2 bmi1 bmi2 fma f16c aes pclmulqdq movbe adx sse4_2 cx16; do
	grep -qw "$flag" /proc/cpuinfo || skip "this processor lacks $flag"
done

plain=0
# shellcheck disable=SC2086 # its options are words
$emulator "$guest" >"$dir/plain" 2>"$dir/err" || plain=$?
case $mode in
killed) [ "$plain" -gt 128 ] || fail "ends with $plain without upset" ;;
*) [ "$plain" -eq 0 ] || fail "fails without upset: $plain, $(cat "$dir/err")" ;;
esac
for engine in "$reference" qemu; do
	golden "$dir/$engine" --engine "$engine" --calls --detail $detail -- "$guest"
	expect "status under $engine" "$golden_status" 0
	cmp -s "$dir/plain" "$dir/$engine.out" ||
		fail "prints something else under $engine: $(cat "$dir/$engine.out" "$dir/$engine.err")"
	[ "$mode" != killed ] ||
		expect "signal under $engine" "$(value "$dir/$engine" 'end, status')" "signaled|$((plain - 128))"
	expect "lost samples under $engine" "$(value "$dir/$engine" lost)" 0
done

# The tree of calls, node by node; with detail counts another clock is used.
golden "$dir/qemu-counts" --engine qemu --calls --detail counts -- "$guest"
for engine in "$reference" qemu qemu-counts; do
	sqlite3 "$dir/$engine" "SELECT p.number, p.parent, printf('%x', s.address), hex(s.bytes),
			printf('%x', e.address), hex(e.bytes), p.calls, p.instructions, p.inclusive,
			p.register_reads, p.register_writes, p.loads, p.stores,
			p.inclusive_register_reads, p.inclusive_register_writes,
			p.inclusive_loads, p.inclusive_stores
		FROM call_path p LEFT JOIN instruction s ON s.id = p.site
			LEFT JOIN instruction e ON e.id = p.entry ORDER BY p.number" >"$dir/$engine.tree"
	[ "$(wc -l <"$dir/$engine.tree")" -ge 1 ] || fail "no call paths under $engine"
done
for engine in qemu qemu-counts; do
	diff "$dir/$reference.tree" "$dir/$engine.tree" >"$dir/differ" ||
		fail "$reference (<) and $engine (>) have other call paths: $(head -20 "$dir/differ")"
done

# compare ARGUMENTS...
compare()
{
	"$upset" diff "$@" "$dir/$reference" "$dir/qemu" >"$dir/diff" ||
		fail "$reference and qemu differ: $(head -60 "$dir/diff")"
}

# Everything but values: how often, which, in what order.
compare_counts()
{
	compare --ignore operands.ones --ignore operands.ones_by_bit \
		--ignore operands.address_min --ignore operands.address_max \
		--ignore registers.read_ones_by_bit --ignore registers.write_ones_by_bit "$@"
}

case $mode in
exact | bare | killed)
	compare
	;;
kernel)
	# Pages, since the kernel chooses where a signal's frame and the heap are.
	compare_counts --ignore memory
	set --
	for function in $(sqlite3 "$dir/$reference" \
		"SELECT DISTINCT function FROM functions WHERE function NOT LIKE 'kernel\_%' ESCAPE '\\'"); do
		set -- "$@" --function "$function"
	done
	[ $# -ge 6 ] || fail "only $# functions"
	compare "$@" --ignore registers --ignore memory
	;;
counts)
	compare_counts
	;;
*)
	fail "unknown mode $mode"
	;;
esac
