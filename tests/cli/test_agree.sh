#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# upset agree and upset faults, with studies made by hand.
# Arguments: the command, and tests/cli/write_campaign.c as a program.
set -u
upset=$(realpath "$1") write_campaign=$(realpath "$2")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failures=0

fail()
{
	echo "FAILED: $*"
	sed 's/^/	out: /' out
	sed 's/^/	err: /' err
	failures=$((failures + 1))
}

# expect STATUS COMMAND...
expect()
{
	status=$1
	shift
	"$@" >out 2>err </dev/null
	got=$?
	[ "$got" = "$status" ] || fail "$*: exit status $got, expected $status"
	[ "$status" -lt 2 ] || [ "$(wc -l <err)" -eq 1 ] || fail "$*: not one line of explanation"
}

# says LINE: the output has it.
says()
{
	grep -qxF -e "$1" out || fail "no line '$1'"
}

# complains PATTERN
complains()
{
	grep -q -e "$1" err || fail "no '$1'"
}

# --- two campaigns: seven faults in both, of which one twice; four agree ---
"$write_campaign" first.upset qemu a one <<END || exit 1
0,flip:0 rax @ insn=1,masked,converged,0
1,flip:1 rax @ insn=1,sdc,stdout,0
2,flip:2 rax @ insn=1,due,signal,11
3,flip:3 rax @ insn=1,due,hang,0
4,flip:4 rax @ insn=1,masked,latent,0
5,flip:0 rax @ insn=1,due,exit-status,3
6,flip:6 rax @ insn=1,tool-error,,0
7,flip:7 rax @ insn=1,masked,equal,0
8,flip:8 rax @ insn=1; flip:9 rax @ insn=2,not-injected,not-reached,0
9,flip:9 rax @ insn=1,sdc,stdout,0
END
"$write_campaign" "second's.upset" native a one <<END || exit 1
10,flip:1 rax @ insn=1,sdc,stderr,0
11,flip:2 rax @ insn=1,due,signal,7
12,flip:3 rax @ insn=1,sdc,stdout,0
13,flip:4 rax @ insn=1,sdc,stdout,0
14,flip:0 rax @ insn=1,masked,equal,0
15,flip:0 rax @ insn=1,due,exit-status,3
16,flip:6 rax @ insn=1,tool-error,error,0
17,flip:8 rax @ insn=1; flip:9 rax @ insn=2,not-injected,not-reached,0
18,flip:30 rax @ insn=1,masked,equal,0
END
expect 0 "$upset" agree first.upset "second's.upset"
says '1  campaign 1 of first.upset, engine qemu: /opt/my program one'
says "2  campaign 1 of second's.upset, engine native: /opt/my program one"
says '8 experiments with the same faults, 2 only in 1, 1 only in 2'
says '1 \ 2           masked detected      sdc      due not-injected tool-error'
says 'masked               1        0        1        0            0          0'
says 'sdc                  0        0        1        0            0          0'
says 'due                  0        0        1        2            0          0'
says 'not-injected         0        0        0        0            1          0'
says 'tool-error           0        0        0        0            0          1'
# Wilson's intervals of 5 and 3 of 8.
says 'on the outcome                5 of 8   62.50 %  (30.57 .. 86.32 %)'
says 'and on its cause              3 of 8   37.50 %  (13.68 .. 69.43 %)'
says 'failure (sdc or due)          0 only in 1, 1 only in 2, p = 1'
says 'sdc                           0 only in 1, 2 only in 2, p = 0.5'
says '5 disagreements:'
says "  sdc (stdout)                   upset replay first.upset 1"
says "  sdc (stderr)                   upset replay 'second'\\''s.upset' 10"
says "  due (signal 11)                upset replay first.upset 2"
says "  due (signal 7)                 upset replay 'second'\\''s.upset' 11"
says "  tool-error                     upset replay first.upset 6"
[ "$(grep -c 'upset replay' out)" = 10 ] || fail "not five pairs of commands"
awk 'length($0) > 80 { exit 1 }' out || fail "wider than 80 columns"

expect 0 "$upset" agree first.upset "second's.upset" --csv
says 'faults,experiment_1,outcome_1,cause_1,status_1,experiment_2,outcome_2,cause_2,status_2,same_outcome,same_cause'
says 'flip:0 rax @ insn=1,0,masked,converged,,14,masked,equal,,1,1'
says 'flip:0 rax @ insn=1,5,due,exit-status,3,15,due,exit-status,3,1,1'
says 'flip:2 rax @ insn=1,2,due,signal,11,11,due,signal,7,1,0'
says 'flip:6 rax @ insn=1,6,tool-error,,,16,tool-error,error,,0,0'
[ "$(wc -l <out)" = 9 ] || fail "not eight rows"
expect 0 "$upset" agree first.upset "second's.upset" --json
python3 - <<END 2>err || fail "--json"
import json
d = json.load(open("out"))
assert d["pairs"] == 8 and d["matrix"]["masked"]["sdc"] == 1 and d["first"]["alone"] == 2
assert d["same_outcome"]["count"] == 5 and abs(d["same_outcome"]["high"] - 0.8632) < 1e-4
assert d["mcnemar"]["sdc"] == {"only_first": 0, "only_second": 2, "p": 0.5}
assert [x["first"]["experiment"] for x in d["disagreements"]] == [1, 2, 3, 4, 6]
assert d["disagreements"][1]["second"] == {
	"experiment": 11, "outcome": "due", "cause": "signal", "status": 7}
assert d["second"]["study"] == "second's.upset"
END

# --- gates ---
expect 1 "$upset" agree first.upset "second's.upset" --fail-if-below 63%
expect 0 "$upset" agree first.upset "second's.upset" --fail-if-below 0.62
expect 2 "$upset" agree first.upset "second's.upset" --fail-if-below most
expect 0 "$upset" agree first.upset first.upset -c 1 --campaign2 1

# --- what cannot be compared ---
"$write_campaign" other.upset native b one <<END || exit 1
0,flip:0 rax @ insn=1,masked,equal,0
END
"$write_campaign" other.upset native a two <<END || exit 1
0,flip:0 rax @ insn=1,masked,equal,0
END
"$write_campaign" other.upset native a one <<END || exit 1
0,flip:0 rbx @ insn=1,masked,equal,0
END
expect 3 "$upset" agree first.upset other.upset --campaign2 1
complains 'their SHA-256 differ; --force'
expect 0 "$upset" agree first.upset other.upset --campaign2 1 --force
says '1 experiments with the same faults, 9 only in 1, 0 only in 2'
says '0 disagreements'
expect 3 "$upset" agree first.upset other.upset --campaign2 2
complains "arguments differ: 'one' and 'two'"
expect 3 "$upset" agree first.upset other.upset
complains 'no experiment of first.upset has the faults of one of other.upset'
expect 3 "$upset" agree first.upset other.upset --campaign2 4
expect 2 "$upset" agree first.upset
expect 2 "$upset" agree
expect 2 "$upset" agree a b c
expect 2 "$upset" agree first.upset first.upset --csv --json
expect 3 "$upset" agree first.upset nowhere.upset
expect 0 "$upset" agree other.upset -c 1 --campaign2 2 --force

# --- lists ---
expect 0 "$upset" faults first.upset
says '# campaign  1'
says '# program   /opt/my program'
says '# seed      42'
says '# arguments one'
says 'flip:8 rax @ insn=1; flip:9 rax @ insn=2  # 8 not-injected not-reached'
says 'flip:6 rax @ insn=1  # 6 tool-error'
sed 's/ *#.*//' out | grep . >list
cat >wanted <<END
flip:0 rax @ insn=1
flip:1 rax @ insn=1
flip:2 rax @ insn=1
flip:3 rax @ insn=1
flip:4 rax @ insn=1
flip:0 rax @ insn=1
flip:6 rax @ insn=1
flip:7 rax @ insn=1
flip:8 rax @ insn=1; flip:9 rax @ insn=2
flip:9 rax @ insn=1
END
cmp -s list wanted || fail "another list: $(diff list wanted)"
expect 0 "$upset" faults first.upset --outcome sdc -o sdc.list
[ "$(grep -vc '^#' sdc.list)" = 2 ] || fail "not two with outcome sdc"
expect 0 "$upset" faults first.upset --outcome due --cause hang
[ "$(grep -v '^#' out)" = 'flip:3 rax @ insn=1  # 3 due hang' ] || fail "not the one that hangs"
expect 0 "$upset" faults other.upset -c 1
says '# campaign  1'
cp first.upset before
expect 2 "$upset" faults first.upset -o first.upset
cmp -s first.upset before || fail "the study was overwritten"
expect 3 "$upset" faults first.upset --cause files -o empty
complains 'has no such experiments'
[ -e empty ] && fail "an empty list"
expect 2 "$upset" faults first.upset --outcome wrong
complains "unknown outcome 'wrong'"
expect 2 "$upset" faults first.upset --cause wrong
expect 2 "$upset" faults
expect 2 "$upset" faults a b
expect 3 "$upset" faults nowhere.upset
if [ -e /dev/full ]; then
	expect 3 sh -c '"$0" faults first.upset >/dev/full' "$upset"
fi
"$write_campaign" broken.upset native a one <<END || exit 1
0,no fault at all,masked,equal,0
END
expect 3 "$upset" faults broken.upset -o partial
complains 'experiment 0 of broken.upset has no fault that makes sense'
[ -e partial ] && fail "part of a list"

[ "$failures" = 0 ]
