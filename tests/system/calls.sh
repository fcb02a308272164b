#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Call paths of a guest, worked out by hand, under both engines: calls.sh UPSET GUEST
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
guest=$1

# The calls of each pair of functions, all sites together.  Calls that a table leads on count
# for the function; linked -> stub_late is what finds it.
cat >"$dir/calls" <<'LIST'
_start|far_jumps|3
_start|indirect|3
_start|linked|3
_start|mutual|3
_start|odd_returns|3
_start|print_checksum|1
_start|recursion|3
_start|stacks|3
_start|tails|3
dropped|leaf|3
even|odd|6
far_back|leaf|3
far_deeper|far_back|3
far_down|far_deeper|3
far_function|leaf|12
far_jumps|far_down|3
far_jumps|leaf|3
indirect|one|6
indirect|two|3
linked|far_function|12
linked|self|3
linked|stub_late|0
mutual|even|3
odd_returns|dropped|3
odd_returns|leaf|6
odd_returns|odd_returns|3
odd_returns|thunk|3
odd_returns|two_arguments|3
odd|even|6
odd|leaf|6
on_another|leaf|6
recurse|leaf|9
recurse|recurse|15
recursion|recurse|3
resolver|fixup|3
self|self|6
stacks|leaf|3
stacks|on_another|6
tail_target|leaf|6
tails|tail_direct|3
tails|tail_indirect|3
thunk|thunk|3
two_arguments|leaf|3
two|leaf|6
LIST

cat >"$dir/stacks" <<'LIST'
(start);far_jumps;far_down;far_deeper;far_back;leaf|6
(start);far_jumps;far_down;far_deeper;far_back|9
(start);far_jumps;leaf|6
(start);far_jumps|18
(start);linked;far_function;leaf|24
(start);linked;far_function|36
(start);linked;stub_late;fixup|9
(start);linked;stub_late|33
(start);odd_returns;thunk;leaf|6
(start);on_another;leaf|6
(start);recursion;recurse;leaf|18
(start);recursion;recurse|108
(start);recursion|9
(start);stacks;on_another;leaf|6
(start);tails;tail_direct;leaf|6
(start);tails;tail_direct|9
LIST
sed 's/|.*//' "$dir/stacks" >"$dir/wanted"

for engine in native qemu; do
	for detail in counts full; do
		study=$dir/$engine.$detail
		golden "$study" --engine $engine --detail $detail --calls -- "$guest"
		expect "status under $engine" "$golden_status" 0
		expect "lost calls under $engine" "$(value "$study" calls_lost)" 0
		sqlite3 "$study" "SELECT caller, function, sum(calls) FROM calls
			GROUP BY 1, 2" | sort >"$dir/got"
		sort "$dir/calls" | diff - "$dir/got" >"$dir/differ" ||
			fail "$engine, $detail: other calls than (<) wanted: $(cat "$dir/differ")"
		sqlite3 "$study" "SELECT stack, instructions FROM stacks" | grep -F -f "$dir/wanted" |
			grep -x -F -f "$dir/stacks" | sort >"$dir/got"
		sort "$dir/stacks" | diff - "$dir/got" >"$dir/differ" ||
			fail "$engine, $detail: other stacks than (<) wanted: $(cat "$dir/differ")"
		expect "instructions of all stacks under $engine" \
			"$(sqlite3 "$study" "SELECT sum(instructions) FROM stacks")" \
			"$(value "$study" instructions)"
		# Inclusive: all of a function's, once, whatever recurs in it.
		expect "instructions in recursion under $engine" \
			"$(sqlite3 "$study" "SELECT sum(instructions) FROM calls
				WHERE function = 'recursion'")" $((9 + 108 + 18))
	done
done

# Without --calls there are none, and nothing else is different.
golden "$dir/plain" -- "$guest"
expect "call paths that nobody asked for" "$(value "$dir/plain" "call_paths || calls_lost")" ""
"$upset" diff "$dir/plain" "$dir/qemu.full" >"$dir/diff" ||
	fail "a run with --calls differs: $(cat "$dir/diff")"
grep -q '^stacks  *not compared: only b has them$' "$dir/diff" || fail "$(cat "$dir/diff")"
"$upset" diff "$dir/native.full" "$dir/qemu.full" >"$dir/diff" ||
	fail "the engines differ: $(cat "$dir/diff")"

# As they are shown.
"$upset" show "$dir/qemu.full" stacks >"$dir/shown" || fail "show stacks"
grep -q '^(start);recursion;recurse  *108' "$dir/shown" || fail "shown: $(cat "$dir/shown")"
"$upset" show "$dir/qemu.full" calls --csv >"$dir/shown" || fail "show calls"
head -1 "$dir/shown" | grep -q '^caller_module,caller_address,caller,' || fail "no header"
expect "lines of calls as CSV" "$(wc -l <"$dir/shown")" \
	$(($(sqlite3 "$dir/qemu.full" "SELECT count(*) FROM calls") + 1))
