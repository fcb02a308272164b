#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Shards that are made on a scratch: what is put in their place is whole each time, and they go on
# from it elsewhere; commands that are killed or find the place full lose only what is newer.
# shards_scratch.sh UPSET PROGRAM
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
cp "$1" "$dir/program"
cd "$dir"
mkdir place node-1 node-2
"$upset" plan -q -n 300 -o place/big.plan -- ./program
"$upset" campaign -q --plan place/big.plan -o whole
rows whole >whole.rows

# shard NODE [OPTION...]: all of it, there.
shard()
{
	node=$1
	shift
	"$upset" campaign -q -j 1 --plan place/big.plan --scratch "$node" -o place/big.upset "$@"
}

made()
{
	sqlite3 "file:$1?immutable=1" 'SELECT count(*) FROM experiment'
}

# --- one that ends, and leaves nothing behind ------------------------------------------------

shard node-1
rows place/big.upset | cmp - whole.rows || fail 'on a scratch something else came of it'
expect 'left behind' "$(find node-1 place | sort | tr '\n' ' ')" 'node-1 place place/big.plan place/big.upset '

# --- killed again and again, on one node and another -----------------------------------------

rm place/big.upset
kills=0
for try in $(seq 40); do
	node=node-$((try % 2 + 1))
	"$upset" campaign -q -j 1 --fresh --plan place/big.plan --scratch $node --save-every 1 --max-time 3 \
		-o place/big.upset 2>err &
	pid=$!
	# Long enough for it to put something in place, or not.
	sleep "1.$(od -An -N1 -tu1 /dev/urandom | tr -d ' ')"
	kill -KILL $pid 2>/dev/null && kills=$((kills + 1))
	wait $pid 2>/dev/null || :
	if [ -e place/big.upset ]; then
		now=$(made place/big.upset)
		[ "$now" -ge "${before:-0}" ] || fail "$before experiments were in place, then $now"
		before=$now
		expect "after $kills: soundness" \
			"$(sqlite3 "file:place/big.upset?immutable=1" 'PRAGMA integrity_check')" ok
	fi
	[ $kills -lt 4 ] || break
done
[ "$kills" -ge 3 ] || fail "only $kills were killed"
status=0
shard node-1 --fresh --max-time 2 2>err || status=$?
expect '--max-time: status' "$status" 75
told=$(sed -n 's/^upset: \([0-9]*\) of 300 experiments are in .*/\1/p' err)
expect 'what it said is in place' "$(made place/big.upset)" "$told"
[ "$told" -ge "${before:-0}" ] || fail "$before experiments were in place, then $told"
shard node-1 2>err || fail "going on: $(cat err)"
rows place/big.upset | cmp - whole.rows || fail "after $kills kills something else came of it"
expect 'left behind in place' "$(find place | sort | tr '\n' ' ')" 'place place/big.plan place/big.upset '

# --- changed by somebody else ----------------------------------------------------------------

"$upset" campaign -q -j 1 --plan place/big.plan --shard 0/2 --fresh --scratch node-2 --save-every 1 -o place/changed 2>err &
pid=$!
for _ in $(seq 400); do
	[ ! -e place/changed ] || break
	sleep 0.05
done
cp place/changed other
mv other place/changed
status=0
wait $pid || status=$?
expect 'changed meanwhile: status' "$status" 3
grep -q 'place/changed was changed by another process meanwhile' err || fail "changed meanwhile: $(cat err)"
part=$(echo node-2/upset-*-changed)
[ -e "$part" ] || fail "what was made is not kept: $(ls node-2)"

# --- a place that is full --------------------------------------------------------------------

unshare -rm mount -t tmpfs none node-1 2>err || skip 'no file system of one'"'"'s own here, so not in a full place'
cat >full.sh <<'SH'
upset=$1
mount -t tmpfs -o size="$2"k none full
"$upset" campaign -q -j 1 --no-sandbox --plan free.plan --scratch node-1 -o full/big.upset 2>full.err
echo $? >full.status
find full >full.left
find node-1 -type f >full.kept
# One that fails before it begins, as its input cannot be read, leaves that.
mkfifo in
cat in &
"$upset" campaign -q --no-sandbox --plan free.plan --scratch node-1 -o full/big.upset 2>early.err 0>in
echo $? >early.status
find node-1 -type f >early.kept
mount -o remount,size=100m full
"$upset" campaign -q -j 1 --no-sandbox --plan free.plan --scratch node-1 --json-progress -o full/big.upset 2>more.err
echo $? >more.status
cp full/big.upset more
SH
rm -f node-1/*
mkdir full
"$upset" plan -q --no-sandbox -n 300 -o free.plan -- ./program
unshare -rm sh full.sh "$upset" $(($(wc -c <free.plan) / 1024 + 8)) || fail "$(cat full.err more.err)"
expect 'full: status' "$(cat full.status)" 3
grep -q 'cannot .*full/big.upset.*no space left.*; what was made is in .*node-1/upset-.*-big.upset' full.err ||
	fail "full: $(cat full.err)"
expect 'full: left in place' "$(cat full.left)" full
expect 'full: kept' "$(wc -l <full.kept)" 1
expect "it fails early: status ($(cat early.err))" "$(cat early.status)" 3
expect 'it fails early: kept' "$(cat early.kept)" "$(cat full.kept)"
expect 'with room: status' "$(cat more.status)" 0
expect 'with room: none of it is made again' \
	"$(sed -n '1s/.*"made":\([0-9]*\),.*/\1/p' more.err)" 300
expect 'with room' "$(made more)" 300
