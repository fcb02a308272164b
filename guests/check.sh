#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The guests against other implementations of the same:
# check.sh FIB AES MD5 NBODY FILTER...
set -eu
fib=$1 aes=$2 md5=$3 nbody=$4
shift 4
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT INT TERM

fail() {
	echo "guests: $*" >&2
	exit 1
}
expect() { # WHAT GOT EXPECTED
	[ "$2" = "$3" ] || fail "$1: got '$2', expected '$3'"
}

# F(0), F(1), F(2), then one by the sum of the two before it: F(20) = 6765.
for pair in 0:0 1:1 2:1 10:55 20:6765; do
	expect "fib ${pair%:*}" "$("$fib" "${pair%:*}")" "${pair#*:}"
done
for bad in '' -1 94 x 3x; do
	! "$fib" "$bad" 2>"$dir/err" || fail "fib accepts '$bad'"
	[ -s "$dir/err" ] || fail "fib says nothing about '$bad'"
done

# A chain of encryptions is CBC with a zero IV over the block and then zeros.
key=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
for times in 1 2 3 1000; do
	{
		printf '\000\021\042\063\104\125\146\167\210\231\252\273\314\335\356\377'
		head -c $(((times - 1) * 16)) /dev/zero
	} | openssl enc -aes-256-cbc -nopad -K $key -iv 00000000000000000000000000000000 |
		tail -c 16 | od -An -v -tx1 | tr -d ' \n' >"$dir/openssl"
	expect "aes $times" "$("$aes" $times)" "$(cat "$dir/openssl")"
done
expect "aes 0" "$("$aes" 0)" 00112233445566778899aabbccddeeff

# Sizes about the padding's and the reads' edges.
for size in 0 1 55 56 57 63 64 65 119 120 65535 65536 65537 300001; do
	head -c $size "$md5" >"$dir/data"
	expect "md5 of $size bytes" "$("$md5" "$dir/data")" "$(md5sum "$dir/data")"
done
! "$md5" "$dir/none" 2>"$dir/err" || fail "md5 of no file succeeds"
! "$md5" "$dir" 2>"$dir/err" || fail "md5 of a folder succeeds"

# Energy is kept to 1e-6 over ten time units.
"$nbody" 10000 >"$dir/energy"
awk 'NR == 1 { e = $1 } END { d = ($1 - e) / e; exit !(NR == 2 && e < 0 && d * d < 1e-12) }' \
	"$dir/energy" || fail "nbody loses energy: $(tr '\n' ' ' <"$dir/energy")"

# The filter's sum, with the index the other way round.
awk 'BEGIN {
	taps = split("5 13 29 52 78 101 116 118 118 116 101 78 52 29 13 5", response, " ")
	noise = 1
	for (i = 0; i < 1020; i++) {
		noise = (noise * 1664525 + 1013904223) % 4294967296
		wave = i % 200 - 100
		signal[i] = (wave < 0 ? -wave : wave) * 100 + int(noise / 33554432)
		sum = 0
		for (k = 0; k < taps && k <= i; k++)
			sum += signal[i - k] * response[taps - k]
		position += int(sum / 1024)
		if (i % 50 == 49 || i == 1019)
			print position
	}
}' >"$dir/awk"
for program; do
	"$program" 1020 >"$dir/filter"
	cmp "$dir/filter" "$dir/awk" || fail "$program computes something else"
	for bad in '' -1 1000001 x 3x; do
		! "$program" "$bad" 2>"$dir/err" || fail "filter accepts '$bad'"
	done
done
