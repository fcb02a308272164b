#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# System calls that common programs begin with do not keep them from being copied,
# and nothing of what comes of faults is another thing in copies.
# campaign_copied.sh UPSET PROGRAM
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
program=$(realpath "$1")
cd "$dir"

# same COUNT COMMAND...: that many experiments, all in copies, and the same as afresh.
same()
{
	count=$1
	shift
	rm -f copies.upset fresh.upset
	"$upset" campaign -n "$count" -o copies.upset -- "$@" >out 2>&1 </dev/null ||
		fail "$*: status $?: $(cat out)"
	grep -q "^$count in copies, 0 in" out || fail "$*: $(cat out)"
	"$upset" campaign -q --fresh -n "$count" -o fresh.upset -- "$@" >out 2>&1 </dev/null ||
		fail "$*, afresh: status $?: $(cat out)"
	rows copies.upset >copies
	rows fresh.upset >fresh
	cmp -s copies fresh || fail "$*: $(diff copies fresh)"
}

# What it prints is as without upset, where no terminal is in reach.
setsid "$program" >wanted </dev/null 2>/dev/null
"$upset" inject -f 'flip:63 r15 @ insn=1000000000' -- "$program" >out 2>&1 </dev/null || :
grep -q "^golden *exit status 0, .* wrote $(wc -c <wanted) and 0 bytes" out || fail "$(cat out)"
expect 'errors that append' "$(grep appends wanted)" 'appends: 1'
expect 'ends that it sees' "$(sed -n '$p' wanted)" 'sum: 50000, ends: 0'
same 40 "$program"
for shell in dash bash; do
	path=$(command -v $shell) || { echo "campaign_copied: no $shell" >&2; continue; }
	same 20 "$path" -c 'echo hi'
done
