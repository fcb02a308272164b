#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# How far shards are, by their studies and locks: those that run, that were stopped and killed,
# that are of something else, and which are missing; two writers of one shard.
# shards_status.sh UPSET PROGRAM
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
cp "$1" "$dir/program"
cd "$dir"
mkdir 'a [b]*'
cd 'a [b]*'

shard()
{
	k=$1
	shift
	"$upset" campaign -q -j 1 --plan big.plan --shard "$k/4" -o "big-$k.upset" "$@"
}

# status EXIT-STATUS [ARGUMENT...]: what it says is in ../out and ../err.
status()
{
	wanted=$1 got=0
	shift
	"$upset" status "$@" >../out 2>../err || got=$?
	expect "status $*: exit status ($(cat ../err))" "$got" "$wanted"
	grep -v '^{' ../out | awk 'length > 80' >../long
	[ ! -s ../long ] || fail "over 80 columns: $(cat ../long)"
}

# says TEXT: a line of it, spaces made one.
says()
{
	tr -s ' ' <../out | sed 's/^ //; s/ $//' | grep -qxF "$1" || fail "no '$1' in: $(cat ../out)"
}

"$upset" plan -q -n 80 -o big.plan -- ../program
status 1 big.plan
says 'made 0 0.00 %'
says 'shards none has been begun'
says 'missing 0-79'

shard 0
shard 1
sqlite3 big-1.upset 'DELETE FROM experiment WHERE number > 20; DELETE FROM injection WHERE experiment > 20'
status 1 big.plan
says 'made 25 31.25 %'
says 'missing 55'
says 'shards 4: 1 complete, 1 stopped, 2 not begun'
grep -q '^missing  *2-3, 6-7, 10-11, 14-15, 18-19, 21-23, 25-27, 29-31, 33-35, 37-39$' ../out || fail "$(cat ../out)"
says 'to make 1/4, 2/4, 3/4'
says '1/4 5 20 stopped'

# --- locks: one on another machine, of which there is no study yet, and one that is gone -----

now=$(date +%s)
cat >big-2.upset.lock <<END
host node7
machine other
process 12 34
since $((now - 10))
job 81
restart 0
shard 2
shards 4
END
status 1 big.plan
says 'shards 4: 1 complete, 1 running, 1 stopped, 1 not begun'
says '2/4 0 20 running node7 job 81'
says 'to make 1/4, 3/4'
got=0
shard 2 2>../err || got=$?
expect 'a study of another machine: status' "$got" 3
grep -q 'big-2.upset is written to by process 12 on node7 (job 81) since .* give --take-lock' ../err ||
	fail "a study of another machine: $(cat ../err)"
[ ! -e big-2.upset ] || fail 'a study was made of what was refused'
got=0
"$upset" merge -o big-2.upset big-0.upset 2>../err || got=$?
expect 'merging into it: status' "$got" 3
grep -q 'process 12 on node7' ../err || fail "merging into it: $(cat ../err)"
shard 2 --take-lock
[ ! -e big-2.upset.lock ] || fail 'a lock is left behind'

# It runs, and has stored half of what it makes.
sqlite3 big-2.upset 'DELETE FROM experiment WHERE number > 40; DELETE FROM injection WHERE experiment > 40'
touch -d "@$now" big-2.upset
cat >big-2.upset.lock <<END
host node7
machine other
process 12 34
since $((now - 10))
before 1
END
status 1 --json big.plan
rate=$(python3 -c '
import json, sys
s = json.load(sys.stdin)
print(round(s["rate"], 1), s["studies"][2]["state"], s["studies"][2]["host"], s["to_make"])' <../out)
expect 'as JSON' "$rate" '0.9 running node7 [1, 3]'
rm big-2.upset.lock

# --- two writers, and one that is killed -----------------------------------------------------

"$upset" campaign -q -j 1 --fresh --plan big.plan --shard 3/4 -o big-3.upset &
pid=$!
for _ in $(seq 200); do
	[ ! -e big-3.upset.lock ] || break
	sleep 0.02
done
kill -STOP $pid
if [ -e big-3.upset.lock ]; then
	got=0
	shard 3 2>../err || got=$?
	expect 'a second writer: status' "$got" 3
	grep -q "big-3.upset is written to by process $pid on $(uname -n) since" ../err ||
		fail "a second writer: $(cat ../err)"
fi
kill -KILL $pid
wait $pid 2>/dev/null || :
if [ -e big-3.upset.lock ]; then
	status 1 big.plan
	grep -q '^ *3/4 .* killed ' ../out || fail "killed: $(cat ../out)"
	"$upset" campaign --plan big.plan --shard 3/4 -o big-3.upset >../out 2>../err
	grep -q "^upset: going on for process $pid on .*, which has ended in the middle" ../err ||
		fail "one that was killed: $(cat ../err)"
fi

# --- a journal that was left behind by one that was killed -----------------------------------

shard 1
shard 2
sqlite3 big-2.upset "PRAGMA cache_size = 1; BEGIN; UPDATE experiment SET faults = faults || hex(zeroblob(5000));" \
	".shell cp big-2.upset half; cp big-2.upset-journal half-journal" ROLLBACK
cmp -s half big-2.upset && fail 'nothing was left half done'
cp half big-2.upset
cp half-journal big-2.upset-journal
status 0 big.plan
says 'shards 4: 4 complete'
expect 'what was left half done' "$(sqlite3 big-2.upset 'SELECT max(length(faults)) < 100 FROM experiment')" 1
"$upset" merge -q -o big.upset big-0.upset big-1.upset big-2.upset big-3.upset
rm big-[0-3].upset
status 0 big.plan
says 'made 80 100.00 %'

# --- what is none ----------------------------------------------------------------------------

echo nothing >big-4.upset
"$upset" plan -q -n 80 --seed 2 -o big-5.upset -- ../program
status 0 big.plan
grep -q 'big-4.upset is not a study' ../err || fail "no study: $(cat ../err)"
grep -q 'big-5.upset is no part of this plan' ../err || fail "another plan: $(cat ../err)"
status 3 big.plan big-5.upset
grep -q 'big-5.upset is no part of this plan' ../err || fail "another plan that is named: $(cat ../err)"
status 3 gone.plan
status 2
