# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154
# Behind the variables and functions that `upset submit` has written: shards of a plan as tasks of
# a job array, and a job that merges them when all have ended.
#   sh FILE          starts both, and prints their numbers
#   sh FILE shard    is what each task does;  sh FILE merge  is what the last job does

# start_shards TASKS
start_shards()
{
	sbatch_shard --job-name="$name" --array="$1" --cpus-per-task=1 --requeue \
		--open-mode=append --signal=B:TERM@60 --output="$shard_log"
}

# start_merge [JOB]: when that job has ended, and no other one merges.
start_merge()
{
	sbatch_merge --job-name="$name-merge" --dependency="${1:+afterany:${1%%;*},}singleton" \
		--cpus-per-task=1 --requeue --open-mode=append --output="$merge_log"
}

# The scheduler tells the shell alone that the time is over; so it is passed on, as a signal that
# may come more than once.
make_shard()
{
	trap 'kill -USR1 "$child" 2>/dev/null' TERM
	"$upset" campaign -q -j "${SLURM_CPUS_PER_TASK:-1}" --plan "$plan" \
		--shard "$SLURM_ARRAY_TASK_ID/$shards" ${scratch:+--scratch "$scratch"} \
		${take_lock:+--take-lock} -o "$stem-$SLURM_ARRAY_TASK_ID.upset" &
	child=$!
	status=0
	wait "$child" || status=$?
	# A signal ends the waiting, too.
	while kill -0 "$child" 2>/dev/null; do
		status=0
		wait "$child" || status=$?
	done
	return "$status"
}

# It was told to end: once more, unless the scheduler does that by itself, or has cancelled it.
make_again()
{
	# The number of the job alone may be that of the whole array.
	task=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID
	job=$(scontrol show job -o "$task")
	case $job in
	*' JobState=RUNNING '*) ;;
	*) return ;;
	esac
	case $job in
	*' Requeue=0 '*) start_merge "$(start_shards "$SLURM_ARRAY_TASK_ID")" ;;
	*) scontrol requeue "$task" && sleep 60 ;;
	esac
}

merge()
{
	set --
	i=0
	while [ "$i" -lt "$shards" ]; do
		[ ! -e "$stem-$i.upset" ] || set -- "$@" "$stem-$i.upset"
		i=$((i + 1))
	done
	exec "$upset" merge -o "$study" ${take_lock:+--take-lock} "$@"
}

case ${1:-start} in
shard)
	status=0
	make_shard || status=$?
	[ "$status" != 75 ] || make_again
	exit "$status"
	;;
merge) merge ;;
start)
	job=
	[ -z "$tasks" ] || job=$(start_shards "$tasks") || exit 3
	merging=$(start_merge "$job") || exit 3
	echo "${job%%;*} ${merging%%;*}"
	;;
esac
