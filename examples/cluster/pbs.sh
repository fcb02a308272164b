#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# PBS Professional and OpenPBS: the shards of big.plan.  qsub examples/cluster/pbs.sh, and when they
# have ended, upset merge -o big.upset big-*.upset; those that were stopped go on when it is given again.
#PBS -N big
#PBS -J 0-63
#PBS -r y
#PBS -l select=1:ncpus=1
#PBS -l walltime=01:00:00
cd "${PBS_O_WORKDIR:-.}" || exit 1
# A minute before the time is over, so that what was made is kept.
exec upset campaign -q -j 1 --plan big.plan --shard auto/64 --max-time 59m -o "big-$PBS_ARRAY_INDEX.upset"
