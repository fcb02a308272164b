#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Pages of upset report in a browser; what is looked at is in page.js.
# Arguments: the command, tests/store/write_study.c and tests/page/write_faults.c as programs,
# page.js, the folder of npm's packages, the page's source.
set -u
upset=$(realpath "$1") write_study=$(realpath "$2") write_faults=$(realpath "$3")
script=$(realpath "$4") packages=$(realpath "$5") source=$(realpath "$6")
browser=$(command -v chromium) || { echo "no chromium: run setup/packages.sh tests"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
mkdir home profile

"$write_study" runs.upset && "$write_study" campaign.upset one &&
	"$write_faults" both.upset 2000 && "$write_study" both.upset &&
	"$write_faults" "it's <b>.upset" 500 && "$write_faults" large.upset 100000 || exit 1
sqlite3 "it's <b>.upset" 'UPDATE campaign SET population = 2000' || exit 1
sqlite3 none.upset '.quit' && "$write_faults" none.upset 0 || exit 1
for study in both campaign large none; do
	"$upset" report "$study.upset" || exit 1
done
# The first run of write_study has all details, the last counts alone.
"$upset" report -r 1 runs.upset -o run.html && "$upset" report -r 3 runs.upset -o counts.html &&
	"$upset" report -r 1 both.upset -o both.html &&
	"$upset" report both.upset "it's <b>.upset" runs.upset -o several.html || exit 1
for view in outcome_totals outcomes by_location experiments; do
	"$upset" show both.upset "$view" --json >"$view.json" || exit 1
done
for view in functions mnemonics; do
	"$upset" show -r 1 both.upset "$view" --json >"$view.json" || exit 1
done

HOME=$folder/home NODE_PATH=$packages/node_modules node "$script" "$browser" "$folder/profile" "$source"
