#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# GNU parallel: the shards of big.plan on this machine, or with --sshloginfile FILE --workdir . on
# several that see this folder.  parallel.sh [OPTION-OF-PARALLEL...]
seq 0 63 | parallel --will-cite --retries 3 "$@" \
	upset campaign -q -j 1 --plan big.plan --shard {}/64 -o big-{}.upset || exit
exec upset merge -o big.upset big-*.upset
