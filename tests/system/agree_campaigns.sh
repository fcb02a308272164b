#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A hundred faults in general registers come to the same under both engines, in a
# program without a C library.  Where they may differ is said in doc/fidelity.md:
#   hang    r12 counts the guest's rounds: with another value it runs longer, which
#           engine qemu measures in instructions and engine native in time.  Left out.
#   SIGBUS  what the processor sends for addresses on the stack that cannot be; the
#           kernel sends SIGSEGV when it goes back to such a program, as it does from
#           each stop of engine native.  The outcome is the same.
# agree_campaigns.sh UPSET GUEST
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
guest=$(realpath "$1")
cd "$dir"
for engine in qemu native; do
	"$upset" inject --engine $engine --fault 'skip @ insn=0' -- "$guest" >first 2>&1 ||
		skip "$(cat first)"
done

"$upset" campaign -q -n 130 --seed 3 -o all.upset -- "$guest" </dev/null || fail "the sample"
"$upset" faults all.upset | grep -v ' r12 ' | grep -v '^#' | head -n 100 >list
[ "$(wc -l <list)" = 100 ] || fail "no hundred faults"
"$upset" campaign -q --faults list -o qemu.upset -- "$guest" </dev/null || fail "engine qemu"
"$upset" campaign -q --faults list --engine native -o native.upset -- "$guest" </dev/null ||
	fail "engine native"

# A list is the same when it comes back.
for engine in qemu native; do
	"$upset" faults $engine.upset | sed '/^#/d; s/  # .*//' >back
	sed 's/  # .*//' list | cmp -s - back || fail "another list: $(diff list back)"
done

"$upset" agree qemu.upset native.upset --fail-if-below 100% >agree || fail "$(cat agree)"
grep -q '^on the outcome *100 of 100 ' agree || fail "$(cat agree)"
# FAULTS,NUMBER,OUTCOME,CAUSE,STATUS,NUMBER,OUTCOME,CAUSE,STATUS,SAME,SAME
"$upset" agree qemu.upset native.upset --csv | awk -F, '
	NR == 1 || $11 == 1 { next }
	$1 ~ /^flip:(4[7-9]|5[0-9]|6[0-3]) r[sb]p / &&
		$4 $5 == "signal7" && $8 $9 == "signal11" { next }
	{ print; bad = 1 }
	END { exit bad }' >other || fail "another cause: $(cat other)"
# They are not all the same.
for outcome in masked sdc due; do
	[ "$("$upset" faults qemu.upset --outcome $outcome | grep -vc '^#')" -ge 3 ] ||
		fail "hardly any $outcome"
done
