#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# setup/check.sh: its last line adds up every suite, and it fails when a test
# does.  Runs on a project of three tests, with checkers that pretend.
set -eu
# shellcheck source=tests/setup/harness.sh
. "$(dirname "$0")/harness.sh"

tree=$scratch/tree
mkdir -p "$tree/setup" "$tree/tests" "$tree/.ci"
: >"$tree/.ci/run"
cp "$root/setup/say.sh" "$root/setup/check.sh" "$root/setup/tidy.sh" "$tree/setup"
: >"$tree/.clang-tidy"
: >"$tree/tests/.clang-tidy"
echo 'int main(void) { return 0; }' >"$tree/main.c"
cat >"$tree/meson.build" <<'END'
project('example', 'c')
main = executable('main', 'main.c')
test('passes', main, suite: 'threads')
test('also-passes', main)
test('skips', find_program('sh'), args: ['-c', 'exit 77'])
test('depends', find_program('sh'), args: ['-c', 'exec "$0"', meson.project_source_root() / 'depends'])
END
write_depends()
{
	printf '#!/bin/sh\n%s\n' "$1" >"$tree/depends"
	chmod +x "$tree/depends"
}

fake clang-format <<'END'
exit "${FAKE_FORMAT:-0}"
END
fake clang-tidy <<'END'
case $* in
--version) echo 14 ;;
*) echo "$*" >>"$TIDIED" && exit "${FAKE_TIDY:-0}" ;;
esac
END
fake shellcheck <<'END'
exit 0
END
export TIDIED="$scratch/tidied"
: >"$TIDIED"

mkdir -p "$tree/fuzz" "$tree/build-fuzz/fuzz"
: >"$tree/fuzz/bytes.c"
printf '#!/bin/sh\nexit "${FAKE_FUZZ:-0}"\n' >"$tree/build-fuzz/fuzz/bytes"
chmod +x "$tree/build-fuzz/fuzz/bytes"

check()
{
	attempt env PATH="$scratch/bin:$PATH" "$@" "$tree/setup/check.sh"
}

last_line_is()
{
	[ "$(tail -n 1 "$scratch/output")" = "$1" ]
}

write_depends 'exit 0'
for folder in build build-asan build-tsan; do
	attempt meson setup "$tree/$folder" "$tree"
	expect "$folder is configured" succeeded
	attempt ninja -C "$tree/$folder"
	expect "$folder is built" succeeded
done

check
expect "all pass: status" succeeded
expect "all pass: last line" last_line_is "11 passed, 0 failed, 2 skipped"
expect "clang-tidy saw the source" grep -q 'main\.c$' "$TIDIED"
: >"$TIDIED"
check
expect "clang-tidy is not run again on what has not changed" test ! -s "$TIDIED"

write_depends 'exit 1'
check
expect "a failing test: status" test "$status" -eq 1
expect "a failing test: last line" last_line_is "9 passed, 2 failed, 2 skipped"
write_depends 'kill -SEGV $$'
check
expect "a crashing test: last line" last_line_is "9 passed, 2 failed, 2 skipped"

write_depends 'exit 0'
check FAKE_FORMAT=1
expect "wrong layout: status" test "$status" -eq 1
expect "wrong layout: last line" last_line_is "10 passed, 1 failed, 2 skipped"
check FAKE_FUZZ=77
expect "a fuzzer that finds something: last line" last_line_is "10 passed, 1 failed, 2 skipped"
echo '/* changed */' >>"$tree/main.c"
check FAKE_TIDY=1
expect "a finding of clang-tidy: last line" last_line_is "10 passed, 1 failed, 2 skipped"
check
expect "a file with a finding is checked again" test "$(wc -l <"$TIDIED")" -eq 2

rm -r "$tree/build-asan/meson-private"
check
expect "a suite that cannot run: status" test "$status" -eq 1
expect "a suite that cannot run: last line" last_line_is "8 passed, 1 failed, 1 skipped"
finish
