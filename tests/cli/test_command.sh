#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The upset command from the outside: what it does, and what it says and returns
# when it cannot.  Arguments: the command, tests/cli/tiny.c as a program,
# tests/store/write_study.c as one, and input.S and hello.S of tests/engine/guests.
set -u
upset=$(realpath "$1") tiny=$(realpath "$2") write_study=$(realpath "$3") writer=$(realpath "$4")
hello=$(realpath "$5")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
unset NO_COLOR
failures=0

fail() {
	echo "FAILED: $*"
	sed 's/^/	out: /' out
	sed 's/^/	err: /' err
	failures=$((failures + 1))
}

# expect STATUS PATTERN COMMAND...: the exit status, and a line of the output that matches.
expect() {
	status=$1 pattern=$2
	shift 2
	"$@" >out 2>err </dev/null
	got=$?
	[ "$got" = "$status" ] || fail "$*: exit status $got, expected $status"
	cat out err | grep -q -e "$pattern" || fail "$*: no '$pattern'"
	if [ "$status" -ge 2 ] && [ "$(wc -l <err)" -ne 1 ]; then
		fail "$*: not one line of explanation"
	fi
}

golden() {
	"$upset" golden --engine native --detail counts "$@"
}

# --- usage ---
expect 2 'no command given' "$upset"
expect 2 "unknown command 'shwo', did you mean 'show'" "$upset" shwo
expect 0 '^usage: upset COMMAND' "$upset" --help
expect 0 '^usage: upset COMMAND' "$upset" help
expect 0 '^upset [0-9]' "$upset" --version
for command in golden inject faults agree replay campaign show report annotate export diff doctor help version; do
	expect 0 "^usage: upset $command" "$upset" $command --help
	expect 0 "^usage: upset $command" "$upset" help $command
	expect 2 "unknown option '--nonsense'" "$upset" $command --nonsense
done
expect 2 "did you mean '--detail'" "$upset" golden --detial full -- true
expect 2 "unknown detail 'all'" "$upset" golden --detail=all -- true
expect 2 "unknown engine 'bochs'" "$upset" golden -e bochs -- true
expect 2 'which program' "$upset" golden -o x.upset --
expect 2 'needs a value' "$upset" golden --engine
expect 2 'takes no value' "$upset" golden --quiet=yes -- true
expect 2 'takes a number' "$upset" show x.upset --top many
expect 2 'which fault' "$upset" inject -- true
expect 2 'which program' "$upset" inject -f 'skip @ insn=1'
expect 2 "fault, column 8: 'rxa' is no location" "$upset" inject -f 'flip:3 rxa @ insn=1' -- true
expect 2 "unknown engine 'bochs'" "$upset" inject -e bochs -f 'skip @ insn=1' -- true
expect 2 'which experiment' "$upset" replay x.upset
expect 2 'too many arguments' "$upset" replay x.upset 1 2
expect 2 "'one' is no number" "$upset" replay x.upset one
expect 3 'No such file' "$upset" replay missing.upset 0
expect 2 'which study' "$upset" show
expect 2 'too many arguments' "$upset" show a b c
expect 2 'choose one' "$upset" show a --csv --json
expect 2 'which study' "$upset" annotate
expect 2 'too many arguments' "$upset" annotate a b c
expect 2 'choose one' "$upset" annotate a --csv --json
expect 2 'choose one' "$upset" annotate a --lines --instructions
expect 2 'width is between 60 and 1000' "$upset" annotate a --width 59
expect 2 'name two studies' "$upset" diff
expect 2 'run-a' "$upset" diff a

# --- one experiment ---
if "$upset" inject -e native -f 'skip @ insn=0' -- "$tiny" hello >out 2>err; then
	touch kept
	expect 0 '^outcome   masked (equal)$' \
		"$upset" inject -e native -f 'flip:3 r15 @ insn=0' -- "$tiny" hello
	expect 0 '^  read    0x0000000000000008$' \
		"$upset" inject -e native -f 'flip:3 r15 @ insn=0' -- "$tiny" hello
	expect 0 'not-injected (not-reached)' \
		"$upset" inject -e native -f 'skip @ insn=100000' -- "$tiny" hello
	expect 0 'masked (accepted)' "$upset" inject -e native --check true \
		-f 'flip:0 mem[text,1] @ insn=0' -- "$hello" kept
	# shellcheck disable=SC2016 # it is the check's shell that knows it
	expect 0 'sdc (check)' "$upset" inject -e native \
		--check 'cmp -s "$UPSET_STDOUT" "$UPSET_GOLDEN_STDOUT"' \
		-f 'flip:0 mem[text,1] @ insn=0' -- "$hello" kept
	expect 0 'sdc (stdout)' "$upset" inject -e native \
		-f 'flip:0 mem[text,1] @ insn=0' -- "$hello" kept
	expect 0 'sdc (files)' "$upset" inject -e native --ignore-stdout \
		-f 'flip:0 mem[text,1] @ insn=0' -- "$hello" kept
	expect 0 'masked (.*)' "$upset" inject -e native --ignore-stdout --ignore-files \
		-f 'flip:0 mem[text,1] @ insn=0' -- "$hello" kept
	expect 0 'due (signal)' "$upset" inject -e native -f 'set:0 rip @ insn=0' -- "$tiny" hello
	expect 2 "has no symbol 'nowhere'" "$upset" inject -e native -f 'skip @ pc=nowhere' -- "$tiny"
	expect 3 "no program 'no-such-thing-here'" \
		"$upset" inject -e native -f 'skip @ insn=1' -- no-such-thing-here
	# Another name for the file it writes.
	expect 0 'sdc (files)' \
		"$upset" inject -e native -f 'set:0x78 mem[name,1] @ insn=5' -- "$writer"
	# Both runs read the same, from a file and from a pipe.
	echo same >input
	for input in 'cat input |' '<input'; do
		expect 0 'exit status 0, wrote 5 and 0 bytes' sh -c "
			$input \"\$0\" inject -e native -f 'flip:3 r15 @ insn=0' -- cat" "$upset"
		[ "$(grep -c 'exit status 0, wrote 5 and 0 bytes' out)" = 2 ] || fail "$input"
	done
	expect 0 'masked' "$upset" inject -e native -f 'flip:3 r15 @ insn=0' -- rm kept
	[ -e kept ] || fail "an experiment removed a file"
else
	expect 3 'no sandbox is possible here\|not permit ptrace' \
		"$upset" inject -e native -f 'skip @ insn=0' -- "$tiny" hello
fi

# --- programs that cannot be run: nothing is left behind ---
printf 'no program\n' >text
cp text script
printf 'x' >plain
chmod +x text
expect 3 "no program 'no-such-thing-here'" golden -- no-such-thing-here
expect 3 './missing' golden -- ./missing
expect 3 './plain' golden -- ./plain
expect 3 './text' golden -- ./text
expect 3 '/' golden -- /
ls ./*.upset >/dev/null 2>&1 && fail "a study was left by a program that cannot be run"

# --- outputs that cannot be written: the program does not run ---
mkdir there
expect 3 'is a folder' golden -o there -- touch ran
expect 3 'nowhere/x.upset' golden -o nowhere/x.upset -- touch ran
expect 3 'not a study' golden -o text -- touch ran
[ "$(cat text)" = 'no program' ] || fail "a file that is no study was changed"
[ -e ran ] && fail "the program ran although its study cannot be written"

# --- a run ---
expect 0 'run 1 stored in true.upset' golden -- /bin/true
expect 0 'run 1 stored in s.upset' golden -o s.upset -- "$tiny"
expect 0 'run 2 added to s.upset' golden -o s.upset -- "$tiny"
expect 0 'exit status 1' golden -o s.upset -- "$tiny" fail
expect 0 'killed by signal 9 (SIGKILL)' golden -o s.upset -- "$tiny" kill
expect 0 '^hello$' golden -o s.upset -- "$tiny" hello
golden -o s.upset -- "$tiny" hello 2>/dev/null >out
[ "$(cat out)" = hello ] || fail "standard output is not passed through"
golden -q -o s.upset -- "$tiny" 2>err >out
[ -s err ] && fail "--quiet is not quiet"
printf 'in\n' >input
golden -q -o s.upset -- "$tiny" copy <input >out 2>err
[ "$(cat out)" = in ] || fail "standard input is not passed through"
expect 0 "^input,$folder/input,1,3," "$upset" show s.upset files --csv

# --- what can be shown ---
mkdir kept-views
# shown STUDY VIEW: as a table of 80 columns, but for names that are longer; as CSV and as JSON
# they are kept for well_formed.
shown() {
	expect 0 '' "$upset" show "$1" "$2"
	case "$2" in
	functions | blocks | by_function | by_line)
		grep '[[:alnum:]_]\.\.[[:alnum:]_]' out && fail "show $2 cuts names"
		;;
	run | instructions | operands | calls | experiments | faults)
		;;
	*)
		awk 'length($0) > 80 { exit 1 }' out || fail "show $2 is wider than 80 columns"
		;;
	esac
	expect 0 '' "$upset" show "$1" "$2" --csv
	cp out "kept-views/$1 $2.csv"
	expect 0 '' "$upset" show "$1" "$2" --json
	cp out "kept-views/$1 $2.json"
}

# well_formed NUMBER: all that was shown, so many views.
well_formed() {
	python3 -c 'import csv, json, os, sys
names = sorted(os.listdir("kept-views"))
assert len(names) == 2 * int(sys.argv[1]), names
for name in names:
    with open("kept-views/" + name, newline="", encoding="latin1") as file:
        if name.endswith(".csv"):
            rows = list(csv.reader(file))
            assert all(len(row) == len(rows[0]) for row in rows), name
        else:
            assert isinstance(json.load(file), list), name' "$1" 2>err || fail "not well-formed"
}

for view in run registers instructions operands blocks functions memory threads syscalls \
	signals files variables modules runs; do
	shown true.upset $view
done
expect 2 "unknown view 'operand', did you mean 'operands'" "$upset" show true.upset operand
expect 2 'its columns are: thread' "$upset" show true.upset threads --sort size
expect 2 'has no functions' "$upset" show true.upset threads --function main
expect 3 'has no run 9' "$upset" show true.upset --run 9
expect 0 '^only the first 3 rows' "$upset" show true.upset instructions --top 3
total=$("$upset" show true.upset instructions --csv | python3 -c 'import csv, sys
print(sum(int(row["executions"]) for row in csv.DictReader(sys.stdin)))')
expect 0 "\"instructions\":$total," "$upset" show true.upset run --json

# --- campaigns ---
"$write_study" c.upset campaign
for view in campaign outcomes outcome_totals experiments faults by_location by_bit by_function \
	by_line campaigns runs; do
	shown c.upset $view
done
well_formed 25
expect 0 '^golden end  *exited$' "$upset" show c.upset
grep -q '^sdc  *10 10.00%  *5.52%  *17.44%  *100$' out || fail "show: no totals of a campaign"
expect 0 '^golden end' "$upset" show c.upset --campaign 1
expect 0 '^sdc,10,0.1,0.05522' "$upset" show c.upset outcome_totals --csv
expect 0 '^number' "$upset" show c.upset experiments --function main --top 3
expect 3 'has no campaign 2: it holds 1' "$upset" show c.upset outcomes --campaign 2
expect 3 'holds no runs' "$upset" show c.upset instructions
expect 3 'holds no runs' "$upset" show c.upset --run 1
expect 3 'holds no campaigns; make one with .upset campaign' "$upset" show true.upset outcomes
expect 3 'holds no campaigns' "$upset" show true.upset --campaign 1
expect 2 'outcomes belongs to campaigns' "$upset" show c.upset outcomes --run 1
expect 2 'threads belongs to runs' "$upset" show true.upset threads --campaign 1
expect 2 'outcomes has no functions' "$upset" show c.upset outcomes --function main
expect 2 "did you mean 'by_line'" "$upset" show c.upset by_lines
cp true.upset both.upset
"$write_study" both.upset campaign
expect 0 '^program  */bin/true$\|^program  */usr/bin/true$' "$upset" show both.upset
grep -q '^module' out || fail "show: with runs and campaigns no run at a glance"
expect 0 '^golden end' "$upset" show both.upset campaign

# --- files that are no studies ---
expect 3 'No such file' "$upset" show missing.upset
expect 3 'not a study' "$upset" show text
expect 3 'is a folder' "$upset" show there
head -c 20000 true.upset >cut.upset
expect 3 'cut.upset' "$upset" show cut.upset instructions
cp true.upset newer.upset
python3 -c 'import sqlite3
sqlite3.connect("newer.upset").execute("PRAGMA user_version = 99")'
expect 3 'newer upset' "$upset" show newer.upset
expect 3 'newer upset' golden -o newer.upset -- "$tiny"

# --- readers that go, and outputs that are full ---
"$upset" show true.upset instructions --csv 2>err | head -n 1 >out
[ -s err ] && fail "a reader that goes is complained about"
sh -c '"$0" show true.upset instructions --csv 2>err; echo $? >status' "$upset" | head -n 1 >out
[ "$(cat status)" = 0 ] || fail "a reader that goes gives exit status $(cat status)"
expect 3 'No space left' sh -c '"$0" show true.upset --csv >/dev/full' "$upset"

# --- comparing ---
expect 0 '^equal$' "$upset" diff true.upset true.upset
expect 1 '^different: ' "$upset" diff true.upset s.upset --run-b 1
expect 2 "'no_such_function'" "$upset" diff true.upset true.upset --function no_such_function
expect 2 "'nothing'" "$upset" diff true.upset true.upset --ignore nothing
expect 3 'No such file' "$upset" diff true.upset missing.upset

# --- interrupted: kept, marked, and said ---
"$upset" golden --engine native --detail counts -o i.upset -- "$tiny" spin 2>err >out &
pid=$!
sleep 2
kill -TERM $pid
wait $pid
got=$?
[ "$got" = 3 ] || fail "an interrupted run: exit status $got"
grep -q interrupted err || fail "an interrupted run: not said"
expect 0 '"end":"interrupted"' "$upset" show i.upset --json

# --- doctor ---
expect 0 '^native ptrace' "$upset" doctor
expect 0 '^sandbox: ' "$upset" doctor

[ "$failures" = 0 ] || echo "$failures failures"
[ "$failures" = 0 ]
