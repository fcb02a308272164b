#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Stacks for flame graphs: what is exported is what the study has, and flamegraph.pl draws
# all of it: folded.sh UPSET GUESTS-FOLDER
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/../system/lib.sh"
guests=$1 flamegraph=/usr/share/perl5/Devel/NYTProf/flamegraph.pl

[ -e $flamegraph ] || fail "flamegraph.pl is not installed: run setup/packages.sh tests"
head -c 5000 "$upset" >"$dir/input"
cd "$dir"
golden md5 --calls --detail counts -- "$guests/md5" input
"$upset" export -f folded -o md5.folded md5 || fail "no stacks"
expect 'instructions' "$(awk '{ sum += $NF } END { print sum }' md5.folded)" "$(value md5 instructions)"
expect 'lines' "$(wc -l <md5.folded)" "$(sqlite3 md5 'SELECT count(*) FROM stacks')"
expect 'the hottest' "$(sort -k2 -n md5.folded | tail -1)" \
	"$(sqlite3 -separator ' ' md5 'SELECT stack, instructions FROM stacks
		ORDER BY instructions DESC LIMIT 1')"
perl $flamegraph --countname=instructions md5.folded >md5.svg 2>err || fail "flamegraph.pl: $(cat err)"
[ ! -s err ] || fail "flamegraph.pl complains: $(head -3 err)"
# The frame of all, and of the function that does the work: name, samples, share.
grep -q "<title>all ($(value md5 instructions | sed ':a; s/\([0-9]\)\([0-9]\{3\}\)\($\|,\)/\1,\2\3/; ta') instructions" md5.svg ||
	fail "the picture has other sums: $(grep -o '<title>all[^<]*' md5.svg)"
grep -q '<title>transform (' md5.svg || fail 'no transform in the picture'

golden plain --detail counts -- "$guests/fib" 5
if "$upset" export -f folded -o plain.folded plain 2>err; then
	fail 'stacks of a run without calls'
fi
grep -q 'run 1 has no call paths; .upset golden --calls. collects them' err || fail "$(cat err)"
[ ! -e plain.folded ] || fail 'a file without stacks'
