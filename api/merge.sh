#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Make one static library of several, in which only what is meant for others is global.
# merge.sh OUTPUT LIBRARY...
set -eu

output=$1
shift
trap 'rm -f "$output.o" "$output.new"' EXIT
ld -r -o "$output.o" --whole-archive "$@" --no-whole-archive
objcopy --localize-hidden "$output.o"
rm -f "$output.new"
ar rcs "$output.new" "$output.o"
mv "$output.new" "$output"
