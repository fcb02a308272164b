#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Run every test of what `make check` has built and end with one line that sums
# them up: `N passed, N failed`.  Fails when any test did.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=setup/say.sh
. "$root/setup/say.sh"
cd "$root"

passed=0
failed=0
skipped=0

# count NAME COMMAND...: one test.
count()
{
	name=$1
	shift
	step "$name"
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		warn "$name failed"
	fi
}

# The number that Meson's summary gives for a result; its lines are "Ok:   12".
result()
{
	awk -v label="$1" '
		index($0, label ":") == 1 { n = $NF }
		END { print n + 0 }' "$summary"
}

# meson_tests FOLDER: all tests that the build in FOLDER registers.
meson_tests()
{
	step "tests of $1"
	summary=$1/meson-logs/summary.txt
	status=0
	{
		meson test -C "$1" --no-rebuild --print-errorlogs || status=$?
		echo "status $status" >"$1/meson-logs/status"
	} | tee "$summary"
	ok=$(($(result Ok) + $(result 'Expected Fail')))
	bad=$(($(result Fail) + $(result 'Unexpected Pass') + $(result Timeout)))
	if [ "$bad" -eq 0 ] && ! grep -qx 'status 0' "$1/meson-logs/status"; then
		warn "meson test ended without a result in $1"
		bad=1
	fi
	passed=$((passed + ok))
	failed=$((failed + bad))
	skipped=$((skipped + $(result Skipped)))
}

# The C files of the repository.
c_sources()
{
	find . -path './build*' -prune -o -name '*.[ch]' -print | sort
}

check_layout()
{
	c_sources | xargs clang-format --dry-run -Werror
}

check_scripts()
{
	{
		echo .ci/run
		find . -path './build*' -prune -o -name '*.sh' -print
	} | xargs shellcheck -x --severity=warning
}

main()
{
	count "clang-format" check_layout
	count "shellcheck" check_scripts
	count "clang-tidy" setup/tidy.sh build
	meson_tests build
	meson_tests build-asan
	tail_line="$passed passed, $failed failed"
	[ "$skipped" -eq 0 ] || tail_line="$tail_line, $skipped skipped"
	echo "$tail_line"
	[ "$failed" -eq 0 ]
}

main
