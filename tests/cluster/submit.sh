#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A campaign that a real Slurm makes on virtual nodes: tasks that are killed, requeued, told to end
# and preempted, a node that goes away; who waits for them leaves and comes back; what comes of it is
# what one machine makes.
# submit.sh UPSET PROGRAM SLURM-FOLDER
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/../system/lib.sh"
# shellcheck source=tests/cluster/slurm.sh
. "$(dirname "$0")/slurm.sh"
guests=$1 experiments=240
slurm_find "$2"
cd "$dir"
mkdir "it's \"here\" %j"
cd "it's \"here\" %j"
head -c 3000 "$upset" >input
cp "$guests/md5" program
"$upset" plan -q -n "$experiments" --locations gpr,code -o 'a plan' -- ./program input
"$upset" campaign -q --plan 'a plan' -o whole
rows whole >whole.rows

# --- what it would do --------------------------------------------------------------------------

submit()
{
	"$upset" submit --slurm --plan 'a plan' --shards 4 -o big.upset "$@"
}

submit --dry-run -- --comment "a 'b' \$(touch oops) \"c\"" --array=0-3%2 >script
sh -n script || fail 'the script is none'
[ ! -e big.slurm ] || fail '--dry-run wrote a file'
expect 'an option of the array alone' "$(grep -c -- --array=0-3%2 script)" 1
mkdir fake
cat >fake/sbatch <<'END'
#!/bin/sh
for word; do
	printf '<%s>' "$word"
done >>sbatch.log
echo >>sbatch.log
echo '7;cluster'
END
chmod +x fake/sbatch
expect 'numbers of jobs' "$(PATH=$PWD/fake:$PATH sh script)" '7 7'
grep -qF "<--comment><a 'b' \$(touch oops) \"c\">" sbatch.log || fail "words: $(cat sbatch.log)"
grep -qF "<--array=0-3><--cpus-per-task=1><--requeue><--open-mode=append><--signal=B:TERM@60>" sbatch.log ||
	fail "what is asked for: $(cat sbatch.log)"
grep -qF "<--dependency=afterany:7,singleton>" sbatch.log || fail "merging: $(cat sbatch.log)"
grep -qF "/it's \"here\" %%j/big-%a.log>" sbatch.log || fail "logs: $(cat sbatch.log)"
[ ! -e oops ] || fail 'a word was executed'
status=0
PATH=$PWD/fake submit 2>err || status=$?
expect 'without Slurm: status' "$status" 3
grep -q 'there is no squeue here' err || fail "without Slurm: $(cat err)"

# --- a real one --------------------------------------------------------------------------------

slurm_up 4
env --default-signal=INT setsid "$upset" submit --slurm --plan 'a plan' --shards 4 -o big.upset -- --partition=low -t 10 2>err &
waiting=$!

# made K: experiments of shard K.
made()
{
	sqlite3 -readonly "big-$1.upset" 'SELECT count(*) FROM experiment' 2>/dev/null || echo 0
}

# until_made K N
until_made()
{
	for _ in $(seq 600); do
		[ "$(made "$1")" -lt "$2" ] || return 0
		sleep 0.1
	done
	fail "shard $1 is not made: $(cat err; squeue; tail -n 3 big-*.log)"
}

# process K: that makes shard K.
process()
{
	sed -n 's/^process \([0-9]*\) .*/\1/p' "big-$1.upset.lock"
}

for k in 0 1 2 3; do
	until_made $k 1
done
job=$(sed -n 's/^upset: jobs \([0-9]*\) [0-9]* are shards 0-3 and .*/\1/p' err)
[ -n "$job" ] || fail "it said: $(cat err)"
"$upset" status 'a plan' big-*.upset >out || :
grep -q '^ *0/4 .* running .* job [0-9]*$' out || fail "status: $(cat out)"

# Who waits leaves.
kill -INT $waiting
status=0
wait $waiting || status=$?
expect 'Ctrl-C: status' "$status" 3
grep -q 'the jobs go on; look with the same command, .*scancel --name=upset-' err || fail "Ctrl-C: $(cat err)"

# check_rows WHAT: it is what one machine made.
check_rows()
{
	rows big.upset | diff - whole.rows >difference || fail "$1: $(head -n 4 difference)"
}

# One is killed by force, one told to end, one requeued.
kill -KILL "$(process 1)"
scancel --signal=TERM --batch "${job}_2"
scontrol requeue "${job}_3"
status=0
submit -- --partition=low -t 10 2>err || status=$?
grep -q 'there are jobs for big.upset already' err || fail "coming back: $(cat err)"
expect "one was killed: status ($(cat err))" "$status" 1
grep -q "and no job is left; see .*/big-\*.log" err || fail "one was killed: $(cat err)"
[ "$(made 1)" -lt 60 ] || fail 'the one that was killed made all'
for k in 0 2 3; do
	expect "shard $k" "$(made $k)" 60
	expect "log of shard $k" "$(grep -v 'to go on$\|interrupted$\|slurmstepd\|^Terminated$' "big-$k.log")" ''
done
grep -q 'to go on$' big-2.log || fail "the one that was told to end: $(cat big-2.log)"

# The same command again starts what is missing, and nothing else.
submit -- --partition=low -t 10 2>err || fail "again: $(cat err; cat big-*.log)"
grep -q '^upset: jobs [0-9]* [0-9]* are shards 1 and ' err || fail "again: $(cat err)"
grep -q "all $experiments experiments are in big.upset" err || fail "again: $(cat err)"
grep -q 'going on for process .* which has ended in the middle' big-1.log && fail 'said although -q'
check_rows 'something else came of it than on one machine'
[ -z "$(find . -name '*.lock')" ] || fail 'locks are left behind'

# --- preempted, and where jobs may not be requeued ---------------------------------------------

rm big*
submit -q -- --partition=low 2>err &
waiting=$!
for k in 0 1 2 3; do
	until_made $k 1
done
# They wait for it, however long it takes; Slurm lets go on what it tells to end.
for k in 0 1 2 3; do
	kill -STOP "$(process $k)"
done
sbatch -Q -p high -N 4 -t 1 -o /dev/null --wrap 'sleep 0.5; : >high.log'
wait $waiting || fail "preempted: $(cat err; cat big-*.log)"
[ -e high.log ] || fail 'nothing was preempted'
check_rows 'preempted, something else came of it'

rm big*
submit -q -- --partition=high --no-requeue 2>err &
waiting=$!
until_made 2 1
scancel --signal=TERM --batch "$(squeue -h -r -o '%i' | grep '_2$')"
wait $waiting || fail "not requeued: $(cat err; cat big-*.log)"
grep -q 'to go on$' big-2.log || fail "not requeued: $(cat big-2.log)"
check_rows 'not requeued, something else came of it'

# --- a node that goes away ---------------------------------------------------------------------

# parent PROCESS
parent()
{
	sed 's/.*) [A-Za-z] \([0-9]*\) .*/\1/' "/proc/$1/stat"
}

rm big*
submit -q -- --partition=low 2>err &
waiting=$!
until_made 1 1
# With all that runs on it: the shard, the shell that started it, what started that, the daemon.
shard=$(process 1)
kill -STOP "$shard"
shell=$(parent "$shard")
step=$(parent "$shell")
node=$(squeue -h -r -o '%i %N' | sed -n 's/^[0-9]*_1 //p')
kill -KILL "$(cat "$dir/slurm/slurmd.$node.pid")" "$step" "$shell" "$shard"
expect 'a node is gone: made before' "$([ "$(made 1)" -lt 60 ] && echo some)" some
wait $waiting || fail "a node is gone: $(cat err; cat big-*.log)"
expect 'a node is gone: its state' "$(sinfo -h -N -n "$node" -p low -o %T)" 'down*'
check_rows 'with a node gone something else came of it'
