#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Run clang-tidy over every C file that a build folder compiles, in parallel,
# leaving out those checked before and unchanged, headers included, since.
# Usage: setup/tidy.sh BUILD-FOLDER
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=setup/say.sh
. "$root/setup/say.sh"
cd "$root"
[ $# -eq 1 ] || die "usage: setup/tidy.sh BUILD-FOLDER"
build=$1
seen=$build/tidy
[ -f "$build/compile_commands.json" ] || die "$build has no compile_commands.json; run make first"
mkdir -p "$seen"

# Of everything that every file's result depends on.
common=$({
	clang-tidy --version
	cat .clang-tidy tests/.clang-tidy "$0"
	find . -path './build*' -prune -o -name '*.h' -print | sort | xargs cat
} | sha256sum)

sources()
{
	sed -n 's/^ *"file": "\(.*\.c\)",\{0,1\}$/\1/p' "$build/compile_commands.json" |
		(cd "$build" && xargs -r realpath --relative-to="$root") | sort -u
}

# Lines "DIGEST FILE" of what is to be checked.
pending()
{
	sources | while read -r file; do
		digest=$( (echo "$common $file" && cat "$file") | sha256sum | cut -d' ' -f1)
		[ -e "$seen/$digest" ] || echo "$digest $file"
	done
}

# A file that is compiled twice, for a plugin too, is checked once: checks of clang 14
# take what they remember of the first time for findings in the second.
python3 - "$build/compile_commands.json" "$seen/compile_commands.json" <<'PYTHON'
import json, sys
once = {}
for command in json.load(open(sys.argv[1])):
    once.setdefault(command["file"], command)
json.dump(list(once.values()), open(sys.argv[2], "w"))
PYTHON

# Compiler warnings are the compiler's task: here they are no errors.
export build seen
# shellcheck disable=SC2016
pending | xargs -r -L 1 -P "$(nproc)" sh -c '
	output=$(clang-tidy -p "$seen" --quiet --extra-arg=-Wno-error \
		--extra-arg=-Wno-unknown-warning-option "$2" 2>&1) && : >"$seen/$1" && exit 0
	printf "%s\n" "$output"
	exit 1' sh
