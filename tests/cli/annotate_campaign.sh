#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# `upset annotate` of a real campaign is what the study's views have:
# annotate_campaign.sh UPSET GUESTS-FOLDER
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/../system/lib.sh"
guests=$1
study=$dir/study

head -c 3000 "$0" >"$dir/input"
golden "$study" --detail counts -- "$guests/md5" "$dir/input"
"$upset" campaign --quiet -n 300 --seed 1 -o "$study" -- "$guests/md5" "$dir/input" \
	>"$dir/out" 2>&1 || skip "no campaign is possible here: $(cat "$dir/out")"
python3 "$(dirname "$0")/annotate_campaign.py" "$upset" "$study" ||
	fail "it is not what the study has"

# Without a name it is the function with most silent data corruptions.
most=$(sqlite3 "$study" "SELECT function FROM by_function ORDER BY sdc DESC, due DESC LIMIT 1")
expect "the default function" "$("$upset" annotate "$study" | sed -n '1s/ in .*//p')" "$most"

"$upset" annotate "$study" nothing 2>"$dir/err" && fail "a function that is not there"
grep -q "executed no function 'nothing'" "$dir/err" || fail "said: $(cat "$dir/err")"
# Lines are as long as they may be.
for width in 60 80 120; do
	expect "--width $width" "$("$upset" annotate --width $width "$study" transform |
		awk '{ if (length($0) > most) most = length($0) } END { print most }')" $width
done
# A reader that goes is no failure.
{ "$upset" annotate "$study" 2>"$dir/err"; echo $? >"$dir/status"; } | head -n 1 >"$dir/first"
expect "status with a reader that goes: $(cat "$dir/err")" "$(cat "$dir/status")" 0
