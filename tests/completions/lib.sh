# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What the tests of completions share.  Arguments: the file that is tested, the command, for
# shells that may not be here the shell.
# shellcheck disable=SC2034 # the tests use them
completions=$(realpath "$1") upset=$(realpath "$2") shell=${3:-}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
touch study.upset "a file"
failures=0

fail() {
	echo "FAILED: $*"
	failures=$((failures + 1))
}

# Options of `upset COMMAND --help`, a line each, both forms.
options_of() {
	"$upset" "$1" --help | sed -n 's/^ \{2,6\}\(-[^ ]*\( --[^ ]*\)\?\).*/\1/p' |
		tr -d , | tr -s ' ' '\n' | sort
}

# The commands, a line each.
commands() {
	"$upset" help | sed -n 's/^  \([a-z]*\) .*/\1/p'
}

# same WHAT: the lines of files `wanted` and `got`, in any order.
same() {
	sort wanted >wanted.sorted
	sort got >got.sorted
	diff wanted.sorted got.sorted >differ || fail "$1: wanted (<) and got (>): $(cat differ)"
}

# Words as lines.
lines() {
	printf '%s\n' "$@"
}

# Every view that `upset show` has, out of the words of its help.
views() {
	"$upset" show --help | sed -n '/^VIEW/,/On the terminal/p' | sed 's/On the terminal.*//' |
		sed 's/([^)]*)//g' | tr -s ' ,.' '\n' | grep -x '[a-z_]*' |
		while read -r word; do
			"$upset" show /nonexistent "$word" 2>&1 | grep -q 'unknown view' ||
				echo "$word"
		done | sort -u
}
