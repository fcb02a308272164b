#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Campaigns with programs that do harm, and under engine gdb experiments: the machine outside is as
# it was.
# campaign_harm.sh UPSET
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$dir"
mkdir work
cd work
echo kept >treasure

# make EXPERIMENTS COMMAND...: a campaign; where the program is stepped up to its faults one
# experiment, in its first instruction.
make()
{
	experiments=$1
	shift
	if [ $engine = gdb ]; then
		"$upset" inject --engine gdb -f 'set:0 xmm15 @ insn=0' \
			--ignore-stdout --ignore-stderr --ignore-files -- "$@"
	else
		"$upset" campaign -q --engine $engine -o ../study -j 2 -n "$experiments" \
			--ignore-stderr --ignore-files -- "$@"
	fi
}

for engine in qemu native gdb; do
	make 1 /bin/true >../out 2>&1 ||
		{ echo "campaign_harm: not under $engine: $(cat ../out)" >&2; continue; }
	sleep 1000 &
	victim=$!
	trap 'kill "$victim" 2>/dev/null || :; rm -rf "$dir"' EXIT

	# harm EXPERIMENTS COMMAND...: the campaign is made.
	harm()
	{
		campaign "$@"
		[ "$status" = 0 ] || fail "$engine, $*: status $status: $(cat ../out)"
	}

	# campaign EXPERIMENTS COMMAND...: make it, and look whether anything is harmed; its $status.
	campaign()
	{
		status=0
		make "$@" >../out 2>&1 </dev/null || status=$?
		shift
		expect "$engine, $*: files" "$(ls -A)" treasure
		expect "$engine, $*: treasure" "$(cat treasure)" kept
		kill -0 "$victim" || fail "$engine, $*: killed a process outside"
	}
	# Where engine native has to step through all of a program: what is cheap, once.
	if [ $engine = native ] && "$upset" doctor | grep -q '^native .*steps'; then
		harm 1 rm -rf .
		harm 1 sh -c "kill -KILL -1 $victim; kill -KILL $victim"
		kill "$victim"
		continue
	fi
	harm 6 rm -rf .
	# shellcheck disable=SC2016 # it is the program's shell that knows them
	harm 6 sh -c 'rm -rf "$PWD" "$PWD"/../* 2>/dev/null; echo lost >treasure'
	harm 4 sh -c "kill -KILL -1 $victim; kill -KILL $victim"
	# shellcheck disable=SC2016
	harm 3 sh -c 'trap "" TERM INT HUP; kill -TERM 0; kill -KILL $PPID 1'
	harm 3 /usr/bin/python3 -I -S -c 'import _socket
s = _socket.socket()
print(s.connect_ex(("192.0.2.1", 80)), s.connect_ex(("127.0.0.1", 22)))'
	# Where the first shell is slow its children leave it no process: then runs differ.
	campaign 1 sh -c 'f() { f | f & }; f; exit 0'
	[ "$status" = 0 ] || grep -q 'two runs without faults end differently\|more processes and threads' ../out ||
		fail "$engine, a bomb: status $status: $(cat ../out)"
	harm 1 sh -c 'head -c 10000000 /dev/zero >big; exit 0'
	kill "$victim"
done
