#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Shards of a campaign in any number, made in any order on two nodes, and interrupted again and again by
# any signal at any time: what is merged is always what one command makes.
# shards_soak.sh UPSET GUESTS-FOLDER
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
guests=$1 experiments=1600 interruptions=20
cd "$dir"
mkdir node-0 node-1
head -c 2000 "$upset" >input
"$upset" plan -q -n "$experiments" --locations gpr,code -o plan -- "$guests/md5" input
"$upset" campaign -q --plan plan -o whole
rows whole >whole.rows

# random N: 0 .. N - 1
random()
{
	echo $(($(od -An -N2 -tu2 /dev/urandom) % $1))
}

# Shards of $n, that are not complete.
left()
{
	k=0
	while [ $k -lt "$n" ]; do
		[ -e "done-$k" ] || echo $k
		k=$((k + 1))
	done
}

# One of them, at random, until it is interrupted or complete.
make_one()
{
	k=$(left | shuf -n 1)
	set -- "$upset" campaign -q -j 1 --plan plan --shard "$k/$n" -o "part-$k"
	[ "$(random 2)" = 0 ] || set -- "$@" --scratch "node-$(random 2)" --save-every 1
	if [ $interrupted -lt $interruptions ]; then
		signal=$(shuf -n 1 -e TERM KILL INT HUP USR1)
		set -- timeout -s "$signal" "$(random 3).$(random 10)1" "$@"
	fi
	status=0
	"$@" 2>err || status=$?
	if [ $status = 0 ]; then
		: >"done-$k"
	else
		[ $interrupted -lt $interruptions ] || fail "shard $k/$n: $(cat err)"
		interrupted=$((interrupted + 1))
	fi
}

for n in 1 2 7 16; do
	interrupted=0
	while [ -n "$(left)" ]; do
		make_one
	done
	# shellcheck disable=SC2046
	"$upset" merge -q -o merged $(shuf -e part-*) || fail "$n shards: some are missing"
	rows merged | cmp - whole.rows || fail "$n shards, interrupted $interrupted times: something else"
	rm merged part-* done-*
done
