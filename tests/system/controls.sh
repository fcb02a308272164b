#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Controls of a real program: those of a small campaign must all be equal to the golden run,
# in copies, where there are any, and afresh: controls.sh UPSET NAME.
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
source=$(cd "$(dirname "$0")" && pwd)
name=$1
test_name="controls $name"
cd "$dir"

# once OPTION PROGRAM...: standard input is input.txt when there is one.
once()
{
	way=$1
	shift
	[ -e input.txt ] || : >input.txt
	"$upset" campaign -n 1 --controls 4 ${way:+"$way"} -o "study$way" -- "$@" <input.txt >out 2>err ||
		fail "$(cat err)"
	expect "controls $way ($(sqlite3 "study$way" 'SELECT fault, difference FROM controls'))" \
		"$(sqlite3 "study$way" 'SELECT controls, controls_different FROM campaigns')" '4|0'
	expect "errors $way" "$(sqlite3 "study$way" \
		"SELECT count(*) FROM controls WHERE result = 'error'")" 0
	! grep '^warning: .* controls' out >&2 || fail "warned"
}

# equal PROGRAM...: both ways; they are the same where there are no copies.
equal()
{
	once '' "$@"
	[ "$(sqlite3 study "SELECT count(*) FROM controls WHERE way = 'carried'")" = 0 ] ||
		once --fresh "$@"
}

# reached: each control came to its place, which it does where runs are the same.
reached()
{
	expect 'places that came' "$(sqlite3 study "SELECT count(*) FROM controls
		WHERE result = 'equal'")" 4
}

compile()
{
	cc -O1 -pthread -o program program.c || fail "cannot compile"
}

case $name in
bzip2)
	need bzip2
	seq 200 >input.txt
	equal bzip2 -c
	reached
	;;
sqlite3)
	need sqlite3
	echo 'CREATE TABLE t(a); INSERT INTO t VALUES (3), (1), (2); SELECT * FROM t ORDER BY a;' \
		>input.txt
	equal sqlite3 -init /dev/null :memory:
	reached
	;;
openssl)
	need openssl
	seq 100 >input.txt
	equal openssl dgst -sha256
	reached
	;;
python3)
	need python3
	cat >program.py <<-'PY'
		import signal
		ticks = []
		signal.signal(signal.SIGALRM, lambda number, frame: ticks.append(turns))
		turns = 0
		signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
		while len(ticks) < 3:
		    turns += 1
		signal.setitimer(signal.ITIMER_REAL, 0)
		print(sorted({"a", "b", "c"}), hash("order") % 7 >= 0, ticks)
	PY
	equal /usr/bin/python3 -I -S program.py
	;;
exceptions)
	need g++
	cat >program.cc <<-'C'
		#include <iostream>
		#include <stdexcept>
		#include <string>
		static int deep(int n) { if (n == 0) throw std::runtime_error("bottom"); return deep(n - 1) + 1; }
		int main()
		{
			int caught = 0;
			for (int i = 0; i < 5; i++)
				try { deep(i); } catch (const std::exception &e) { caught += std::string(e.what()).size(); }
			std::cout << caught << std::endl;
		}
	C
	g++ -O1 -o program program.cc || fail "cannot compile"
	equal ./program
	reached
	;;
threads)
	cp "$source/joined.c" program.c
	compile
	equal ./program
	;;
files)
	cat >program.c <<-'C'
		#include <stdio.h>
		int main(void)
		{
			FILE *file = fopen("written", "w");
			for (int i = 0; i < 100; i++)
				fprintf(file, "%d\n", i * i);
			return fclose(file) || rename("written", "kept") || puts("done") < 0;
		}
	C
	compile
	equal ./program
	reached
	[ ! -e kept ] || fail "it was written outside of the sandbox"
	;;
proc)
	cat >program.c <<-'C'
		#include <stdio.h>
		int main(void)
		{
			char line[512];
			int n = 0;
			FILE *files[] = {fopen("/proc/self/cmdline", "r"), fopen("/proc/version", "r")};
			for (int i = 0; i < 2; i++)
				while (files[i] != NULL && fgets(line, sizeof(line), files[i]))
					n++;
			return printf("%d lines\n", n) < 0;
		}
	C
	compile
	equal ./program
	reached
	;;
timer)
	cat >program.c <<-'C'
		#include <signal.h>
		#include <stdio.h>
		#include <sys/time.h>
		static volatile sig_atomic_t ticks;
		static void tick(int number) { (void)number; ticks++; }
		int main(void)
		{
			struct itimerval once = {{0, 0}, {0, 1000}};
			sigset_t alarm, before;
			sigemptyset(&alarm);
			sigaddset(&alarm, SIGALRM);
			sigprocmask(SIG_BLOCK, &alarm, &before);
			signal(SIGALRM, tick);
			setitimer(ITIMER_REAL, &once, NULL);
			while (ticks == 0)
				sigsuspend(&before);
			return printf("%d\n", (int)ticks) < 0;
		}
	C
	compile
	equal ./program
	;;
jit)
	# Patterns of Perl are compiled to machine code.
	echo a | grep -qP '(?<=^)a$' 2>/dev/null || skip "grep knows no patterns of Perl"
	seq 100 | sed 's/$/ab/' >input.txt
	equal grep -cP '^(\d)\1(?=ab$)'
	reached
	;;
node)
	need node
	echo 'let h = 7; for (let i = 0; i < 5000; i++) h = Math.imul(h ^ i, 16777619) >>> 0; console.log(h)' \
		>program.js
	equal node program.js
	;;
*)
	fail "unknown program"
	;;
esac
