#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Exported coverage is what gcov counts in the same program, and lcov and genhtml read
# it: lcov.sh UPSET COVERED COVERED-FOR-GCOV COVERED.c WRITER
#
# The program is not optimized: then the lines with code, those that were executed, and how
# often, are the same for gcov, which counts in the compiler's tree, and for upset, which
# takes the most executed instruction of a line.  lcov.py knows the differences: where a
# function begins and ends, and labels.
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/../system/lib.sh"
program=$(realpath "$1") counted=$(realpath "$2") source=$(realpath "$3") write_study=$4
compare=$(dirname "$0")/lcov.py

for tool in gcov lcov genhtml; do
	command -v $tool >/dev/null || fail "$tool is not installed: run setup/packages.sh tests"
done

# lcov 2 takes inlined copies of functions, and counts that are high, for mistakes.
lenient=
case $(lcov --version) in
*version\ 1*) ;;
*) lenient="--ignore-errors inconsistent,inconsistent,source,source,range" ;;
esac

# same KIND ARGUMENTS...: see lcov.py.
same()
{
	python3 "$compare" "$@" || fail "lcov.py $*"
}

# gcov counts with instructions that it adds to a program: a build of its own, which writes
# what gcov reads when it ends.  The copy of the other can be changed.
cp "$program" "$dir/covered"
golden "$dir/study" --detail counts -- "$dir/covered" 1 2
expect "exit status" "$golden_status" 0
GCOV_PREFIX="$dir/gcov" "$counted" 1 2 >"$dir/printed"
expect "what it prints" "$(cat "$dir/printed")" "$(cat "$dir/study.out")"
data=$(find "$dir/gcov" -name '*.gcda')
[ -n "$data" ] || fail "the program wrote nothing for gcov"
cp "$counted.p/$(basename "$data" .gcda).gcno" "$(dirname "$data")"
gcov --json-format --stdout "$data" >"$dir/gcov.json" || fail "gcov failed"

# As the study has it, with 0 for what was not executed.
"$upset" export -f lcov -o "$dir/all.info" "$dir/study" 2>"$dir/said"
[ ! -s "$dir/said" ] || fail "export says: $(cat "$dir/said")"
named=$(sed -n 's/^SF:\(.*\/covered\.c\)$/\1/p' "$dir/all.info")
expect "source" "$(realpath "$named")" "$source"
same gcov "$dir/all.info" "$named" "$dir/gcov.json"
same study "$dir/all.info" "$dir/study"

# lcov and genhtml.
hit=$(grep -c '^DA:[0-9]*,[1-9]' "$dir/all.info")
lines=$(grep -c '^DA:' "$dir/all.info")
# shellcheck disable=SC2086
lcov --summary "$dir/all.info" $lenient >"$dir/summary" 2>&1 || fail "lcov: $(cat "$dir/summary")"
grep -q "lines\.*: .*($hit of $lines lines)" "$dir/summary" ||
	fail "lcov does not find $hit of $lines lines: $(cat "$dir/summary")"
# The sources of libraries are not here.
# shellcheck disable=SC2086
lcov --quiet $lenient --extract "$dir/all.info" '*/covered.c' -o "$dir/own.info" \
	>"$dir/extract" 2>&1 || fail "lcov --extract: $(cat "$dir/extract")"
# shellcheck disable=SC2086
genhtml --quiet $lenient -o "$dir/html" "$dir/own.info" >"$dir/genhtml" 2>&1 ||
	fail "genhtml: $(cat "$dir/genhtml")"
page=$(find "$dir/html" -name 'covered.c.gcov.html')
grep -q 'class="lineNoCov"\|class="tlaUNC' "$page" || fail "genhtml shows nothing uncovered"

# A module that has changed, or is gone: what was executed, and it is said.
for change in 'is not the file that was executed' 'cannot be read'; do
	case $change in
	is*) echo >>"$dir/covered" ;;
	*) rm "$dir/covered" ;;
	esac
	"$upset" export -f lcov -o "$dir/executed.info" "$dir/study" 2>"$dir/said"
	grep -q "covered $change: only those of its lines that were executed" "$dir/said" ||
		fail "a module that $change: export says '$(cat "$dir/said")'"
	same executed "$dir/all.info" "$named" "$dir/executed.info"
done

# Names that would break the format.
"$write_study" "$dir/hostile"
"$upset" export -f lcov -o "$dir/hostile.info" "$dir/hostile" 2>"$dir/said"
same study "$dir/hostile.info" "$dir/hostile"
# shellcheck disable=SC2086
lcov --summary "$dir/hostile.info" $lenient >"$dir/summary" 2>&1 ||
	fail "lcov, of hostile names: $(cat "$dir/summary")"
