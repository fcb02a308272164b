#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Programs of Debian's packages for another instruction set, in the folder that setup/root.sh makes
# of them: they print and write what this machine's own do.  packages.sh UPSET SET ROOT.
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/../system/lib.sh"
set=$1 sysroot=$2
test_name="packages of $set"
cd "$dir" || exit 1

"$upset" doctor | grep -qx "programs for $set: usable" || skip "no QEMU runs programs for $set"
[ -f "$sysroot/made-of" ] || skip "no packages: setup/root.sh $sysroot $set fetches them"
for name in bzip2 openssl sqlite3 sha256sum; do
	need $name
done
seq 400 >input

# runs DETAIL PROGRAM [ARGUMENT]...: a golden run in PROGRAM.upset that exits with 0 and prints nothing
# to stderr.
runs()
{
	detail=$1 program=$2 study=$2.upset
	shift 2
	golden "$study" --detail "$detail" --sysroot "$sysroot" -- "$sysroot/bin/$program" "$@"
	expect "status of $program $1" "$golden_status" 0
	[ ! -s "$study.err" ] || fail "$program $1 says $(cat "$study.err")"
}

cp input kept
touch -d '2001-02-03 04:05:06' kept
runs counts bzip2 -k kept
bzip2 -dc kept.bz2 | cmp - input || fail "bzip2 made another file"
expect "time of the file" "$(stat -c %Y kept.bz2)" "$(stat -c %Y kept)"
runs full bzip2 -dc kept.bz2
cmp bzip2.upset.out input || fail "bzip2 made another file of its own"

runs counts openssl dgst -sha256 -r input
expect "digest" "$(cut -d ' ' -f 1 openssl.upset.out)" "$(sha256sum input | cut -d ' ' -f 1)"
cipher="-aes-128-cbc -K 000102030405060708090a0b0c0d0e0f -iv f0e0d0c0b0a090807060504030201000"
# shellcheck disable=SC2086
runs operands openssl enc $cipher -in input -out encrypted
# shellcheck disable=SC2086
openssl enc -d $cipher -in encrypted | cmp - input || fail "openssl encrypted something else"

runs full sqlite3 "$dir/database" "
	CREATE TABLE number(n INTEGER PRIMARY KEY, root REAL, word TEXT);
	WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < 60)
		INSERT INTO number SELECT n, sqrt(n), printf('%05d', n * 7919) FROM up;
	DELETE FROM number WHERE n % 3 = 0;
	SELECT count(*), sum(n), printf('%.9f', sum(root)), max(word) FROM number;
	SELECT group_concat(word, ' ') FROM (SELECT word FROM number ORDER BY root DESC LIMIT 3);"
expect "answers of sqlite3" "$(cat sqlite3.upset.out)" '40|1200|206.700537275|87109
467221 459302 443464'
expect "the database" "$(sqlite3 database 'PRAGMA integrity_check; SELECT count(*) FROM number')" 'ok
40'

cat >script <<'END'
set -- one two three
i=0
while [ $i -lt 12 ]; do
	i=$((i + 5))
	case $i in *5) printf '%s %03d\n' "$1" $i ;; *) shift ;; esac
done
trap 'echo "ends with $?"' EXIT
test -f input && read -r first <input && echo "first $first, $# left"
(umask 077 && echo of a child >written)
show() { while read -r line; do echo "[$line]"; done; }
echo "$(show <written)"
times >/dev/null && ulimit -n >/dev/null && kill -0 $$ && cd / && pwd
END
runs counts dash script
expect "output of dash" "$(cat dash.upset.out)" 'one 005
two 015
first 1, 2 left
[of a child]
/
ends with 0'
expect "mode of a file" "$(stat -c %a written)" 600

# What is known of them: functions of shared libraries, system calls by name.
for pair in bzip2:BZ2_bzDecompress openssl:EVP_EncryptUpdate sqlite3:sqlite3_step; do
	"$upset" show "${pair%%:*}.upset" functions --csv --top 0 >functions
	grep -q ",${pair#*:}," functions || fail "no function ${pair#*:}: $(head -20 functions)"
done
for study in bzip2 openssl sqlite3 dash; do
	expect "system calls of $study without a name" \
		"$(sqlite3 $study.upset "SELECT count(*) FROM syscall WHERE name IS NULL")" 0
done

# A campaign, the same in copies and in processes of their own.
head -n 10 input >small
for way in '' --fresh; do
	"$upset" campaign -q -n 20 --seed 5 $way --jobs 2 --sysroot "$sysroot" -o "campaign$way" -- \
		"$sysroot/bin/bzip2" -c small || fail "no campaign $way"
	rows "campaign$way" >"rows$way"
	expect "controls that differ $way" \
		"$(sqlite3 "campaign$way" "SELECT count(*) FROM controls WHERE result != 'equal'")" 0
done
expect "experiments not made in copies" \
	"$(sqlite3 campaign "SELECT count(*) FROM experiments WHERE way != 'carried'")" 0
cmp rows rows--fresh || fail "experiments differ: $(diff rows rows--fresh)"
[ "$(sqlite3 campaign "SELECT count(DISTINCT outcome) FROM experiments")" -gt 1 ] || fail "one outcome alone"
