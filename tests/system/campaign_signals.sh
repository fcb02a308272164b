#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Signals that people and schedulers send to stop a campaign: what was made is kept, and
# how to go on is said, also when the signal comes more than once where that is usual.
# campaign_signals.sh UPSET PROGRAM
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
guest=$(realpath "$1")
cd "$dir"

for signal in TERM HUP USR1 XCPU; do
	env --default-signal=HUP "$upset" campaign --json-progress -n 10000000 -o "$signal" \
		-- "$guest" >out 2>err &
	pid=$! status=0
	for _ in $(seq 600); do
		! grep -q '"made":[1-9]' err || break
		sleep 0.05
	done
	kill -"$signal" "$pid"
	case $signal in
	USR1 | XCPU) kill -"$signal" "$pid" 2>kill.err || : ;;
	esac
	wait "$pid" || status=$?
	expect "$signal: status" "$status" 75
	grep -qx 'upset: interrupted' err || fail "$signal: it ended with: $(tail -3 err)"
	kept=$(sqlite3 "$signal" 'SELECT count(*) FROM experiment')
	[ "$kept" -gt 0 ] || fail "$signal: nothing was kept"
	grep -q "^upset: $kept of 10000000 experiments are in $signal; give the command again" err ||
		fail "$signal: $kept were kept, and it said: $(tail -3 err)"
	expect "$signal: summary" "$(cat out)" ""
done
