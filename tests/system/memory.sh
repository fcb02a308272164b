#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Where a program's memory lies and what its limits on memory refuse is as without
# upset, where addresses are not random.
# memory.sh UPSET MEMORY
# shellcheck disable=SC3045 # shells that are /bin/sh somewhere know these limits
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
cp "$1" "$dir/memory"
cd "$dir"

# The program lowers none for good that it needs, so none must be there.
[ "$(ulimit -v)" = unlimited ] || skip "the address space is limited (ulimit -v)"
[ "$(ulimit -d)" = unlimited ] || skip "data are limited (ulimit -d)"
setarch -R true 2>/dev/null || skip "addresses are random, and may not be otherwise here"

ulimit -Ss 8192

setarch -R ./memory >plain.out
for detail in counts full; do
	golden study --detail $detail -- ./memory
	diff plain.out study.out || fail "under upset, detail $detail: $(cat study.err)"
	expect status "$(value study status)" 0
	rm study
done

# The expected lines, for kernels that do something else than they do today.
grep -qxF 'downwards 1 1' study.out || fail "downwards: $(head -1 study.out)"
grep -qxF 'beyond it 12, exactly it 0, anything else 12' study.out || fail "$(cat study.out)"
grep -qxF 'blocks of a MiB: 63' study.out || fail "$(cat study.out)"

# A limit that Linux lays out memory by does not change that.
if [ "$(ulimit -Hs)" = unlimited ]; then
	(
		ulimit -Ss unlimited
		golden study --detail counts -- ./memory
	) || fail "without a limit on the stack"
	diff plain.out study.out || fail "without a limit on the stack: $(cat study.err)"
fi

# Nor do copies differ from the run that they are copied from.
"$upset" campaign -n 8 -o copies --jobs 2 --controls 4 -- ./memory >out 2>&1 </dev/null ||
	fail "campaign: $(cat out)"
expect 'controls that differ' "$(sqlite3 copies "SELECT count(*) FROM controls
	WHERE result <> 'equal'")" 0
