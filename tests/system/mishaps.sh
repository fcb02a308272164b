#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs that end before their program does, and disks that are full: what was
# counted is kept and holds together, and nothing is left behind.
# mishaps.sh UPSET GUEST, where GUEST loops without end.
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
guest=$(realpath "$1") tiny=$(realpath "$2")
cd "$dir"
pid=
# Nothing of a session of its own ends with this one.
trap '[ -z "$pid" ] || kill -s KILL -- "-$pid" 2>/dev/null || :; rm -rf "$dir"' EXIT

find_program()
{
	program=$(cat "/proc/$pid/task/$pid/children" 2>err.children || :)
	program=${program% }
}

# start ENGINE DETAIL: a run into ./study, its process in $pid; once it counts, $program is QEMU
# or the guest.
start()
{
	# Shells have jobs ignore Ctrl-C, and what ignores it from the start goes on.
	env --default-signal=INT setsid "$upset" golden --engine "$1" --detail "$2" -o study \
		-- "$guest" >out 2>err &
	pid=$!
	for _ in $(seq 200); do
		sleep 0.05
		find_program
		[ -z "$program" ] || break
	done
	sleep 1
	# The first one may have been QEMU that was asked for its version.
	find_program
	[ -n "$program" ] || fail "$1: the program did not start: $(cat err)"
}

# hit SIGNAL PROCESS: and wait for the run, whose exit status is in $status then.
hit()
{
	kill -s "$1" -- "$2"
	status=0
	wait "$pid" || status=$?
}

gone()
{
	for _ in $(seq 200); do
		[ -e "/proc/$1" ] || return 0
		sleep 0.05
	done
	fail "process $1 is left"
}

# sound WHAT: the run in ./study holds together.
sound()
{
	expect "$1: executions of all instructions" \
		"$(sqlite3 study 'SELECT sum(executions) FROM instruction')" "$(value study instructions)"
	[ "$(value study instructions)" -gt 1000 ] || fail "$1: nothing was counted"
	# The part of the loop that all rounds execute: at most one round is not complete.
	expect "$1: the loop is whole" "$(sqlite3 study "SELECT max(executions) - min(executions) <= 1
		FROM instructions WHERE text LIKE 'lock%' OR text LIKE 'imul%' OR text LIKE 'push%'
		OR text LIKE 'fadd%' OR text LIKE 'cmov%'")" 1
	"$upset" show study operands --csv >csv
}

for engine in qemu native; do
	for detail in counts operands full; do
		what="$engine $detail"
		rm -f study

		start $engine $detail
		hit TERM "$pid"
		expect "$what, interrupted: status" "$status" 3
		expect "$what, interrupted: end" "$(value study end)" interrupted
		grep -q interrupted err || fail "$what, interrupted: not said"
		sound "$what, interrupted"
		expect "$what, interrupted: lost" "$(value study lost)" 0
		gone "$program"

		# As a terminal does it: to upset and to the program.
		rm -f study
		start $engine $detail
		hit INT "-$pid"
		expect "$what, Ctrl-C: status" "$status" 3
		expect "$what, Ctrl-C: end" "$(value study end)" interrupted
		sound "$what, Ctrl-C"
		expect "$what, Ctrl-C: lost" "$(value study lost)" 0
		gone "$program"

		rm -f study
		start $engine $detail
		hit TERM "$program"
		expect "$what, program ended: status" "$status" 0
		expect "$what, program ended: end" "$(value study end) $(value study status)" \
			"signaled 15"
		sound "$what, program ended"
		expect "$what, program ended: lost" "$(value study lost)" 0

		rm -f study
		start $engine $detail
		hit KILL "$program"
		expect "$what, program killed: status" "$status" 0
		expect "$what, program killed: end" "$(value study end) $(value study status)" \
			"signaled 9"
		sound "$what, program killed"

		cp study before
		start $engine $detail
		hit KILL "$pid"
		gone "$program"
		expect "$what, upset killed: runs" "$(sqlite3 study 'SELECT count(*) FROM run')" 1
		expect "$what, upset killed: study" "$(sqlite3 study 'PRAGMA integrity_check')" ok
	done
done

# A limit on the size of files is told as what it is, and leaves the study as it was.
golden limited "$tiny" hello
cp limited first
for blocks in 0 40 4000; do
	for command in "golden --engine qemu" "golden --engine native" "campaign --engine qemu -n 1"; do
		# There it would do.
		[ "$blocks $command" != '4000 golden --engine native' ] || continue
		# shellcheck disable=SC2086,SC3045 # words; what is /bin/sh somewhere knows it
		said=$( (ulimit -f $blocks; "$upset" $command -q -o limited -- "$tiny" hello) 2>&1 |
			cat)
		cmp -s first limited || fail "$command, limit $blocks: study has changed: $said"
		case $said in
		*'ulimit -f'*) ;;
		*) fail "$command, limit $blocks: $said" ;;
		esac
	done
done

# A disk that is full: the message says so, and the run that was there before stays.
mkdir disk
if ! unshare -rm mount -t tmpfs none disk 2>err; then
	echo "mishaps: no file system of one's own here, full disks are not tested" >&2
	exit 0
fi
cat >full.sh <<'SH'
# full.sh UPSET ENGINE GUEST: a disk that is full before the run, and one that fills up by it.
run() { "$1" golden --quiet --engine "$2" -o disk/study -- "$3" hello; }
mount -t tmpfs -o size=2m none disk
run "$@" >out 2>err || exit 1
cp disk/study first
dd if=/dev/zero of=disk/rest bs=1k 2>dd.err
run "$@" >out 2>err
echo "$? $(cat out)" >before
cmp first disk/study && sqlite3 disk/study 'PRAGMA integrity_check' >check
# The smallest that an empty study fits in, so that the program is run.
for size in $(seq 300 20 1500); do
	umount disk
	mount -t tmpfs -o "size=${size}k" none disk
	run "$@" >out 2>last
	echo "$? $(cat out) $(ls disk)" >during
	[ ! -s out ] || break
done
cat last >>err
SH
for engine in qemu native; do
	rm -f before during check
	unshare -rm sh full.sh "$upset" $engine "$tiny" || fail "$engine, full disk: $(cat err)"
	expect "$engine, full disk: status, the program did not run" "$(cat before)" "3 "
	expect "$engine, full disk: study" "$(cat check)" ok
	expect "$engine, disk fills up: status, output, nothing is left" "$(cat during)" "3 hello "
	expect "$engine, full disk: said" "$(grep -c 'no space left' err)" 2
	expect "$engine, full disk: nothing else is said" "$(wc -l <err)" 2
done
