#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What it costs to make a campaign in parts: processor time of 4 shards and of one command with -j 4,
# in turn; and how much longer a campaign takes that a Slurm of 4 virtual nodes on this machine makes
# than its shards do without Slurm.
# bench/shards.sh UPSET GUESTS-FOLDER SLURM-FOLDER [ROUNDS]
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/system/lib.sh
. "$here/../tests/system/lib.sh"
# shellcheck source=tests/cluster/slurm.sh
. "$here/../tests/cluster/slurm.sh"
upset=$(realpath "$upset") guests=$(realpath "$1") slurm=$2 rounds=${3:-5} experiments=2000
[ ! -e "$slurm" ] || slurm=$(realpath "$slurm")
cd "$dir"
head -c 65536 "$upset" >input
cp "$guests/md5" program
"$upset" plan -q -n $experiments -o plan -- ./program input

cat >measure.py <<'END'
import resource, statistics, subprocess, sys, os

def run(commands):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for command in commands:
        subprocess.run(command, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

def campaign(name, *options):
    if os.path.exists(name):
        os.unlink(name)
    return [upset, "campaign", "-q", "--plan", "plan", "-o", name, *options]

upset, rounds = sys.argv[1], int(sys.argv[2])
one, four = [], []
for _ in range(rounds):
    one.append(run([campaign("whole", "-j", "4")]))
    four.append(run([campaign(f"part-{k}", "-j", "1", "--shard", f"{k}/4") for k in range(4)]))
a, b = statistics.median(one), statistics.median(four)
print(f"2,000 experiments, processor time, median of {rounds}: "
      f"-j 4 {a:.1f} s ({min(one):.1f} .. {max(one):.1f}), "
      f"4 shards {b:.1f} s ({min(four):.1f} .. {max(four):.1f}), {100 * (b / a - 1):+.1f} %")
END
python3 measure.py "$upset" "$rounds"

seconds()
{
	date +%s.%N
}

slurm_find "$slurm"
slurm_up 4
rm -f part-*
start=$(seconds)
shards=
for k in 0 1 2 3; do
	"$upset" campaign -q -j 1 --plan plan --shard "$k/4" -o "part-$k" &
	shards="$shards $!"
done
for shard in $shards; do
	wait "$shard" || fail 'a shard failed'
done
middle=$(seconds)
"$upset" submit -q --slurm --plan plan --shards 4 -o big.upset -- -p low
end=$(seconds)
rows big.upset >big.rows
rows whole | cmp - big.rows || fail 'something else came of it'
echo "$start $middle $end" | awk '{ printf "submitted to 4 virtual nodes: %.1f s, the shards alone, at one time: %.1f s, overhead %.1f s\n",
	$3 - $2, $2 - $1, $3 - $2 - ($2 - $1) }'
