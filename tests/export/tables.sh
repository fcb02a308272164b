#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Folders of CSV and JSON, and that outputs are there as a whole or not at all:
# tables.sh UPSET WRITER TINY
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/../system/lib.sh"
upset=$(realpath "$upset") write_study=$(realpath "$1") tiny=$(realpath "$2")
compare=$(realpath "$(dirname "$0")")/tables.py
cd "$dir"

"$write_study" runs # has names that would break a format
cp runs both
"$write_study" both campaign
"$write_study" campaigns campaign
golden tiny --engine native --detail full -- "$tiny" hello

# exported STUDY VIEWS OPTIONS...: both formats, as the study has them.
exported()
{
	study=$1 views=$2
	shift 2
	for format in csv json; do
		"$upset" export --format $format --output "out.$format" "$@" "$study" ||
			fail "cannot export $study as $format"
	done
	python3 "$compare" "$study" out.csv out.json || fail "exports of $study ($*) differ"
	for format in csv json; do
		names=$(cd out.$format && printf '%s ' *)
		for view in $views; do
			[ -s "out.$format/$view.$format" ] || fail "$study: no $view among $names"
		done
		[ "$(echo "$names" | wc -w)" = "$(echo "$views" | wc -w)" ] ||
			fail "$study: $names are not $views"
		# Each is what `upset show` writes.
		for view in $views; do
			case $view in runs | campaigns) scope= ;; *) scope=$* ;; esac
			# shellcheck disable=SC2086
			"$upset" show --$format $scope "$study" $view 2>shown.err >shown ||
				"$upset" show --$format "$study" $view >shown
			cmp -s shown "out.$format/$view.$format" || fail "$study: $view.$format"
		done
		rm -r out.$format
	done
}

of_run="run registers instructions operands blocks functions mnemonics calls stacks memory threads
	syscalls signals files variables modules"
of_campaign="campaign campaign_variables outcomes outcome_totals detection experiments faults controls not_injected
	by_location by_bit by_location_bit by_function by_line by_time"
of_study="runs campaigns"
exported runs "$of_run $of_study"
exported runs "$of_run $of_study" --run 2
exported campaigns "$of_campaign $of_study"
exported both "$of_run $of_campaign $of_study"
exported tiny "$of_run $of_study"

# refused STATUS PATTERN ARGUMENTS...: upset export fails and leaves nothing behind.
refused()
{
	wanted=$1 pattern=$2
	shift 2
	before=$(find . | sort)
	got=0
	"$upset" export "$@" >../"$(basename "$dir")".said 2>&1 || got=$?
	said=$(cat ../"$(basename "$dir")".said)
	rm -f ../"$(basename "$dir")".said
	expect "status of: export $*: $said" "$got" "$wanted"
	echo "$said" | grep -q -e "$pattern" || fail "export $*: '$said' is not '$pattern'"
	expect "what export $* left" "$(find . | sort)" "$before"
}

mkdir full empty
touch full/file
refused 2 'which format' -o x runs
refused 2 "did you mean 'json'" -f jsno -o x runs
refused 2 'where to? Name a folder' -f csv runs
refused 2 'where to? Name a file' -f lcov runs
refused 2 'which study' -f csv -o x
refused 2 'too many' -f csv -o x runs runs
refused 2 'nothing of campaigns' -f lcov -o x --campaign 1 both
refused 2 'the study itself' -f lcov -o runs runs
refused 3 'No such file' -f csv -o x missing
refused 3 'not a study' -f csv -o x full/file
refused 3 'has no run 9' -f csv -o x --run 9 runs
refused 3 'has no run 9' -f callgrind -o x --run 9 runs
refused 3 'holds no runs' -f lcov -o x campaigns
refused 3 'has no campaign 9' -f json -o x --campaign 9 both
refused 3 'holds no campaigns' -f json -o x --campaign 1 runs
refused 3 'is there already' -f csv -o full runs
refused 3 'is there already' -f csv -o full/file runs
refused 3 'is a folder' -f lcov -o full runs
refused 3 'No such file' -f csv -o nowhere/x runs
refused 3 'No such file' -f lcov -o nowhere/x runs

# An empty folder is filled; a name may end in a slash.
"$upset" export -f csv -o empty/ runs
[ -s empty/run.csv ] || fail "an empty folder was not filled"
"$upset" export -f csv -o new/ runs
[ -s new/run.csv ] || fail "no folder new/"

# What does not fit is not there, and what was there stays.
echo before >kept
for format in callgrind csv; do
	for output in x kept; do
		[ $format$output != csvkept ] || continue
		before=$(find . | sort)
		got=0
		(ulimit -f 1 && "$upset" export -f $format -o $output tiny) 2>err.$format || got=$?
		expect "status of $format without room: $(cat err.$format)" "$got" 3
		grep -q "cannot write" err.$format || fail "$format without room: $(cat err.$format)"
		rm err.$format
		expect "left by $format without room" "$(find . | sort)" "$before"
	done
done
expect "a file that could not be replaced" "$(cat kept)" before

# Stopped on the way, or just done: nothing is left, or all of it is there.
is_there()
{
	[ -e "$1" ]
}
"$upset" export -f json -o stopped tiny 2>stopped.err &
pid=$!
while kill -0 $pid 2>/dev/null; do
	if is_there stopped.*.part; then
		kill -TERM $pid 2>/dev/null || true
		break
	fi
done
got=0
wait $pid || got=$?
case $got in
0) [ -s stopped/campaigns.json ] || fail "an export that ended is not complete" ;;
3) grep -q 'interrupted; stopped was not written' stopped.err || fail "$(cat stopped.err)" ;;
*) fail "status of an export that was stopped: $got" ;;
esac
if is_there stopped.*.part || { [ $got = 3 ] && is_there stopped; }; then
	fail "an export that was stopped left something"
fi

# A file is replaced, through a link, with the rights of a new one; others are written to.
ln -s kept link
"$upset" export -f callgrind -o link runs
[ -L link ] || fail "the link was replaced"
grep -q '^version: 1$' kept || fail "the file was not replaced"
"$upset" export -f callgrind -o /dev/stdout runs | cmp - kept || fail "/dev/stdout"
"$upset" export -f callgrind -o /dev/null runs
[ -c /dev/null ] || fail "/dev/null is gone"
