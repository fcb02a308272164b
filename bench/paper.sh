#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Reproduce the evaluation of the paper whose method upset follows: the time of
# golden runs against the size of the problem, under both engines, for fib, aes
# and md5 (its figures 4 to 6), and the ratio of both (its figure 7).  fib_bare is
# fib without a C library.  Writes CSV and SVG.  See doc/paper.md.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=bench/lib.sh
. "$here/lib.sh"
repeats=3
output=

usage()
{
	cat <<-'TEXT'
		usage: bench/paper.sh [OPTION]...
		  --quick         few small problems, one repeat: does it work
		  --build FOLDER  where upset was built; default: build
		  --repeats N     how often everything is measured; default: 3
		  --output FOLDER for the results; default: paper in the build folder
	TEXT
}

while [ $# -gt 0 ]; do
	case $1 in
	--quick) quick=yes repeats=1 ;;
	--build) build=${2:?} && shift ;;
	--repeats) repeats=${2:?} && shift ;;
	--output) output=${2:?} && shift ;;
	--help) usage && exit 0 ;;
	*) usage >&2 && exit 2 ;;
	esac
	shift
done

need gnuplot
find_tools
output=${output:-$build/paper}
# Lines of $data: program size mode instructions nanoseconds

# Engine native takes about 35 us an instruction: the largest take it some ten seconds.
if [ -n "$quick" ]; then
	fib_sizes="1 8" bare_sizes="1 12" aes_sizes="1 4" md5_sizes="1 2"
	fib_long=20 aes_long=300 md5_long=256
else
	fib_sizes="1 6 10 13 15 17 18 19 20 21" bare_sizes="1 3 6 8 10 12 14 16 18 20"
	aes_sizes="1 4 8 12 16 20 24 28 32 36" md5_sizes="1 2 3 4 6 8 10 12 14 16"
	fib_long=38 aes_long=300000 md5_long=65536
fi

# watch PROGRAM SIZE MODE COMMAND...
watch()
{
	program=$1 size=$2 mode=$3
	shift 3
	say "round $round of $repeats: $program $size $mode"
	rm -f "$dir/line"
	"$stopwatch" "$dir/line" "$@" 2>"$dir/err" ||
		fail "$program $size $mode failed: $(cat "$dir/err")"
	read -r ns kib status <"$dir/line"
	[ "$status" -eq 0 ] || fail "$program $size $mode: exit status $status, $kib KiB"
	instructions=0
	[ ! -e "$dir/study" ] || instructions=$(sqlite3 "$dir/study" 'SELECT instructions FROM run')
	rm -f "$dir/study"
	echo "$program $size $mode $instructions $ns" >>"$data"
}

# compare SIZE FILE ENGINES ARGUMENT
compare()
{
	problem=$1 file=$2 engines=$3
	guest=${file##*/}
	watch "$guest" "$problem" alone "$file" "$4"
	watch "$guest" "$problem" unmodified "$qemu" "$file" "$4"
	for engine in $engines; do
		watch "$guest" "$problem" "$engine" "$upset" golden --quiet --engine "$engine" \
			--detail full -o "$dir/study" -- "$file" "$4"
	done
}

for size in $md5_sizes $md5_long; do
	bytes "$size" >"$dir/md5.$size"
done
round=0
while [ $round -lt "$repeats" ]; do
	round=$((round + 1))
	for size in $fib_sizes; do compare "$size" "$guests/fib" "qemu native" "$size"; done
	for size in $bare_sizes; do compare "$size" "$build/bench/fib_bare" "qemu native" "$size"; done
	for size in $aes_sizes; do compare "$size" "$guests/aes" "qemu native" "$size"; done
	for size in $md5_sizes; do compare "$size" "$guests/md5" "qemu native" "$dir/md5.$size"; done
	# How long an instruction takes where starting does not count.
	compare $fib_long "$guests/fib" qemu $fib_long
	compare $aes_long "$guests/aes" qemu $aes_long
	compare $md5_long "$guests/md5" qemu "$dir/md5.$md5_long"
done
say

mkdir -p "$output"
tabulate paper.awk -v folder="$dir" -v long="fib=$fib_long aes=$aes_long md5=$md5_long"
for figure in "4 fib number" "4-bare fib_bare number" "5 aes blocks" "6 md5 KiB"; do
	# shellcheck disable=SC2086 # three words
	set -- $figure
	gnuplot -e "set output '$dir/figure$1.svg'; table = '$dir/figure$1.csv'; name = '$2'" \
		-e "unit = '$3'" "$here/paper_time.gp"
done
gnuplot -e "set output '$dir/figure7.svg'; table = '$dir/figure7.csv'" "$here/paper_ratio.gp"
for file in figure4 figure4-bare figure5 figure6 figure7; do
	cp "$dir/$file.csv" "$dir/$file.svg" "$output/"
done
cp "$dir/json" "$output/claims.json"
echo "written to $output: figure4 to figure7, as .csv and .svg, and claims.json"
