#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A real, dynamically linked program under engine qemu, and small work of some
# under engine native: programs.sh UPSET NAME.
# What it prints, how it ends and what it writes must be as without upset, and
# the counts must hold together.
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
source=$(cd "$(dirname "$0")" && pwd)
name=$1
test_name="program $name"
cd "$dir"

# text KIB: that much text which compresses like text, the same every time.
text()
{
	awk -v bytes="$(($1 * 1024))" -f "$source/../../bench/text.awk"
}

# same PROGRAM ARGUMENTS...: run plainly and under upset and compare.  Standard
# input is input.txt when there is one.
same()
{
	[ -e input.txt ] || : >input.txt
	rm -f study
	plain_status=0
	"$@" <input.txt >plain.out 2>plain.err || plain_status=$?
	golden_status=0
	"$upset" golden --quiet --engine "${engine:-qemu}" -o study --detail "${detail:-full}" \
		--env-all -- "$@" <input.txt >golden.out \
		2>golden.err || golden_status=$?
	expect "upset's exit status" "$golden_status" 0
	cmp plain.out golden.out || fail "standard output differs"
	cmp plain.err golden.err || fail "standard error differs: $(cat golden.err)"
	expect end "$(value study end)" exited
	expect status "$(value study status)" "$plain_status"
	expect "lost samples" "$(value study lost)" 0
	expect "instructions of all threads" \
		"$(sqlite3 study 'SELECT sum(instructions) FROM thread')" "$(value study instructions)"
	expect "executions of all instructions" \
		"$(sqlite3 study 'SELECT sum(executions) FROM instruction')" "$(value study instructions)"
	expect "hash of standard output" "$(value study stdout_sha256)" \
		"$(sha256sum <plain.out | cut -d' ' -f1)"
}

# at_least_threads N
at_least_threads()
{
	[ "$(value study threads)" -ge "$1" ] || fail "only $(value study threads) threads"
}

# functions NAME...: each was executed, with a name from the symbol table.
functions()
{
	for function; do
		[ "$(sqlite3 study "SELECT count(*) FROM functions
			WHERE function LIKE '$function' AND executions > 0")" -gt 0 ] ||
			fail "no function $function"
	done
}

case $name in
bzip2)
	need bzip2
	text 200 >input.txt
	same bzip2 -c
	functions 'BZ2_bzCompress'
	bunzip2 <golden.out | cmp - input.txt
	cp golden.out input.txt
	same bzip2 -d -c
	;;
xz)
	need xz
	text 300 >input.txt
	same xz -T2 --block-size=65536 -1 -c
	at_least_threads 3
	xz -d <golden.out | cmp - input.txt
	;;
sqlite3)
	need sqlite3
	cat >input.txt <<-'SQL'
		CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT, c REAL);
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
			INSERT INTO t SELECT i, hex(i * 7919 % 1009), i / 7.0 FROM n;
		CREATE INDEX x ON t(b);
		SELECT b, count(*), round(sum(c), 3) FROM t GROUP BY b ORDER BY 2 DESC, 1 LIMIT 20;
		SELECT count(*) FROM t a JOIN t b ON a.a = b.a + 1 WHERE a.b < b.b;
		PRAGMA integrity_check;
	SQL
	same sqlite3 :memory:
	;;
openssl)
	need openssl
	text 500 >data
	same openssl dgst -sha256 data
	same openssl dgst -sha3-256 -blake2b512 data
	same openssl enc -aes-256-ctr -K 00 -iv 00 -in data
	;;
python3)
	need python3
	cat >program.py <<-'PYTHON'
		import json, re, zlib, decimal, threading
		words = re.findall(r"\w+", "upset counts what a bit flip does to a program " * 50)
		count = {w: words.count(w) for w in sorted(set(words))}
		print(json.dumps(count, indent=1))
		print(zlib.crc32(bytes(range(256)) * 20), decimal.Decimal(2).sqrt())
		def fail(n):
		    if n == 0:
		        raise ValueError("bottom")
		    fail(n - 1)
		try:
		    fail(50)
		except ValueError as error:
		    print(error)
		total = []
		threads = [threading.Thread(target=lambda i=i: total.append(sum(range(i * 300)))) for i in range(4)]
		for t in threads:
		    t.start()
		for t in threads:
		    t.join()
		print(sum(total))
	PYTHON
	# The system's, not one of a user's own.
	same /usr/bin/python3 -E -s program.py
	at_least_threads 2
	;;
sort)
	# Above 2^17 lines sort starts a second thread.
	awk 'BEGIN { for (i = 0; i < 140000; i++) print (i * 7919) % 99991 }' >input.txt
	detail=counts
	same sort -n --parallel=2 input.txt
	at_least_threads 2
	sort -n -c golden.out
	;;
exceptions)
	need g++
	g++ -O1 -g -pthread -o exceptions "$source/exceptions.cc" || fail "cannot compile"
	same ./exceptions
	expect "status of the program" "$plain_status" 3
	functions %deep% %rounds% main
	at_least_threads 5
	;;
node)
	need node
	cat >program.js <<-'JAVASCRIPT'
		function mix(n) {
		  let h = 2166136261;
		  for (let i = 0; i < n; i++)
		    h = Math.imul(h ^ (i & 255), 16777619) >>> 0;
		  return h;
		}
		// Long enough to be compiled, and compiled again when the type changes.
		console.log(mix(20000), [3, 1, 2].sort().join(), mix(2.5));
		let text = "";
		for (let i = 0; i < 300; i++)
		  text += String.fromCharCode(97 + (i * 7) % 26);
		console.log(text.match(/[aeiou]+/g).length);
		try {
		  null.x;
		} catch (error) {
		  console.log(error instanceof TypeError);
		}
	JAVASCRIPT
	detail=counts
	same node program.js
	at_least_threads 2
	expect "executed generated code" "$(sqlite3 study \
		"SELECT sum(executions) > 10000 FROM modules WHERE module = '[anon]'")" 1
	;;
native)
	need bzip2
	"$upset" doctor | grep -q '^native ptrace' || skip "engine native is not usable here"
	engine=native
	echo "hello world hello world" >input.txt
	same bzip2 -1 -c
	bunzip2 <golden.out | cmp - input.txt
	printf '%s\n' pear apple fig >input.txt
	detail=operands
	same sort
	sort -c golden.out
	;;
*)
	fail "unknown program"
	;;
esac
