#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# How long merging takes, and how much memory: 64 studies of 15,625 experiments, which are those of
# a few that were made, with other numbers.
# bench/merge.sh UPSET GUESTS-FOLDER
set -eu
upset=$(realpath "$1") guests=$(realpath "$2") shards=64 experiments=1000000
folder=$(mktemp -d "${TMPDIR:-/tmp}/upset-bench-XXXXXX")
trap 'rm -rf "$folder"' EXIT
cd "$folder"
head -c 2000 "$upset" >input
"$upset" plan -q -n $experiments -o plan -- "$guests/md5" input
"$upset" campaign -q --plan plan --shard 0/5000 -o made
i=0
while [ $i -lt $shards ]; do
	cp plan "part-$i"
	sqlite3 "part-$i" "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; ATTACH 'made' AS made;
		INSERT OR IGNORE INTO label SELECT * FROM made.label;
		INSERT OR IGNORE INTO function SELECT * FROM made.function;
		INSERT OR IGNORE INTO source SELECT * FROM made.source;
		INSERT OR IGNORE INTO verdict SELECT * FROM made.verdict;
		UPDATE campaign SET shard = $i, shards = $shards;
		CREATE TEMP TABLE n AS WITH RECURSIVE n (i) AS (SELECT $i UNION ALL
			SELECT i + $shards FROM n WHERE i + $shards < $experiments) SELECT i FROM n;
		CREATE TEMP TABLE e AS SELECT *, row_number() OVER (ORDER BY number) - 1 AS k FROM made.experiment;
		CREATE TEMP TABLE j AS SELECT * FROM made.injection;
		INSERT INTO experiment SELECT e.campaign, n.i, faults, verdict, \"end\", status, insn, instructions,
			latency, host_time_ns, way FROM n JOIN e ON e.k = n.i / $shards % 200;
		INSERT INTO injection SELECT j.campaign, n.i, position, fault, state, model, location, bit, address,
			module, module_address, function, source, line, old_value, new_value, read_back, reason
			FROM n JOIN e ON e.k = n.i / $shards % 200 JOIN j ON j.experiment = e.number;" >/dev/null
	i=$((i + 1))
done
python3 - "$upset" part-* <<'END'
import os, resource, subprocess, sys, time
start = time.monotonic()
subprocess.run([sys.argv[1], "merge", "-q", "-o", "merged"] + sys.argv[2:], check=True)
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
size = os.path.getsize("merged") / 2**20
print(f"64 studies of 15,625 experiments merged in {time.monotonic() - start:.1f} s "
      f"({usage.ru_utime + usage.ru_stime:.1f} s of processor time), "
      f"{usage.ru_maxrss / 1024:.0f} MiB of memory, into {size:.0f} MiB")
END
