#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What is installed runs from where it lies, also when that is moved and the source is gone;
# programs are built against it with pkg-config alone; nothing is left when it is removed.
# test_install.sh SOURCE BUILD [C-ARGUMENT...]
set -eu
source=$(realpath "$1") build=$(realpath "$2")
dir=$(mktemp -d "${TMPDIR:-/tmp}/upset-test-XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
export LC_ALL=C HOME="$dir"
unset UPSET_QEMU UPSET_QEMU_PLUGIN UPSET_QEMU_INJECTOR PKG_CONFIG_PATH LD_LIBRARY_PATH
unset DESTDIR PREFIX MAKEFLAGS MFLAGS MAKELEVEL

fail()
{
	echo "test_install: $*" >&2
	exit 1
}

# In a name space where neither source nor build are seen, with an empty environment.
if [ "$(id -u)" -eq 0 ]; then
	new_space="unshare -m"
else
	new_space="unshare -r -m"
fi
$new_space true 2>/dev/null || {
	echo "test_install: skipped: no mount name spaces" >&2
	exit 77
}
qemu=$(realpath "$source/build/qemu")
cat >"$dir/hide.sh" <<END
set -e
for folder in '$source' '$build' '$qemu'; do
	[ ! -d "\$folder" ] || mount -t tmpfs none "\$folder"
done
[ ! -e '$source/LICENSE' ] && [ ! -e '$build/upset' ] && [ ! -e '$qemu/obj' ]
cd '$dir/elsewhere'
exec "\$@"
END
mkdir "$dir/elsewhere"
away()
{
	$new_space sh "$dir/hide.sh" env -i PATH=/usr/bin:/bin HOME="$dir" LC_ALL=C \
		LD_LIBRARY_PATH="${libraries:-}" "$@"
}

# works PREFIX: the command, and its guests.
works()
{
	input=$dir/elsewhere/input
	seq 200 >"$input"
	rm -f "$dir"/elsewhere/*.upset
	bin=$1/bin guests=$1/libexec/upset/guests
	away "$bin/upset" doctor >"$dir/out" || fail "doctor: $(cat "$dir/out")"
	grep -q "^qemu .*$1/libexec/upset/qemu-x86_64" "$dir/out" || fail "doctor has no qemu: $(cat "$dir/out")"
	away "$bin/upset" golden --quiet -o md5.upset -- "$guests/md5" input >"$dir/out" 2>&1 ||
		fail "golden: $(cat "$dir/out")"
	away "$bin/upset" campaign --quiet -n 40 -o md5.upset -- "$guests/md5" input \
		>"$dir/out" 2>&1 || fail "campaign: $(cat "$dir/out")"
	away "$bin/upset" show --csv md5.upset outcome_totals >"$dir/totals" ||
		fail "show: $(cat "$dir/totals")"
	grep -q '^masked,' "$dir/totals" || grep -q ',masked,' "$dir/totals" ||
		fail "show: $(cat "$dir/totals")"
}

# --- into DESTDIR, twice, and at work there
mkdir -p "$dir/destination/usr"
touch "$dir/destination/usr/theirs"
DESTDIR="$dir/destination" PREFIX=/usr/other "$source/setup/install.sh" install "$build" >"$dir/log" 2>&1 ||
	fail "install: $(cat "$dir/log")"
DESTDIR="$dir/destination" PREFIX=/usr/other "$source/setup/install.sh" install "$build" >"$dir/log" 2>&1 ||
	fail "install again: $(cat "$dir/log")"
there=$dir/destination/usr/other
for file in bin/upset libexec/upset/qemu-x86_64 libexec/upset/libupset-qemu.so \
	libexec/upset/libupset-injector.so include/upset/upset.h share/man/man1/upset.1 \
	share/man/man1/upset-campaign.1 share/doc/upset/LICENSE share/doc/upset/qemu/COPYING \
	share/doc/upset/doc/statistics.md share/doc/upset/examples/gate.c \
	share/bash-completion/completions/upset share/zsh/site-functions/_upset \
	share/fish/vendor_completions.d/upset.fish; do
	[ -f "$there/$file" ] || fail "there is no $file"
done
for page in "$source"/doc/man/*.[15]; do
	[ -f "$there/share/man/man${page##*.}/$(basename "$page")" ] || fail "there is no $(basename "$page")"
done
# What README and tutorial run, and what documents link to.
documents=$there/share/doc/upset
grep -h -o '\<guests/[a-z0-9.-]*[a-z0-9]' "$documents/README.md" "$documents/doc/tutorial.md" | sort -u >"$dir/named"
[ "$(wc -l <"$dir/named")" -ge 5 ] || fail "documents name no guests: $(cat "$dir/named")"
while read -r name; do
	case $name in
	*.c) [ -f "$documents/$name" ] || fail "there is no $name" ;;
	*) [ -x "$there/libexec/upset/$name" ] || fail "there is no program $name" ;;
	esac
done <"$dir/named"
find "$documents" -name '*.md' | while read -r document; do
	grep -o '](\([^)#: ]*\))' "$document" | sed 's/](\(.*\))/\1/' | while read -r link; do
		[ -e "$(dirname "$document")/$link" ] || echo "$(basename "$document"): $link"
	done
done >"$dir/missing"
[ ! -s "$dir/missing" ] || fail "installed documents link to nothing: $(cat "$dir/missing")"
find "$there" -printf '%M %P\n' | grep -v -e '^l' -e '^[-d]r[w-][x-]r-[x-]r-[x-] ' &&
	fail "not everybody can use these, or anybody can change them"
works "$there"

# --- moved
mv "$there" "$dir/moved"
there=$dir/moved
works "$there"

# --- programs that use the library
PKG_CONFIG_PATH=$(dirname "$(find "$there" -name upset.pc)")
export PKG_CONFIG_PATH
libraries=$(pkg-config --variable=libdir upset)
[ "$(realpath "$libraries")" = "$(dirname "$PKG_CONFIG_PATH")" ] || fail "libdir is $libraries"
cd "$dir/elsewhere"
cp "$there/share/doc/upset/examples/gate.c" .
cp gate.c gate.cc
# build NAME COMMAND...
build_one()
{
	"$@" >"$dir/out" 2>&1 || fail "$*: $(cat "$dir/out")"
}
# What pkg-config says is words.
# shellcheck disable=SC2046
{
	build_one cc -std=c11 -Wall -Wextra -Werror -pedantic -o shared gate.c $(pkg-config --cflags --libs upset)
	build_one cc -std=c11 -Wall -Wextra -Werror -o static gate.c \
		$(pkg-config --cflags --libs upset-static)
	build_one c++ -std=c++11 -Wall -Wextra -Werror -pedantic -o cxx gate.cc $(pkg-config --cflags --libs upset)
}
for header in "$there"/include/upset/*.h; do
	name=$(basename "$header")
	printf '#include <upset/%s>\nextern int none;\n' "$name" >one.c
	# Each stands for itself.
	# shellcheck disable=SC2046
	build_one cc -std=c11 -Wall -Wextra -Werror -pedantic -fsyntax-only one.c $(pkg-config --cflags upset)
	# shellcheck disable=SC2046
	build_one c++ -x c++ -std=c++11 -Wall -Wextra -Werror -pedantic -fsyntax-only one.c $(pkg-config --cflags upset)
done
# It is shared, or not, and is called as it is to be.
readelf -d shared | grep -q 'NEEDED.*libupset\.so\.0\]' || fail "shared does not need libupset.so.0"
! readelf -d static | grep -q libupset || fail "static needs libupset"

# Only what the headers declare leaves the library.
grep -h -A3 '^UPSET_API' "$there"/include/upset/*.h | grep -o 'upset_[a-z_]*(' | tr -d '(' |
	sort -u >declared
nm -D --defined-only "$libraries/libupset.so.0" | awk '{ print $3 }' | sort >exported
diff declared exported >differ || fail "declared (<) and exported (>): $(cat differ)"
nm -g --defined-only "$libraries/libupset.a" | awk 'NF == 3 { print $3 }' | sort >global
diff declared global >differ || fail "declared (<) and global in libupset.a (>): $(cat differ)"

# The same campaign by the command.
guest=$there/libexec/upset/guests/md5
away "$there/bin/upset" campaign --quiet -n 60 -o command.upset -- "$guest" input >"$dir/out" 2>&1 ||
	fail "campaign: $(cat "$dir/out")"
away "$there/bin/upset" show --csv command.upset outcome_totals >command.csv
for program in shared static cxx; do
	# What is linked statically looks from where it lies itself.
	cp $program "$there/bin/gate"
	status=0
	away "$there/bin/gate" 99 60 $program.upset "$guest" input >$program.out 2>$program.err || status=$?
	[ $status = 0 ] || fail "$program: status $status: $(cat $program.err)"
	[ "$(wc -l <$program.err)" = 10 ] || fail "$program tells: $(cat $program.err)"
	cmp -s shared.out $program.out || fail "$program prints: $(cat $program.out)"
	away "$there/bin/upset" show --csv $program.upset outcome_totals >$program.csv
	cmp -s command.csv $program.csv || fail "$program and the command: $(diff command.csv $program.csv)"
	away "$there/bin/upset" show --csv $program.upset experiments >one.csv
	away "$there/bin/upset" show --csv command.upset experiments >two.csv
	# All but how long it took.
	for file in one two; do
		awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i ~ /time/) skip = i }
			{ $skip = ""; print }' $file.csv >$file
	done
	cmp -s one two || fail "$program and the command make other experiments: $(diff one two | head)"
done
rm "$there/bin/gate"
# Elsewhere it is told.
status=0
away env UPSET_QEMU="$there/libexec/upset/qemu-x86_64" \
	UPSET_QEMU_PLUGIN="$there/libexec/upset/libupset-qemu.so" \
	UPSET_QEMU_INJECTOR="$there/libexec/upset/libupset-injector.so" \
	./static 99 10 told.upset "$guest" input >out 2>&1 || status=$?
[ $status = 0 ] || fail "static, elsewhere: status $status: $(cat out)"
count=$(awk '$1 == "sdc" { print $2 }' shared.out)
[ "$count" -gt 0 ] || fail "no corruption: $(cat shared.out)"
grep -q "sdc.*[, ]${count}[, ]" command.csv || fail "sdc $count: $(cat command.csv)"
# The gate fails when the share may be above the limit.
status=0
away ./shared 0.1 60 shared.upset "$guest" input >out 2>&1 || status=$?
[ $status = 1 ] || fail "the gate: status $status: $(cat out)"
status=0
away ./shared 99 60 shared.upset /nonexistent >out 2>&1 || status=$?
[ $status = 3 ] || fail "without a program: status $status: $(cat out)"

# --- gone
mv "$dir/moved" "$dir/destination/usr/other"
touch "$dir/destination/usr/other/bin/theirs"
DESTDIR="$dir/destination" PREFIX=/usr/other "$source/setup/install.sh" uninstall "$build" >"$dir/log" 2>&1 ||
	fail "uninstall: $(cat "$dir/log")"
left=$(cd "$dir/destination" && find . -mindepth 1 | sort | tr '\n' ' ')
[ "$left" = "./usr ./usr/other ./usr/other/bin ./usr/other/bin/theirs ./usr/theirs " ] ||
	fail "left behind: $left"
DESTDIR="$dir/destination" PREFIX=/usr/other "$source/setup/install.sh" uninstall "$build" >"$dir/log" 2>&1 &&
	fail "uninstalled twice"
exit 0
