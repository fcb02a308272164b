#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Where the program goes another way to the same result, its sampled places do not come: shards say
# so, keep nothing and are not merged.
# shards_ways.sh UPSET PROGRAM
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
cp "$1" "$dir/program"
cd "$dir"
"$upset" plan -q -n 400 --locations gpr -o plan -- ./program
"$upset" campaign -q --plan plan --shard 0/2 -o part-0
touch way
# refused WHAT COMMAND...
refused()
{
	what=$1 status=0
	shift
	"$@" 2>err || status=$?
	expect "$what: status" "$status" 3
	grep -q 'came to none of the first [0-9]* sampled places' err || fail "$what: it said: $(cat err)"
}
refused 'a shard' "$upset" campaign -q --plan plan --shard 1/2 -o part-1
expect 'experiments that are kept' "$(sqlite3 part-1 'SELECT count(*) FROM experiments')" 0
refused 'a shard that tells how long it takes' "$upset" campaign --plan plan --shard 1/2 -o part-2
status=0
"$upset" merge -o merged part-0 part-1 >said 2>&1 || status=$?
[ "$status" != 0 ] || fail 'half a campaign is merged as a whole'
grep -q '1/2' said || fail "which shard is missing? It said: $(cat said)"
