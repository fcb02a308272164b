# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# How the set-up scripts talk: one line per step, and on failure one line that
# says what failed, where, and what to do.  Sourced, not run.

step()
{
	printf '==> %s\n' "$*"
}

note()
{
	printf '    %s\n' "$*"
}

warn()
{
	printf '%s: warning: %s\n' "$(basename "$0")" "$*" >&2
}

die()
{
	printf '%s: %s\n' "$(basename "$0")" "$*" >&2
	exit 1
}

# run LOG WHAT COMMAND...: run it quietly; when it fails, show the end of its output and die.
run()
{
	run_log=$1
	run_what=$2
	shift 2
	printf '$ %s\n' "$*" >>"$run_log"
	if "$@" >>"$run_log" 2>&1 </dev/null; then
		return 0
	fi
	tail -n 20 "$run_log" >&2
	die "$run_what (all of the output: $run_log)"
}

# at_least VERSION MINIMUM: true when VERSION is MINIMUM or later.
at_least()
{
	printf '%s\n%s\n' "$2" "$1" | sort -V -C
}
