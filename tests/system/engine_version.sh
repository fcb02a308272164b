#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Golden runs and campaigns tell the same version of their engine, and QEMU is asked once
# for its own by each command.
# engine_version.sh UPSET GUEST
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
guest=$1
"$upset" doctor >"$dir/doctor" || :
real=$(sed -n 's/^qemu x86_64 //p' "$dir/doctor")
[ -n "$real" ] || fail "no QEMU: $(cat "$dir/doctor")"
qemu_version=$("$real" --version | sed -n 's/^.* version \([^ ]*\).*/\1/p')
own=$("$upset" version | sed -n 's/^upset \([^ ,]*\).*/\1/p')
{ [ -n "$qemu_version" ] && [ -n "$own" ]; } || fail "no versions: '$qemu_version', '$own'"

# A QEMU that notes how often it is asked.
asked=$dir/asked
cat >"$dir/qemu" <<END
#!/bin/sh
[ "\$1" != --version ] || echo asked >>'$asked'
exec '$real' "\$@"
END
chmod +x "$dir/qemu"
export UPSET_QEMU="$dir/qemu"

# is_asked COMMAND TIMES...: of the latest command.
is_asked()
{
	expect "QEMU asked by $1" "$(wc -l <"$asked")" "$2"
	rm -f "$asked"
}

golden "$dir/golden" -- "$guest"
is_asked golden 1
expect "a golden run" "$(value "$dir/golden" engine_version)" "$qemu_version+upset$own"
"$upset" campaign -q -n 20 --controls 0 -o "$dir/campaign" -- "$guest" >"$dir/out" 2>&1 ||
	fail "campaign: $(cat "$dir/out")"
is_asked campaign 1
expect "a campaign" "$(sqlite3 "$dir/campaign" "SELECT c.engine_version, r.engine_version
	FROM campaign c JOIN run r ON r.id = c.run")" "$qemu_version+upset$own|$qemu_version+upset$own"

grep -q '^native ptrace' "$dir/doctor" || skip "engine native cannot run here"
golden "$dir/stepped" --engine native -- "$guest"
expect "a native golden run" "$(value "$dir/stepped" engine_version)" "$own"
rm -f "$asked"
"$upset" campaign -q -n 20 --controls 0 --engine native -o "$dir/native" -- "$guest" >"$dir/out" 2>&1 ||
	fail "campaign of engine native: $(cat "$dir/out")"
is_asked "a campaign of engine native" 1
expect "a native campaign, of a run under QEMU" "$(sqlite3 "$dir/native" "SELECT
	c.engine_version, r.engine_version FROM campaign c JOIN run r ON r.id = c.run")" \
	"$own|$qemu_version+upset$own"
