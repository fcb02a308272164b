#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Nothing that a command said is stored gets lost: where its output goes nowhere, and where five
# commands write one study and some of them are killed.
# studies.sh UPSET TINY
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
tiny=$(realpath "$1")
cd "$dir"

# --- output that cannot be passed on ---
# unpassed WHAT REASON STUDY: the last command's status in $status, its message in err.
unpassed()
{
	expect "$1: exit status" "$status" 3
	expect "$1: messages" "$(grep -c 'could not all be passed on' err)" 1
	grep -q "$2; run 1 is complete and stored" err || fail "$1: $(cat err)"
	expect "$1: instructions" "$(value "$3" instructions)" "$instructions"
}

for engine in qemu native; do
	"$upset" golden -q -e $engine -d counts -o $engine.upset -- "$tiny" hello >out
	instructions=$(value $engine.upset instructions)
	status=0
	"$upset" golden -q -e $engine -d counts -o full.$engine -- "$tiny" hello >/dev/full 2>err || status=$?
	unpassed "$engine: a full disk" 'No space left on device' full.$engine
	status=0
	"$upset" golden -q -e $engine -d counts -o closed.$engine -- "$tiny" hello >&- 2>err || status=$?
	unpassed "$engine: a closed output" 'Bad file descriptor' closed.$engine
	{
		status=0
		"$upset" golden -q -e $engine -d counts -o gone.$engine -- "$tiny" hello 2>err || status=$?
		echo $status >status
	} | :
	status=$(cat status)
	unpassed "$engine: a reader that is gone" 'Broken pipe' gone.$engine
done

# --- several commands at once ---
# in_study WHAT SQL: what a command said is there, is.
in_study()
{
	expect "round $round: $1" "$(sqlite3 shared.upset "$2")" 1
}

for round in 1 2 3; do
	rm -f shared.upset* ./*.said
	pids=
	for name in a b; do
		"$upset" golden -d counts -o shared.upset -- "$tiny" hello $name >out.$name 2>golden-$name.said &
		pids="$pids $!"
	done
	# Refused when the program has run: it does not end so.
	"$upset" campaign -q -n 3 --golden-ends 'exit 7' -o shared.upset -- "$tiny" >out.refused 2>&1 &
	refused=$!
	for name in c d; do
		"$upset" campaign -n 20 -j 1 -o shared.upset -- "$tiny" hello >$name.out 2>campaign-$name.said &
		pids="$pids $!"
	done
	# One of them, another in each round, is killed in the middle.
	sleep 0.$((round * 3))
	# shellcheck disable=SC2086
	set -- $pids
	shift $((round % $#))
	kill -s KILL "$1" 2>err || :
	status=0
	wait $refused || status=$?
	expect "round $round: the campaign that is refused" $status 3
	for pid in $pids; do
		wait "$pid" 2>err || :
	done
	for name in a b; do
		run=$(sed -n 's/^upset: run \([0-9]*\) .*/\1/p' golden-$name.said)
		[ -z "$run" ] ||
			in_study "run $run" "SELECT count(*) FROM argument WHERE run = $run AND value = '$name'"
	done
	if grep -q '^upset: campaign' campaign-c.said campaign-d.said; then
		in_study campaign 'SELECT count(*) = 20 FROM experiment'
	fi
	[ ! -e shared.upset ] || in_study soundness "SELECT integrity_check = 'ok' FROM pragma_integrity_check"
done
