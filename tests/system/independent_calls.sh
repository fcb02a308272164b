#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Calls and inclusive instructions, loads and stores counted a second time, by valgrind's callgrind:
# independent_calls.sh UPSET GUESTS-FOLDER SOURCE-FOLDER
#
# What may differ, and why:
# - Recursion: callgrind adds what a recurring call executes to each edge on the way, upset to
#   the outermost call alone.  Their numbers of calls are equal.
# - Stubs of linkage tables: callgrind gives them to the caller, upset to what they lead to: one
#   instruction more for each call.
# - Tail calls: callgrind makes calls of jumps between functions, upset does not.  The functions
#   that are compared are not reached so.
# - An instruction that changes memory: a store for callgrind, a load and a store for upset.
# - String functions that a C library picks by CPUID, and the repeats of REP instructions, of
#   which callgrind counts each: functions that call them differ a little.
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
guests=$1 source=$2

command -v valgrind >/dev/null || fail "valgrind is not installed: run setup/packages.sh build tests"
command -v bzip2 >/dev/null || fail "bzip2 is not installed: run setup/packages.sh build tests"

# by_callgrind PROGRAM ARGUMENTS...: lines "CALLER|FUNCTION CALLS INSTRUCTIONS STORES LOADS" in $dir/callgrind.
by_callgrind()
{
	env -i PATH="$PATH" valgrind --quiet --tool=callgrind --cache-sim=yes --callgrind-out-file="$dir/out" \
		--dump-instr=yes --compress-pos=no --compress-strings=no "$@" 2>"$dir/valgrind.err" \
		</dev/null >"$dir/stdout" || fail "valgrind $*: $(cat "$dir/valgrind.err")"
	awk '
		function name(line) { sub(/^c?fn=/, "", line); sub(/\047[0-9]+$/, "", line); return line }
		/^fn=/ { caller = name($0) }
		/^cfn=/ { edge = caller "|" name($0) }
		/^calls=/ {
			split($1, n, "=")
			getline
			calls[edge] += n[2]
			instructions[edge] += $3
			loads[edge] += $4
			stores[edge] += $5
		}
		END {
			for (e in calls)
				if (e !~ / /)
					print e, calls[e], instructions[e], stores[e], loads[e]
		}
	' "$dir/out" >"$dir/callgrind"
}

# by_upset PROGRAM ARGUMENTS...: the same in $dir/upset.
by_upset()
{
	rm -f "$dir/study"
	env -i PATH="$PATH" HOME="$dir" "$upset" golden --quiet --calls --detail counts \
		-o "$dir/study" -- "$@" </dev/null >"$dir/stdout" 2>"$dir/err" ||
		fail "$*: $(cat "$dir/err")"
	sqlite3 -separator ' ' "$dir/study" "SELECT caller || '|' || function, sum(calls),
		sum(instructions), sum(stores), sum(loads) FROM calls WHERE calls > 0 AND caller || function NOT LIKE '% %'
		GROUP BY caller, function" >"$dir/upset"
	[ "$(wc -l <"$dir/upset")" -ge 20 ] || fail "only few calls in $1"
}

# both EDGE: "CALLS INSTRUCTIONS STORES LOADS" of callgrind and of upset.
both()
{
	awk -v edge="$1" '$1 == edge { sub(/[^ ]* /, ""); printf "%s%s", n++ ? " " : "", $0 }
		END { print "" }' "$dir/callgrind" "$dir/upset"
}

# changes FUNCTION: executions of its instructions that change memory, which are those that compute
# and have memory for their first operand.
changes()
{
	sqlite3 "$dir/study" "WITH split AS (SELECT executions, function, text,
			substr(text, 1, instr(text, ' ') - 1) AS mnemonic FROM instructions)
		SELECT coalesce(sum(executions), 0) FROM split
		WHERE function = '$1' AND text LIKE '%[%' AND text NOT LIKE '%,%[%'
			AND mnemonic IN ('adc', 'add', 'and', 'dec', 'inc', 'neg', 'not', 'or', 'rol',
				'ror', 'sar', 'sbb', 'shl', 'shr', 'sub', 'xor')"
}

# same PROGRAM EDGE...: calls, inclusive instructions, stores and loads.  What changes memory is in
# the function itself: it has no callees, or they have nothing of the kind and are compared too.
# Loads are not compared behind an edge with a -: it leads into the C library, where things are
# changed for others as well.
same()
{
	program=$1
	shift
	for edge; do
		# shellcheck disable=SC2046 # numbers
		set -- $(both "${edge%-}")
		[ $# = 8 ] || fail "$program: $edge is missing, callgrind and upset have: $*"
		expect "$program, calls, instructions and stores of $edge" "$5 $6 $7" "$1 $2 $3"
		case $edge in *-) continue ;; esac
		expect "$program, loads of $edge" "$8" "$(($4 + $(changes "${edge#*|}")))"
	done
}

by_callgrind "$guests/fib" 15
by_upset "$guests/fib" 15
same fib "main|fib"
# shellcheck disable=SC2046 # numbers
set -- $(both "fib|fib")
expect "fib, calls of itself" "$5" "$1"
expect "fib, instructions, stores and loads in them alone" "$6 $7 $8" "0 0 0"

by_callgrind "$guests/aes" 20
by_upset "$guests/aes" 20
same aes "main|expand_key" "main|encrypt" "encrypt|substitute_and_shift"

head -c 5000 "$0" >"$dir/input"
by_callgrind "$guests/md5" "$dir/input"
by_upset "$guests/md5" "$dir/input"
same md5 "main|md5_update" "main|md5_final-" "md5_final|md5_update" "md5_update|transform"

# A real program.  Its own functions have no names, those of its library have.
head -c 50000 "$upset" >"$dir/input"
by_callgrind bzip2 -c "$dir/input"
by_upset bzip2 -c "$dir/input"
for side in callgrind upset; do
	awk '{ split($1, e, "|"); if (e[2] ~ /^BZ2_/) { calls[e[2]] += $2; all[e[2]] += $3 } }
		END { for (f in calls) print f, calls[f], all[f] }' "$dir/$side" | sort >"$dir/$side.bz2"
done
join "$dir/callgrind.bz2" "$dir/upset.bz2" >"$dir/joined"
[ "$(wc -l <"$dir/joined")" -ge 6 ] || fail "few functions of libbz2: $(cat "$dir/joined")"
awk '$2 != $4 || ($5 - $3) ^ 2 > ($3 / 20 + 100) ^ 2' "$dir/joined" >"$dir/differ"
[ ! -s "$dir/differ" ] || fail "bzip2: function, calls and instructions by callgrind, by upset:
$(cat "$dir/differ")"
# These call nothing that depends on the processor.
awk '$1 ~ /^BZ2_hb(AssignCodes|MakeCodeLengths)$/ && $5 == $3 + $2' "$dir/joined" >"$dir/exact"
expect "bzip2, functions that are equal but for stubs" "$(wc -l <"$dir/exact")" 2

# Exceptions: what catches one goes on where it was, whatever was on the way.
command -v g++ >/dev/null || skip "the rest needs g++"
g++ -O1 -g -pthread -o "$dir/exceptions" "$source/exceptions.cc" || fail "cannot compile"
rm -f "$dir/study"
golden "$dir/study" --calls --detail counts -- "$dir/exceptions"
expect "status of exceptions" "$golden_status" 0
# stacks CONDITION: how many there are.
stacks()
{
	sqlite3 "$dir/study" "SELECT count(*) FROM stacks WHERE $1"
}
expect "stacks in which deep throws" "$(stacks "stack LIKE '%;main;%rounds%;%deep%;__cxa_throw'")" 1
expect "stacks in which rounds catches" \
	"$(stacks "stack LIKE '%;main;%rounds%;__cxa_begin_catch'")" 1
expect "stacks in which something else catches below" \
	"$(stacks "stack LIKE '%deep%__cxa_begin_catch' OR stack LIKE '%_Unwind%__cxa_begin_catch'")" 0
expect "calls of deep by rounds" "$(sqlite3 "$dir/study" "SELECT sum(calls) FROM calls
	WHERE caller LIKE '%rounds%' AND function LIKE '%deep%'")" 200
