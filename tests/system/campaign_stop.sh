#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Campaigns that are stopped, by Ctrl-C or by force, at any time: nothing of them
# is left, what they told of is kept, and the same command goes on to the result
# that it would have had.
# campaign_stop.sh UPSET GUESTS-FOLDER STOPS EXPERIMENTS
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
guests=$1 stops=$2 experiments=$3
cd "$dir"
head -c 4000 "$upset" >input
mkdir tmp
export TMPDIR="$dir/tmp"

campaign()
{
	"$upset" campaign -j 2 --env TMPDIR --json-progress -n "$experiments" --locations gpr,code "$@" \
		-- "$guests/md5" input
}

# Processes that have this test's TMPDIR, but the shell itself and what it runs now.
left()
{
	# Those that have ended meanwhile cannot be read.
	for environment in $(grep -lzxF "TMPDIR=$TMPDIR" /proc/[0-9]*/environ); do
		process=${environment%/environ}
		process=${process#/proc/}
		case $(readlink "/proc/$process/exe") in
		"$upset" | *qemu-x86_64) echo "$process" ;;
		esac
	done 2>/dev/null
}

gone()
{
	for _ in $(seq 200); do
		left=$(left)
		[ -n "$left" ] || return 0
		sleep 0.05
	done
	fail "$what: processes are left: $left"
}

random()
{
	od -An -N2 -tu2 /dev/urandom | tr -d ' '
}

kept()
{
	[ -e study ] || { echo 0; return; }
	sqlite3 study 'SELECT count(*) FROM experiment' 2>/dev/null || echo 0
}

# stop SIGNAL MILLISECONDS: start it, or go on with it, and stop it after a while.
stop()
{
	before=$(kept)
	# A shell's jobs ignore Ctrl-C, and what ignores it from the start is not stopped by it.
	env --default-signal=INT setsid "$upset" campaign -j 2 --env TMPDIR --json-progress -n "$experiments" \
		--locations gpr,code -o study -- "$guests/md5" input >out 2>err &
	pid=$!
	sleep "$(awk -v ms="$2" 'BEGIN { print ms / 1000 }')"
	status=0
	kill -"$1" "$pid" 2>kill.err || :
	wait "$pid" 2>/dev/null || status=$?
	what="$1 after $2 ms"
	gone
	told=$(sed -n 's/^{"planned":[0-9]*,"made":\([0-9]*\),.*/\1/p' err | tail -1)
	after=$(kept)
	[ "$after" -ge "${told:-0}" ] || fail "$what: told of $told, kept $after"
	[ "$after" -ge "$before" ] || fail "$what: kept $before, then $after"
	expect "$what: left in TMPDIR" "$(ls tmp)" ""
	[ ! -e study ] || expect "$what: study" "$(sqlite3 study 'PRAGMA integrity_check')" ok
	# Done, or not yet ready for signals.
	[ "$status" != 0 ] && [ "$status" != 130 ] || return 0
	stopped=$((stopped + 1))
	[ "$1" = KILL ] || tidy
}

# After Ctrl-C.
tidy()
{
	expect "$what: status" "$status" 3
	grep -q '^upset: interrupted' err || fail "$what: it ended with: $(grep -v '^{' err)"
	said=$(grep -c 'give the command again to go on' err || :)
	[ "$after" = 0 ] || expect "$what: how to go on" "$said" 1
	expect "$what: what else was said" "$(grep -vc '^{\|^upset: interrupted\|to go on$' err)" 0
	expect "$what: summary" "$(cat out)" ""
}

begun=$(date +%s%3N)
campaign -o whole >out 2>err || fail "$(cat err)"
# So that it is stopped several times before it is whole, on a machine of any speed.
longest=$((2 * ($(date +%s%3N) - begun) / stops))
stopped=0
for i in $(seq $stops); do
	signal=INT
	[ $((i % 2)) = 0 ] || signal=KILL
	stop $signal $(($(random) % longest))
done
# While QEMU is asked for its version, of upset alone and of all that it has started.
qemu=$("$upset" doctor | sed -n 's/^qemu x86_64 //p')
cat >slow-qemu <<TEXT
#!/bin/sh
[ "\$1" != --version ] || { : >"$dir/asked"; sleep 0.5; }
exec "$qemu" "\$@"
TEXT
chmod +x slow-qemu
for group in "" -; do
	rm -f asked
	UPSET_QEMU="$dir/slow-qemu" env --default-signal=INT setsid "$upset" campaign --env TMPDIR -n 1 -o early \
		-- "$guests/md5" input >out 2>err &
	pid=$!
	for _ in $(seq 200); do
		[ ! -e asked ] || break
		sleep 0.05
	done
	[ -e asked ] || fail "QEMU was not asked for its version: $(cat err)"
	kill -INT "$group$pid"
	status=0 what="while QEMU tells its version" after=0
	wait "$pid" || status=$?
	tidy
done
[ "$stopped" -ge 5 ] || fail "stopped only $stopped times"
campaign -o study >out 2>err || fail "going on: $(cat err)"
expect 'experiments' "$(kept)" "$experiments"
expect 'campaigns' "$(sqlite3 study 'SELECT count(*) FROM campaign')" 1
rows whole >whole.rows
rows study >study.rows
cmp whole.rows study.rows || fail "stopped $stopped times: $(diff whole.rows study.rows | head -4)"
