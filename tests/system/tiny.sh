#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A program of a few instructions against what was worked out by hand:
# tiny.sh UPSET GUEST EXPECTED.csv.  All engines must count exactly that.
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
guest=$1 expected=$2
test_name="tiny $(basename "$guest")"

# Read CSV from a file, select from it as table t.
query()
{
	sqlite3 -csv :memory: ".import --csv $1 t" "$2"
}

# Turn counts by bit in the last (or only) columns into BIT:COUNT of those not 0.
# In: columns separated by commas, counts between spaces.
sparse()
{
	awk -v from="$1" -v to="$2" '
	BEGIN { FS = OFS = "," }
	{
		for (c = from; c <= to; c++) {
			gsub(/"/, "", $c)
			n = split($c, bit, " ")
			$c = ""
			for (i = 1; i <= n; i++)
				if (bit[i] != 0)
					$c = $c ($c == "" ? "" : " ") (i - 1) ":" bit[i]
		}
		print
	}'
}

grep -v '^#' "$expected" | sort >"$dir/expected"
# Of other instruction sets the processor runs none.
for engine in ${TINY_ENGINES:-native qemu gdb}; do
	study=$dir/$engine
	golden "$study" --engine $engine -- "$guest"
	for table in instructions operands registers; do
		"$upset" show "$study" $table --csv >"$dir/$table.csv"
	done
	{
		sqlite3 -csv "$study" \
			"SELECT 'run', instructions, block_executions, status FROM runs"
		query "$dir/instructions.csv" "SELECT 'instructions', address, size,
			'\"' || text || '\"', executions, first_index, last_index, repeats, taken
			FROM t" | sed 's/"""/"/g'
		query "$dir/operands.csv" "SELECT 'operands', address, operand, resource, access,
			bits, samples, iif(samples = '0', '0', ones), ones_by_bit FROM t" | sparse 9 9
		query "$dir/registers.csv" "SELECT 'registers', register, reads, writes,
			read_ones_by_bit, write_ones_by_bit, printf('%.6f', live_share)
			FROM t WHERE reads + writes > 0" | sparse 5 6
		if grep -q '^pages' "$expected"; then
			sqlite3 -csv "$study" "SELECT 'pages', printf('0x%llx', address), reads,
				writes, bytes_read, bytes_written FROM page WHERE reads + writes > 0"
		fi
	} | sort >"$dir/counted"
	diff -u "$dir/expected" "$dir/counted" >"$dir/diff" ||
		fail "$engine counts otherwise than worked out (-expected +counted):
$(cat "$dir/diff")"
	expect "status under $engine" "$golden_status" 0
done
