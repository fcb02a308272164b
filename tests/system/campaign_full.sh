#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A campaign whose disk fills up: what it told of is kept, and with room again
# the same command goes on to the result that it would have had.
# campaign_full.sh UPSET GUESTS-FOLDER
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
guests=$1 experiments=800
cd "$dir"
head -c 700 "$upset" >input
mkdir disk
unshare -rm mount -t tmpfs none disk 2>err || skip 'no file system of one'"'"'s own here'
cat >full.sh <<'SH'
# full.sh UPSET GUEST EXPERIMENTS: on a disk that has room for some of them, then for all.
campaign()
{
	"$upset" campaign --json-progress --no-sandbox -j 2 -n "$experiments" -o disk/study "$@" -- \
		"$guest" input
}
upset=$1 guest=$2 experiments=$3
# Once the golden run is in it and something has been made, there is little room left.
mount -t tmpfs -o size=100m none disk
for _ in $(seq 60); do
	campaign --max-time 1s >first.out 2>first.err
	[ "$(sqlite3 disk/study 'SELECT count(*) FROM experiment')" = 0 ] || break
done
mount -o remount,size=$(($(du -k disk/study | cut -f 1) + 48))k disk
campaign >full.out 2>full.err
echo $? >full.status
sqlite3 disk/study 'PRAGMA integrity_check' >full.check
sqlite3 disk/study 'SELECT count(*) FROM experiment' >full.count
ls disk >full.ls
mount -o remount,size=100m disk
campaign >more.out 2>more.err
echo $? >more.status
cp disk/study study
SH
unshare -rm sh full.sh "$upset" "$guests/md5" "$experiments" || fail "$(cat full.err more.err)"
told=$(sed -n 's/^{"planned":[0-9]*,"made":\([0-9]*\),.*/\1/p' full.err | tail -1)
kept=$(cat full.count)
expect 'full disk: status' "$(cat full.status)" 3
grep -q "no space left" full.err || fail "full disk: $(cat full.err)"
expect 'full disk: how to go on' "$(grep -c 'give the command again to go on' full.err)" 1
expect 'full disk: study' "$(cat full.check)" ok
{ [ "$kept" -gt 0 ] && [ "$kept" -lt "$experiments" ]; } || fail "full disk: $kept are kept"
expect 'full disk: how many are kept' "$(sed -n 's/^upset: \([0-9]*\) of .*/\1/p' full.err)" "$kept"
[ "$kept" -ge "${told:-0}" ] || fail "full disk: told of $told, kept $kept"
expect 'full disk: files' "$(cat full.ls)" study
expect 'with room: status' "$(cat more.status)" 0
"$upset" campaign --quiet --no-sandbox -j 2 -n "$experiments" -o whole -- "$guests/md5" input >out 2>&1 ||
	fail "$(cat out)"
# Without a sandbox the number of the process is another one each time, and so what holds it.
for which in whole study; do
	rows $which | awk -F'|' -v OFS='|' 'NF == 17 { $14 = $15 = $16 = "" } { print }' >$which.rows
done
grep -q '|done|' whole.rows || fail 'no injections to compare'
cmp whole.rows study.rows || fail "with room: $(diff whole.rows study.rows | head -4)"
