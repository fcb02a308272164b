#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Write completions for a shell, from what `upset help` and each --help say.
# generate.sh bash|zsh|fish UPSET
set -eu

shell=$1 upset=$2
here=$(cd "$(dirname "$0")" && pwd)
{
	"$upset" help
	"$upset" help | sed -n 's/^  \([a-z]*\) .*/\1/p' | while read -r command; do
		echo "@command $command"
		"$upset" "$command" --help
	done
} | awk -f "$here/read.awk" -f "$here/$shell.awk"
