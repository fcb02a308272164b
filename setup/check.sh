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

# meson_tests FOLDER [OPTION]...: the tests that the build in FOLDER registers.
meson_tests()
{
	folder=$1
	shift
	step "tests of $folder"
	summary=$folder/meson-logs/summary.txt
	status=0
	{
		meson test -C "$folder" --no-rebuild --print-errorlogs "$@" || status=$?
		echo "status $status" >"$folder/meson-logs/status"
	} | tee "$summary"
	ok=$(($(result Ok) + $(result 'Expected Fail')))
	bad=$(($(result Fail) + $(result 'Unexpected Pass') + $(result Timeout)))
	if [ "$bad" -eq 0 ] && ! grep -qx 'status 0' "$folder/meson-logs/status"; then
		warn "meson test ended without a result in $folder"
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

# What a fuzzer starts from, where it would never get far from nothing.
seeds()
{
	rm -rf "build-fuzz/seeds/$1"
	mkdir -p "build-fuzz/seeds/$1"
	case $1 in
	machine)
		sed -n '/^\.Sh EXAMPLES/,/^\.Ed/ { /^\./! p }' doc/man/upset-machine.5 \
			>"build-fuzz/seeds/$1/example"
		;;
	machine_files)
		printf 'QFI\373\0\0\0\003' >"build-fuzz/seeds/$1/disk"
		{
			head -c 514 /dev/zero
			printf 'HdrS\012\002'
			head -c 92 /dev/zero
		} >"build-fuzz/seeds/$1/kernel"
		;;
	gdb_remote) cp fuzz/gdb_remote.seed "build-fuzz/seeds/$1" ;;
	program) cp build/tests/system/tiny_sum build/tests/cli/tiny "build-fuzz/seeds/$1" ;;
	store_open)
		build/upset golden --quiet --engine native --detail counts \
			-o "build-fuzz/seeds/$1/study.upset" -- build/tests/system/tiny_sum
		;;
	esac
}

# A short run of a fuzzer, the same every time: enough to notice what breaks it.
fuzz()
{
	seeds "$1"
	build-fuzz/fuzz/"$1" -runs=20000 -seed=1 -max_total_time=15 -artifact_prefix=build-fuzz/ \
		"build-fuzz/seeds/$1" >"build-fuzz/$1.log" 2>&1 && return
	tail -40 "build-fuzz/$1.log"
	return 1
}

main()
{
	count "clang-format" check_layout
	count "shellcheck" check_scripts
	count "clang-tidy" setup/tidy.sh build
	for source in fuzz/*.c; do
		name=$(basename "$source" .c)
		count "fuzz $name" fuzz "$name"
	done
	meson_tests build
	meson_tests build-asan
	meson_tests build-tsan --suite threads
	tail_line="$passed passed, $failed failed"
	[ "$skipped" -eq 0 ] || tail_line="$tail_line, $skipped skipped"
	echo "$tail_line"
	[ "$failed" -eq 0 ]
}

main
