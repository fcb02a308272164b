# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What the tests of the set-up scripts share: a scratch folder, commands that
# pretend, and results in the Test Anything Protocol.  Sourced.

# shellcheck disable=SC2034
root=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
tests=0

# expect NAME COMMAND...: a test that passes when the command succeeds.
expect()
{
	tests=$((tests + 1))
	name=$1
	shift
	if "$@"; then
		echo "ok $tests - $name"
	else
		echo "not ok $tests - $name"
		sed 's/^/# /' "$scratch/output"
	fi
}

# attempt COMMAND...: run it, keeping its output in $scratch/output and its status in $status.
attempt()
{
	status=0
	"$@" >"$scratch/output" 2>&1 || status=$?
}

succeeded()
{
	[ "$status" -eq 0 ]
}

# The command failed with status 1, and its output has all the fixed strings.
failed_saying()
{
	[ "$status" -eq 1 ] || return 1
	for text in "$@"; do
		grep -qF -- "$text" "$scratch/output" || return 1
	done
}

# fake NAME: make a command of that name from standard input, found before the system's.
fake()
{
	mkdir -p "$scratch/bin"
	{
		echo '#!/bin/sh'
		cat
	} >"$scratch/bin/$1"
	chmod +x "$scratch/bin/$1"
}

finish()
{
	echo "1..$tests"
}
