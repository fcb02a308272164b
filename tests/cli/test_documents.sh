#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What documents say is there: each command has a page with all of its options and no
# others, and what pages and documents refer to exists.
# Arguments: the command, the source's folder, mandoc.
set -u
upset=$(realpath "$1") source=$(realpath "$2") mandoc=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
pages=$source/doc/man
failures=0

fail() {
	echo "FAILED: $*"
	failures=$((failures + 1))
}

# Options of `upset COMMAND --help`, a line each.
options_of_help() {
	"$upset" "$1" --help | sed -n 's/^ \{2,6\}\(-[^ ]*\( --[^ ]*\)\?\).*/\1/p' |
		tr -d , | tr -s ' ' '\n' | grep -v '^--help$' | sort
}

# Options that a page describes: the heads of its lists.
options_of_page() {
	sed -n 's/^\.It \(Fl .*\)/\1/p' "$1" | grep -o 'Fl \(Fl \|-\)\?[a-z0-9-]*' |
		sed 's/^Fl Fl /--/; s/^Fl -/--/; s/^Fl /-/' | sort
}

# Those that stand in its synopsis, as options of one kind or the other.
in_synopsis() {
	"$mandoc" -T ascii "$1" | sed 's/.\x08//g' | sed -n '/^SYNOPSIS/,/^DESCRIPTION/p' |
		grep -q -e "[[ |]$2\($\|[] |]\)"
}

# same_options COMMAND: its help, its page's list and its synopsis agree.
same_options() {
	page=$pages/upset-$1.1
	options_of_help "$1" >help
	# The page of doctor tells of its option in the text.
	options_of_page "$page" >described
	[ -s described ] || sed -n 's/^\.Op Fl \(Fl \|-\)\([a-z-]*\).*/--\2/p' "$page" | sort >described
	diff help described >differ || fail "upset $1 --help (<) and its page (>): $(cat differ)"
	# A line of help has both names of an option.
	"$upset" "$1" --help | sed -n 's/^ \{2,6\}\(-[^ ]*\( --[^ ]*\)\?\).*/\1/p' | tr -d , |
		while read -r name other; do
			[ "$name" = --help ] || in_synopsis "$page" "$name" ||
				{ [ -n "$other" ] && in_synopsis "$page" "$other"; } ||
				echo "$name"
		done >missing
	[ ! -s missing ] || fail "not in the synopsis of upset-$1(1): $(cat missing)"
}

"$upset" help | sed -n 's/^  \([a-z]*\) .*/\1/p' >commands
[ "$(wc -l <commands)" -ge 5 ] || fail "no list of commands"
while read -r command; do
	grep -q "^\.It Cm $command\($\| \)" "$pages/upset.1" ||
		fail "upset.1 does not tell of $command"
	case $command in
	help | version) continue ;;
	esac
	if [ -e "$pages/upset-$command.1" ]; then
		same_options "$command"
	else
		fail "$command has no page"
	fi
done <commands

# Help fits into a terminal.
while read -r command; do
	"$upset" "$command" --help >help
	[ -s help ] || fail "upset $command has no --help"
	awk 'length > 80' help >long
	[ ! -s long ] || fail "upset $command --help, over 80 columns: $(cat long)"
done <commands

# Views.
sed -n 's/^	{\.name = "\([a-z_]*\)".*/\1/p' "$source"/report/views_*.c >views
[ "$(wc -l <views)" -ge 20 ] || fail "no views in report/views_*.c"
while read -r view; do
	grep -q -x "\.It Cm $view" "$pages/upset-show.1" || fail "upset-show(1) does not tell of $view"
	"$upset" show --help | tr -s ' ,.' '\n' | grep -q -x "$view" || fail "show --help: no $view"
done <views

# Pages that others refer to.
sed -n 's/^\.Xr \(upset[a-z-]*\) 1.*/\1/p' "$pages"/*.1 | sort -u | while read -r page; do
	[ -e "$pages/$page.1" ] || echo "$page"
done >missing
[ ! -s missing ] || fail "there is no page: $(cat missing)"

# Variables that a check gets.
grep -o '"UPSET_[A-Z_]*"' "$source/campaign/check.c" | tr -d '"' | sort -u >variables
while read -r variable; do
	grep -q "Ev $variable\$" "$pages/upset-campaign.1" || fail "upset-campaign(1): no $variable"
done <variables

# Variables that programs get, and that they do not get.
sed -n '/ fixed\[\]/,/};/p' "$source/api/environment.c" | grep -o '"[A-Z]*=[^"]*"' | tr -d '"' >variables
[ "$(wc -l <variables)" = 4 ] || fail "no variables in api/environment.c"
while read -r variable; do
	grep -q -x -F "$variable" "$pages/upset.1" || fail "upset(1): no $variable"
done <variables
sed -n '/ of_the_start\[\]/,/};/p' "$source/api/environment.c" | grep -o '"[A-Z_*]*=\*"' |
	sed 's/"\(.*\)=\*"/\1/' >variables
[ "$(wc -l <variables)" -ge 5 ] || fail "no variables in api/environment.c"
while read -r variable; do
	sed -n 's/^\.Ev//p' "$pages/upset.1" | tr -s ' ' '\n' | grep -q -x -F "$variable" ||
		fail "upset(1): no $variable"
done <variables

# Causes and outcomes.
sed -n 's/^	\[UPSET_CAUSE_[A-Z_]*\] = {"\([a-z-]*\)".*/\1/p' "$source/campaign/outcome.c" >causes
[ "$(wc -l <causes)" -ge 5 ] || fail "no causes in campaign/outcome.c"
while read -r cause; do
	grep -q "^|[^|]*| \`$cause\` |" "$source/doc/outcomes.md" || fail "outcomes.md: no $cause"
done <causes

# Patches.
sed -n 's/^\([0-9]\{4\}\)-.*\.patch$/\1/p' "$source/qemu/patches/series" | while read -r patch; do
	grep -q "^| $patch |" "$source/doc/engine-qemu.md" || echo "$patch"
done >missing
[ ! -s missing ] || fail "engine-qemu.md: no patch $(cat missing)"

# What documents link to.
for document in "$source"/*.md "$source"/doc/*.md "$source"/qemu/*.md "$source"/bench/*.md; do
	grep -o '](\([^)#: ]*\))' "$document" | sed 's/](\(.*\))/\1/' | while read -r link; do
		[ -e "$(dirname "$document")/$link" ] || echo "$(basename "$document"): $link"
	done
done >missing
[ ! -s missing ] || fail "links to nothing: $(cat missing)"

[ "$failures" = 0 ]
