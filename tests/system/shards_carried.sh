#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A plan that takes its files along is carried out where the program, its libraries, its input and
# its folder are others, or missing, and comes to what it comes to where it was made.
# shards_carried.sh UPSET PROGRAM LIBRARY
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
program=$1 library=$2 experiments=24
# Not below /tmp, where files that are shown cannot lie.
TMPDIR=$(mktemp -d /var/tmp/upset-test-XXXXXX)
export TMPDIR
trap 'rm -rf "$dir" "$TMPDIR"' EXIT

# make_files FOLDER: what the program consists of.
make_files()
{
	mkdir -p "$1/lib" "$1/alternatives"
	cp "$program" "$1/program.real"
	ln -sf program.real "$1/program"
	cp "$library" "$1/lib/libcarried_mix.so.1.2"
	ln -sf ../lib/libcarried_mix.so.1.2 "$1/alternatives/mix"
	ln -sf ../alternatives/mix "$1/lib/libcarried_mix.so.1"
	echo 'some input of it' >"$1/input"
}

plan()
{
	"$upset" plan -q -n "$experiments" --locations gpr,code "$@" -- ./program input
}

# table STUDY: its experiments, without times.
table()
{
	for view in experiments faults outcomes; do
		"$upset" show --csv "$1" "$view" >view.csv
		sqlite3 :memory: ".mode csv" ".import view.csv t" \
			"SELECT group_concat('\"' || name || '\"') FROM pragma_table_info('t')
				WHERE name NOT LIKE '%time_ns'" >columns
		sqlite3 :memory: ".mode csv" ".import view.csv t" \
			"SELECT $(sed 's/^"//; s/"$//; s/""/"/g' columns) FROM t"
	done
}

refused()
{
	what=$1 message=$2 status=0
	shift 2
	"$@" 2>err || status=$?
	expect "$what: status" "$status" 3
	grep -q "$message" err || fail "$what: it said: $(cat err)"
}

# check_whole PLAN FOLDER: two shards made by whatever is there, one on a scratch.
check_whole()
{
	(
		mkdir -p "$dir/studies" "$TMPDIR/scratch"
		cd "$dir/studies"
		"$upset" campaign --plan "$1" --shard 0/2 -o part-0 2>"$dir/err"
		"$upset" campaign -q --plan "$1" --shard 1/2 -o part-1 --scratch "$TMPDIR/scratch"
		"$upset" merge -q -o merged part-0 part-1
		table merged | cmp - "$dir/whole.table"
	) || fail "where $2 it came to something else"
	grep -q "^upset: campaign 1 is in $dir/studies/part-0\$" err || fail "it said: $(cat err)"
	expect 'a shard takes no files along' \
		"$(sqlite3 studies/part-0 'SELECT count(*) FROM carried')" 0
	expect 'nothing unpacked is left' "$(find "$TMPDIR" -mindepth 1)" "$TMPDIR/scratch"
	rm -r studies
}

mkdir "$dir/work"
make_files "$dir/work"
cd "$dir/work"
plan --carry-files -o ../plan
plan -o ../plain
cp ../plan ../again
"$upset" plan -q -n 9 -o ../again -- ./program input
cd ..
expect 'a second campaign leaves nothing of the first' "$(sqlite3 again 'SELECT count(*) FROM carried')" 0
"$upset" campaign -q --plan plain -o whole
table whole >whole.table
[ "$(wc -l <whole.table)" -gt "$experiments" ] || fail 'the tables hold too little'
expect 'what is taken along' "$(sqlite3 plan "SELECT substr(path, $((${#dir} + 2))) || ' ' ||
	coalesce(target, length(sha256)) FROM carried WHERE path LIKE '$dir/%' ORDER BY path" |
	tr '\n' ' ')" "work/alternatives/mix ../lib/libcarried_mix.so.1.2 work/input 64 \
work/lib/libcarried_mix.so.1 ../alternatives/mix work/lib/libcarried_mix.so.1.2 64 work/program program.real work/program.real 64 "
expect 'the C library is taken along' \
	"$(sqlite3 plan "SELECT count(*) FROM carried WHERE path LIKE '%/libc.so.6'")" 1

# --- where files are others, and missing ------------------------------------------------------

mv work aside
check_whole "$dir/plan" 'the folder is missing'
mkdir work
echo 'another input' >work/input
cp aside/input work/program
refused 'without files: no program' 'program .* cannot be read here' \
	"$upset" campaign --plan plain -o new
check_whole "$dir/plan" 'program and input are others'
expect 'nothing was put there' "$(find work -type f | sort | tr '\n' ' ')" 'work/input work/program '

# Another C library, for all that runs there, if that can be.
libc=$(sqlite3 plan "SELECT path FROM carried WHERE path LIKE '%/libc.so.6'")
sed 's/GNU C Library/gnu c library/' "$libc" >other-libc
namespace='unshare -m'
$namespace true 2>err || namespace='unshare -rm'
rm -r work
mv aside work
# other_libc COMMAND...
other_libc()
{
	$namespace sh -c 'mount --bind "$0" "$1" && shift && exec "$@"' other-libc "$libc" "$@"
}
if other_libc true 2>err; then
	refused 'without files: another library' "library $libc is another one here" \
		other_libc "$upset" campaign --plan plain -o new
	other_libc "$upset" campaign -q --plan plan -o libc
	table libc | cmp - whole.table || fail 'with another C library it came to something else'
else
	echo "not tried with another C library: $(cat err)"
fi

# --- bad ones ---------------------------------------------------------------------------------

rm -r work/input
cp plan damaged
sqlite3 damaged "UPDATE carried_data SET bytes = x'00' || substr(bytes, 2) WHERE sha256 =
	(SELECT sha256 FROM carried WHERE path LIKE '%/input')"
refused 'a damaged file' "$dir/work/input that $dir/damaged takes along is damaged" \
	"$upset" campaign --plan damaged -o new
cp plan outside
sqlite3 outside "UPDATE carried SET path = '/a/../../x' WHERE path LIKE '%/input'"
refused 'a file outside' 'cannot unpack /a/../../x' "$upset" campaign --plan outside -o new
[ ! -e new ] || fail 'a study is left of what was refused'
expect 'nothing unpacked is left of it' "$(find "$TMPDIR" -mindepth 1)" "$TMPDIR/scratch"
cd work
echo 'some input of it' >input
refused 'no sandbox' 'leave --no-sandbox out' plan --carry-files --no-sandbox -o ../new
[ ! -e ../new ] || fail 'a plan is left that takes no files along'
cd ..
rm work/input

# What a command that was killed has left is removed by the next one.
"$upset" campaign -q --plan plan -j 1 --fresh -o killed 2>err &
command=$!
for _ in $(seq 600); do
	[ -z "$(find "$TMPDIR" -path '*upset-carried-*/files' -prune)" ] || break
	kill -0 "$command" 2>err || break
	sleep 0.05
done
kill -KILL "$command"
wait "$command" 2>err || true
[ "$(find "$TMPDIR" -name 'upset-carried-*' | wc -l)" = 1 ] || fail 'nothing was left to remove'
"$upset" campaign -q --plan plan --shard 0/24 -o one
expect 'what was left is removed' "$(find "$TMPDIR" -mindepth 1)" "$TMPDIR/scratch"
