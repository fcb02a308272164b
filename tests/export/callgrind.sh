#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Exports for callgrind_annotate: every line of a file, what callgrind_annotate prints of
# it, and the sums of `upset show` are the same: callgrind.sh UPSET GUESTS-FOLDER WRITER
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/../system/lib.sh"
upset=$(realpath "$upset") guests=$1 write_study=$(realpath "$2")
compare=$(realpath "$(dirname "$0")")/callgrind.py
here=$(realpath "$0")

command -v callgrind_annotate >/dev/null ||
	fail "callgrind_annotate is not installed: run setup/packages.sh tests"

# export_run STUDY RUN FILE
export_run()
{
	"$upset" export --format callgrind --run "$2" -o "$3" "$1" || fail "cannot export $1"
	python3 "$compare" "$1" "$2" "$3" || fail "$3 is not what $1 has of run $2"
}

# annotate FILE: into FILE.txt, without a complaint.
annotate()
{
	callgrind_annotate --threshold=100 --show-percs=no --auto=yes --context=100000 \
		"$1" >"$1.txt" 2>"$1.err" || fail "callgrind_annotate: $(cat "$1.err")"
	[ ! -s "$1.err" ] || fail "callgrind_annotate complains: $(head -3 "$1.err")"
}

# sums_shown STUDY: of each event, by what `upset show` says of registers and memory.
sums_shown()
{
	"$upset" show "$1" run --json >"$dir/run.json"
	"$upset" show "$1" registers --csv >"$dir/registers.csv"
	"$upset" show "$1" memory --csv >"$dir/memory.csv"
	python3 -c '
import csv, json, sys
folder = sys.argv[1]
registers = list(csv.DictReader(open(folder + "/registers.csv")))
sizes = [row for row in csv.DictReader(open(folder + "/memory.csv")) if row["kind"] == "size"]
print(json.load(open(folder + "/run.json"))[0]["instructions"],
      *[sum(int(row[c]) for row in rows) for rows in (registers, sizes) for c in ("reads", "writes")])
' "$dir"
}

head -c 20000 /dev/zero | tr '\0' 'x' >"$dir/input"
cat "$here" >>"$dir/input"
# callgrind_annotate leaves the folder it is in out of names.
cd "$dir"

# With source: every line of it, and the sums, at the most and the least detail.
for detail in full counts; do
	golden "$dir/md5.$detail" --detail $detail -- "$guests/md5" "$dir/input"
	export_run "$dir/md5.$detail" 1 "$dir/md5.$detail.out"
	annotate "$dir/md5.$detail.out"
	source=$(sqlite3 "$dir/md5.$detail" "SELECT file FROM functions WHERE function = 'transform'")
	python3 "$compare" "$dir/md5.$detail" 1 "$dir/md5.$detail.out.txt" "$source" ||
		fail "callgrind_annotate does not print what the study has of $source ($detail)"
	expect "sums of the export and of upset show ($detail)" \
		"$(sed -n 's/^summary: //p' "$dir/md5.$detail.out")" "$(sums_shown "$dir/md5.$detail")"
done

# A program of several modules, most of them without symbols.
golden "$dir/bzip2" --detail counts -- bzip2 -kc "$dir/input"
export_run "$dir/bzip2" 1 "$dir/bzip2.out"
annotate "$dir/bzip2.out"
expect "sums of bzip2 and of upset show" "$(sed -n 's/^summary: //p' "$dir/bzip2.out")" \
	"$(sums_shown "$dir/bzip2")"
expect "total of bzip2" "$(sed -n 's/^ *\([0-9,]*\) .*PROGRAM TOTALS.*/\1/p' "$dir/bzip2.out.txt" |
	tr -d ,)" "$(value "$dir/bzip2" instructions)"

# Calls: what callgrind_annotate adds up is what the study has.
for program in "fib 12" "md5 $dir/input"; do
	# shellcheck disable=SC2086 # a program and its argument
	golden "$dir/calls" --calls --detail counts -- "$guests/"$program
	run=$(sqlite3 "$dir/calls" 'SELECT max(id) FROM run')
	export_run "$dir/calls" "$run" "$dir/calls.out"
	grep -q '^calls=' "$dir/calls.out" || fail "no calls of $program"
	callgrind_annotate --threshold=100 --show-percs=no --inclusive=yes --tree=both "$dir/calls.out" \
		>"$dir/calls.txt" 2>"$dir/calls.err" || fail "callgrind_annotate: $(cat "$dir/calls.err")"
	[ ! -s "$dir/calls.err" ] || fail "callgrind_annotate complains: $(head -3 "$dir/calls.err")"
	expect "inclusive costs of main in $program" \
		"$(sed -n 's/  *\* .*:main \[.*//p' "$dir/calls.txt" | tr -d , | xargs)" \
		"$(sqlite3 -separator ' ' "$dir/calls" "SELECT sum(instructions), sum(register_reads),
			sum(register_writes), sum(loads), sum(stores) FROM calls
			WHERE run = $run AND function = 'main'")"
done

# A run of a study that knew of no accesses in calls: their instructions alone.
sqlite3 "$dir/calls" "UPDATE call_path SET inclusive_register_reads = NULL,
	inclusive_register_writes = NULL, inclusive_loads = NULL, inclusive_stores = NULL"
"$upset" export -f callgrind -o "$dir/old.out" "$dir/calls" || fail "cannot export an older run"
expect "costs of calls in an older run" \
	"$(sed -n '/^calls=/{n;p}' "$dir/old.out" | awk '{ print NF }' | sort -u)" 3
annotate "$dir/old.out"

# Names that would break the format.
"$write_study" "$dir/hostile"
for run in 1 2 3; do
	export_run "$dir/hostile" $run "$dir/hostile.out"
	annotate "$dir/hostile.out"
done
