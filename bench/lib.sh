# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What the measurements share: options, the tools they need, results.  Sourced
# by scripts that set $here.

build=${here:?}/../build
repeats=5
quick=
# Read by the scripts that source this.
# shellcheck disable=SC2034
name=

fail()
{
	echo "bench: $*" >&2
	exit 3
}

# say TEXT...: progress, on a terminal only.
say()
{
	[ ! -t 2 ] || printf '\r\033[K%s' "$*" >&2
}

# need PROGRAM...
need()
{
	for program in "$@"; do
		command -v "$program" >/dev/null ||
			fail "$program is not installed: setup/packages.sh build bench"
	done
}

# Where everything is; $dir for what is measured with, removed at the end.
find_tools()
{
	build=$(cd "$build" && pwd) || fail "no build folder: run make first"
	upset=$build/upset
	guests=$build/guests
	stopwatch=$build/bench/stopwatch
	for file in "$upset" "$stopwatch" "$guests/fib"; do
		[ -x "$file" ] || fail "no $file: run make first"
	done
	need sqlite3
	qemu=$("$upset" doctor | awk '$1 == "qemu" && $2 == "x86_64" { print $NF }')
	[ -x "$qemu" ] || fail "upset doctor names no usable QEMU for x86_64"
	dir=$(mktemp -d "${TMPDIR:-/tmp}/upset-bench-XXXXXX")
	trap 'rm -rf "$dir"' EXIT
	trap 'exit 130' INT TERM
	data=$dir/data
	: >"$data"
}

# bytes KIB: the same every time, as compressible as text.
bytes()
{
	awk -v bytes="$(($1 * 1024))" -f "$here/text.awk" | head -c $(($1 * 1024))
}

# tabulate SCRIPT [AWK OPTION]...: print what the lines of $data come to, and write it to $dir/json.
tabulate()
{
	table=$1
	shift
	awk -v json="$dir/json" -v date="$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
		-v cpu="$(awk -F': ' '/^model name/ { print $2; exit }' /proc/cpuinfo)" \
		-v flags="$(awk '/^flags/ { for (i = 3; i <= NF; i++)
			if ($i ~ /^(avx2|avx512f|avx512bw|avx512_vpopcntdq|bmi2|popcnt|gfni|fsrm)$/)
				printf "%s%s", n++ ? " " : "", $i
			exit }' /proc/cpuinfo)" \
		-v system_name="$(uname -sr)" -v cores="$(nproc)" \
		-v version="$("$upset" --version | head -1)" \
		-v qemu_version="$("$qemu" --version | head -1)" \
		-v repeats="$repeats" -v quick="$quick" "$@" -f "$here/lib.awk" -f "$here/$table" "$data"
	# The results must be something that others can read.
	sqlite3 :memory: "SELECT json_valid(CAST(readfile('$dir/json') AS TEXT))" | grep -qx 1 ||
		fail "the results are no JSON"
}

# keep NAME
keep()
{
	mkdir -p "$here/results"
	cp "$dir/json" "$here/results/$1.json"
	echo "written to $here/results/$1.json"
}
