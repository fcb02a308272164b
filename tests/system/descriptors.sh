#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Programs that close every descriptor and lower their limits see and do what they
# do without upset, and nothing of upset's is lost.
# descriptors.sh UPSET PROGRAM
# shellcheck disable=SC3045 # shells that are /bin/sh somewhere know both kinds of limits
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
program=$(realpath "$1")
cd "$dir"
ulimit -Sn 256

# What a program sees does not depend on what started this script.
"$program" >expected 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- </dev/null
"$upset" golden -q -o golden.upset -- "$program" >seen 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- </dev/null ||
	fail "golden: status $?"
if [ "$(ulimit -Hn)" = unlimited ] || [ "$(ulimit -Hn)" -ge 300 ]; then
	expect 'what it sees' "$(cat seen)" "$(cat expected)"
	expect 'it lowers its limit' "$(sed -n '/^files/p;/^opened/p;/^raised/p' seen)" \
		"files: 0, then 5 of 5
opened 3 4 -1: 24
raised: 1, then 5 of 5"
fi

# The same in copies, and where there are no more descriptors than these.
# campaign COUNT WHAT OPTION...: that many experiments, all in copies.
campaign()
{
	count=$1
	rm -f copies.upset
	"$upset" campaign -n "$count" -o copies.upset --jobs 4 -- "$program" >out 2>&1 </dev/null ||
		fail "$2: status $?: $(cat out)"
	grep -q "^$count in copies, 0 in" out || fail "$2: $(cat out)"
	expect "$2: not injected" "$(grep -c not-injected out || :)" 0
}
campaign 40 'campaign'
ulimit -n 48
campaign 20 'with 48 descriptors'
ulimit -Sn 20
campaign 20 'with 20 and a hard limit of 48'
ulimit -n 20
for command in golden campaign; do
	status=0
	"$upset" $command -q -o few.upset -- "$program" >out 2>&1 </dev/null || status=$?
	expect "$command, too few" "$status" 3
	expect "$command, too few" "$(cat out)" "upset: cannot run a program when fewer than 32 \
files may be open at one time: raise the limit (ulimit -n)"
done
