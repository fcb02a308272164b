# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What the scripts that drive the upset command share.  Sourced with $0 and the
# command's path as the script's first argument; sets up a folder that is removed.
set -eu
upset=$1
shift
dir=$(mktemp -d "${TMPDIR:-/tmp}/upset-test-XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
export LC_ALL=C
# Runs write studies where the tests say, not into somebody's files.
export HOME="$dir"
test_name=$(basename "$0" .sh)

# fail MESSAGE...: end the test.
fail()
{
	echo "$test_name: $*" >&2
	exit 1
}

# skip MESSAGE...: end the test as one that cannot be done here.
skip()
{
	echo "$test_name: skipped: $*" >&2
	exit 77
}

# need PROGRAM: that the test is of.
need()
{
	command -v "$1" >/dev/null || fail "$1 is not installed: run setup/packages.sh build tests"
}

# expect WHAT GOT WANTED
expect()
{
	[ "$2" = "$3" ] || fail "$1: got '$2', expected '$3'"
}

# golden STUDY ARGUMENTS...: a golden run whose output goes to STUDY.out and STUDY.err and
# whose exit status is left in $golden_status.
golden()
{
	golden_study=$1
	shift
	golden_status=0
	"$upset" golden --quiet -o "$golden_study" "$@" >"$golden_study.out" \
		2>"$golden_study.err" </dev/null || golden_status=$?
	[ -s "$golden_study" ] ||
		fail "no study from: golden $* (status $golden_status): $(cat "$golden_study.err")"
}

# value STUDY COLUMN: of the latest run, straight from the study.
value()
{
	sqlite3 "$1" "SELECT $2 FROM runs ORDER BY run DESC LIMIT 1"
}

# rows STUDY [EXPERIMENTS]: what came of the first of them, but how long they took and which way
# they were made.
rows()
{
	sqlite3 "$1" "SELECT e.number, e.faults, v.outcome, v.cause, v.fits, en.name, e.status,
			e.insn, e.instructions, e.latency
		FROM experiment e JOIN verdict v ON v.id = e.verdict
			LEFT JOIN label en ON en.id = e.\"end\"
		WHERE e.number < ${2:-1 << 40} ORDER BY e.number;
		SELECT j.experiment, j.position, j.fault, st.name, mo.name, lo.name, j.bit, j.address,
			mod.name, j.module_address, f.name, s.path, j.line, hex(j.old_value),
			hex(j.new_value), hex(j.read_back), j.reason
		FROM injection j LEFT JOIN label st ON st.id = j.state
			LEFT JOIN label mo ON mo.id = j.model LEFT JOIN label lo ON lo.id = j.location
			LEFT JOIN label mod ON mod.id = j.module
			LEFT JOIN function f ON f.id = j.function LEFT JOIN source s ON s.id = j.source
		WHERE j.experiment < ${2:-1 << 40} ORDER BY j.experiment, j.position"
}
