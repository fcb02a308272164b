#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The parts of a campaign, made apart, in any order and stopped in between, are merged to what one
# command makes; parts that are none are refused by name, and nothing is lost.
# shards.sh UPSET GUESTS-FOLDER
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
guests=$1 experiments=160
cd "$dir"
head -c 2000 "$upset" >input
cp "$guests/md5" program

plan()
{
	"$upset" plan -q -n "$experiments" --locations gpr,code "$@" -- ./program input
}

# shard K N STUDY [OPTION...]
shard()
{
	k=$1 n=$2 study=$3
	shift 3
	"$upset" campaign -q --plan "$dir/plan" --shard "$k/$n" -o "$study" "$@"
}

# refused WHAT MESSAGE COMMAND...: it fails with 3, says that and changes no study.
refused()
{
	what=$1 message=$2 status=0
	shift 2
	"$@" >out 2>err || status=$?
	expect "$what: status" "$status" 3
	grep -q "$message" err || fail "$what: it said: $(cat err)"
}

# The views as CSV, without times and what tells of the merged file's runs.
table()
{
	rm -rf csv
	"$upset" export -f csv -o csv "$1"
	for view in experiments faults controls outcomes by_location by_function; do
		echo "$view"
		sqlite3 :memory: ".mode csv" ".import csv/$view.csv t" \
			"SELECT group_concat('\"' || name || '\"') FROM pragma_table_info('t')
				WHERE name NOT LIKE '%time_ns'" >columns
		sqlite3 :memory: ".mode csv" ".import csv/$view.csv t" \
			"SELECT $(sed 's/^"//; s/"$//; s/""/"/g' columns) FROM t"
	done
}

plan -o plan
expect 'a plan has no experiments' "$(sqlite3 plan 'SELECT planned, made FROM campaigns')" \
	"$experiments|0"
"$upset" campaign -q -n "$experiments" --locations gpr,code -o whole -- ./program input
table whole >whole.table
[ "$(wc -l <whole.table)" -gt "$experiments" ] || fail "the tables hold too little"

# --- what will be made, before it is ----------------------------------------------------------

# faults LIST-OPTION...: experiments with their numbers, without what they came to.
faults()
{
	"$upset" faults "$@" | sed -n '/^[^#]/s/\(  # [0-9]*\).*/\1/p'
}

faults whole >made
expect 'a list of what is planned: lines' "$(faults --plan plan | wc -l)" "$experiments"
faults --plan plan | cmp - made || fail 'another list is planned than was made'
awk '$NF % 7 == 3' made >third
faults --plan plan --shard 3/7 | cmp - third || fail "another list is planned for a shard"
"$upset" faults --plan plan -o list
expect 'it names the plan' "$(grep -c '^# study  *plan$' list)" 1
# A plan of a list, which lies where the plan was made.
head -n 20 list >some-faults
"$upset" plan -q --faults some-faults -o listed -- ./program input
(cd / && faults --plan "$dir/listed") >listed.faults
faults --plan plan | head -n "$(wc -l <listed.faults)" | cmp - listed.faults ||
	fail 'another list is planned than was given'
{ sed '$d' some-faults; sed -n 21p list; } >others
mv others some-faults
refused 'a list with another line' 'some-faults was changed since the plan was made' \
	"$upset" faults --plan listed
tail -n +2 list >>some-faults
refused 'a list that was changed' 'some-faults was changed since the plan was made' \
	"$upset" faults --plan listed
rm listed some-faults

# --- any number of shards, in any order -------------------------------------------------------

for n in 1 7; do
	parts=
	for k in $(seq 0 $((n - 1))); do
		shard "$k" "$n" "part-$k"
		expect "shard $k/$n: its experiments" "$(sqlite3 "part-$k" \
			"SELECT count(*), sum(number % $n <> $k) FROM experiment")" \
			"$(((experiments - k + n - 1) / n))|0"
		parts="part-$k $parts"
	done
	# shellcheck disable=SC2086
	"$upset" merge -q -o merged $parts || fail "$n shards: merging failed"
	table merged >merged.table
	cmp whole.table merged.table || fail "$n shards came to something else than the whole"
	expect 'merged: it is whole' "$(sqlite3 merged 'SELECT shard, shards FROM campaign')" '|'
	[ "$n" = 7 ] || rm merged part-*
done

# --- again, and in part -----------------------------------------------------------------------

"$upset" merge -o merged part-3 part-0 2>err || fail 'merging again failed'
expect 'merged again' "$(cat err)" "upset: all $experiments experiments are in merged"
table merged | cmp - whole.table || fail 'merging again changed something'
status=0
"$upset" merge -o some part-0 part-2 part-3 part-4 part-6 >out || status=$?
expect 'a part is missing: status' "$status" 1
grep -q '^missing: 1, 5, 8, 12, .* more ranges$' out || fail "what is missing: $(cat out)"
grep -qx 'to make again: --shard 1/7, 5/7' out || fail "shards to make again: $(cat out)"
# What was merged goes on like any other study.
"$upset" campaign -q --plan plan -o some
table some | cmp - whole.table || fail 'a merged study does not go on to the whole'
"$upset" replay --steps 0 merged 5 >out || fail "an experiment of it cannot be replayed: $(cat out)"

# --- stopped, and gone on with ----------------------------------------------------------------

# Sixteen, in any order, at times that are others on each machine, by any signal.
interrupted=0
for k in $(seq 0 15 | shuf); do
	for try in $(seq 20); do
		set -- "$upset" campaign -q --plan plan --shard "$k/16" -o "stopped-$k"
		if [ $interrupted -lt 6 ]; then
			delay=$(od -An -N1 -tu1 /dev/urandom | tr -d ' ')
			set -- timeout -s "$(shuf -n 1 -e TERM KILL INT HUP USR1 XCPU)" "0.$((delay + 100))" "$@"
		fi
		! "$@" 2>err || break
		interrupted=$((interrupted + 1))
		[ "$try" -lt 20 ] || fail "shard $k/16 of those that are interrupted: $(cat err)"
	done
done
[ "$interrupted" -gt 0 ] || fail "nothing was interrupted"
# shellcheck disable=SC2046
"$upset" merge -q -o stopped $(shuf -e stopped-*) || fail "interrupted $interrupted times, some are missing"
table stopped | cmp - whole.table || fail "interrupted $interrupted times it came to something else"
rm stopped-*

status=0
"$upset" campaign --plan plan --shard 0/2 -j 1 --fresh --max-time 1s -o timed 2>err || status=$?
expect '--max-time: status' "$status" 75
grep -q '^upset: [0-9]* of 80 experiments are in .*/timed; give the command again' err ||
	fail "--max-time: it said: $(cat err)"
export SLURM_ARRAY_TASK_ID=11 SLURM_ARRAY_TASK_MIN=5 SLURM_ARRAY_TASK_COUNT=40
"$upset" campaign -q --plan plan --shard auto -o by-name
expect 'the scheduler says which' "$(sqlite3 by-name 'SELECT shard, shards, (SELECT
	group_concat(number) FROM experiment) FROM campaign')" '6|40|6,46,86,126'
unset SLURM_ARRAY_TASK_ID

# --- what is no part of it --------------------------------------------------------------------

cp merged before
plan --seed 2 -o other
"$upset" campaign -q --plan other --shard 0/7 -o seed
refused 'another seed' 'they differ in its options' "$upset" merge -o merged part-1 seed
sqlite3 part-1 "UPDATE campaign SET upset_version = '0.0.1'"
refused 'another version' "part-1 is no part .* in upset's version, which is 0.0.1, not" \
	"$upset" merge -o merged part-1
head -c 20000 part-2 >half
refused 'cut off' 'half is damaged' "$upset" merge -o merged part-4 half
refused 'no study' 'input is not a study' "$upset" merge -o merged input
refused 'not there' 'gone: No such file' "$upset" merge -o merged gone
refused 'a folder' 'csv is a folder' "$upset" merge -o merged csv
refused 'another shard' 'for shard 2/7 of this campaign' \
	"$upset" campaign --plan plan --shard 3/7 -o part-2
refused 'the whole' 'for the whole campaign' \
	"$upset" campaign --plan plan --shard 3/7 -o merged
for options in 'plan' '--outcome sdc' '--shard 7/7' '--shard 1'; do
	status=0
	# shellcheck disable=SC2086
	"$upset" faults --plan plan $options 2>err || status=$?
	expect "faults --plan with $options: status" "$status" 2
done
for option in --seed=5 --env=A=B --env-all --locations=gpr; do
	status=0
	"$upset" campaign --plan plan "$option" --shard 0/2 -o new 2>err || status=$?
	expect "$option beside a plan: status" "$status" 2
	grep -q 'the plan says what results depend on' err || fail "$option: it said: $(cat err)"
done
cp "$guests/fib" program
"$upset" plan -q -n "$experiments" --locations gpr,code -o fib.plan -- ./program input
"$upset" campaign -q --plan fib.plan --shard 0/80 -o fib
cp "$guests/md5" program
refused 'another program, merged' 'fib is no part .* they differ in the program' \
	"$upset" merge -o merged part-0 fib
cmp before merged || fail 'what was refused changed the study'

sqlite3 part-5 "UPDATE experiment SET status = 77 WHERE number = 12"
refused 'another result' 'experiment 12 came to something else in part-5' \
	"$upset" merge -o merged part-5
cp part-5 part-8
sqlite3 part-8 "UPDATE experiment SET verdict = 99 WHERE number = 5"
refused 'a number that stands for nothing' 'part-8 is damaged: ' "$upset" merge -o new part-8
[ ! -e new ] || fail 'half of a merged study is left behind'
expect 'nothing else is left' "$(find . -name '*.new-*')" ""

echo >>program
refused 'another program' 'program .*/program is another one here' shard 0 3 new
cp "$guests/md5" program
echo >>input
refused 'another input' 'input .*input is another one here' shard 0 3 new
[ ! -e new ] || fail 'a study is left of what was refused'

# --- a full disk ------------------------------------------------------------------------------

status=0
(
	ulimit -f 40
	exec "$upset" merge -o full part-1 part-3 2>err
) || status=$?
expect 'a file that becomes too large: status' "$status" 3
[ ! -e full ] || fail 'a study is left that is not whole'
grep -q 'cannot write .*full' err || fail "a file that becomes too large: it said: $(cat err)"
cp part-0 larger
status=0
(
	ulimit -f 40
	exec "$upset" merge -o larger part-2 part-3 part-4 part-6 2>err
) || status=$?
expect 'a study that becomes too large: status' "$status" 3
grep -q 'cannot write .*larger' err || fail "a study that becomes too large: it said: $(cat err)"
sqlite3 part-0 .dump >before.dump
sqlite3 larger .dump | cmp - before.dump || fail 'a merge that did not come to its end has changed the study'
expect 'nothing of it is left' "$(find . -name 'full*')" ""
