#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Build the QEMU that upset runs programs in, from Debian's source package and
# the patches named in qemu/patches/series, below build/qemu: source in src,
# objects and qemu-x86_64 in obj, emulators of whole machines in system.  Does
# nothing when that is done already; can be stopped at any point and run again.
# QEMU_TARGETS="x86_64 aarch64" builds one for each instruction set named and no others,
# QEMU_TARGETS=all for all of them, QEMU_TARGETS=+aarch64 one more than there were; it is
# remembered, and x86_64 alone when nothing was ever said.  x86_64-softmmu is one that
# emulates a whole machine; all does not mean it, but leaves it where it is.
# QEMU_SRC=FOLDER uses that QEMU source tree (copied, never changed) instead of
# Debian's, and is remembered until the build folder is removed.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=setup/say.sh
. "$root/setup/say.sh"
# shellcheck source=qemu/qemu.lock
. "$root/qemu/qemu.lock"
# shellcheck source=qemu/private-apt.sh
. "$root/qemu/private-apt.sh"

top=$root/build/qemu
scratch=$top/scratch # unfinished things only; what is finished is renamed out of it
log=$top/log
patches=$root/qemu/patches
python=/usr/bin/python3
space_needed_kib=2500000
folder_needed_kib=300000 # of them for what is built in one folder

all_targets="x86_64 aarch64 riscv64 i386"
machine_targets="x86_64-softmmu"

# For all of them, whatever is built: what one adds later leaves the others as they are.
program_options="--target-list=$(echo "$all_targets" | sed 's/\>/-linux-user/g; s/ /,/g')
	--disable-system --disable-tools
	--disable-docs --disable-guest-agent --without-default-features --enable-linux-user
	--enable-plugins --disable-install-blobs --disable-download"
# With the devices of qemu/devices alone.
machine_options="--target-list=$(echo "$machine_targets" | sed 's/ /,/g')
	$(echo "$machine_targets" | sed 's/\([^ ]*\)-softmmu/--with-devices-\1=upset/g')
	--without-default-devices --disable-user --disable-tools
	--disable-docs --disable-guest-agent --without-default-features --enable-system --enable-tcg
	--enable-plugins --disable-install-blobs --disable-download"

# --- what is to be built -------------------------------------------------------

# The patch files of the series, in order.
series()
{
	[ -f "$patches/series" ] || return 0
	sed 's/#.*//' "$patches/series" | while read -r name rest; do
		[ -n "$name" ] || continue
		if [ -n "$rest" ] || [ ! -f "$patches/$name" ]; then
			die "$patches/series names '$name $rest', which is no file in that folder;" \
				"restore it or take the line out"
		fi
		echo "$patches/$name"
	done
}

digest()
{
	sha256sum | cut -d' ' -f1
}

# One line that changes when the unpatched source does.
source_digest()
{
	if [ -n "$qemu_src" ]; then
		(cd "$qemu_src" && find . -name .git -prune -o -type f -printf '%p %s %T@\n') |
			sort | digest
	else
		digest <"$top/download/SHA256SUMS"
	fi
}

patched_digest()
{
	{
		echo "$source_id"
		for patch in $(series); do
			cat "$patch"
		done
		cat "$root"/qemu/devices/*
	} | digest
}

# configure_digest OPTIONS
configure_digest()
{
	echo "$1 $($python --version) meson $(meson_version) $(cc --version)" |
		digest
}

build_digest()
{
	{
		patched_digest
		configure_digest "$program_options $machine_options"
		echo "$targets"
		cat "$root/qemu/qemu.lock" "$root/qemu/build.sh" "$root/qemu/private-apt.sh" \
			"$root/qemu/selftest-plugin.c" "$root/qemu/selftest-program.py"
	} | digest
}

# True when file $1 of the build folder holds $2.
recorded()
{
	[ -f "$top/$1" ] && [ "$(cat "$top/$1")" = "$2" ]
}

record()
{
	echo "$2" >"$scratch/$1"
	mv "$scratch/$1" "$top/$1"
}

# Where the QEMU for target $1 is built, and what it is called there.
path_of()
{
	case $1 in
	*-softmmu) echo "system/qemu-system-${1%-softmmu}" ;;
	*) echo "obj/qemu-$1" ;;
	esac
}

# True when there is a QEMU for each target of $1.
built()
{
	for target in $1; do
		[ -x "$top/$(path_of "$target")" ] || return 1
	done
}

# --- before anything ----------------------------------------------------------------

check_here()
{
	case $root in
	*[[:space:]:]*)
		die "QEMU cannot be built below '$root': move the source to a path without" \
			"blanks and colons"
		;;
	esac
	case $(uname -m) in
	x86_64) ;;
	*) die "upset runs on x86-64; this is $(uname -m)" ;;
	esac
	for tool in cc ninja rsync patch dpkg-source pkgconf $python; do
		command -v "$tool" >/dev/null ||
			die "$tool is missing; run setup/packages.sh build"
	done
}

# check_space KIB
check_space()
{
	free_kib=$(df -Pk "$top" | awk 'NR == 2 { print $4 }')
	[ "$free_kib" -ge "$1" ] ||
		die "building QEMU takes $(($1 / 1000)) MB below $top, and" \
			"$((free_kib / 1000)) MB are free there; make room, or move the source to" \
			"a larger disk"
}

# Before the first of all: what is done again takes little more than is there.
check_space_of_all()
{
	for target in $all_targets $machine_targets; do
		[ ! -x "$top/$(path_of "$target")" ] || return 0
	done
	check_space "$space_needed_kib"
}

# Only one build at a time; the lock goes with the process.
lock()
{
	exec 9>"$top/lock"
	flock -n 9 && return 0
	note "waiting for another build of QEMU in $top"
	flock 9
}

# Which are built: the user's choice, now or earlier, in the order of all_targets.
choose_targets()
{
	there_were=x86_64
	[ ! -s "$top/targets" ] || there_were=$(cat "$top/targets")
	asked=${QEMU_TARGETS:-$there_were}
	case $asked in
	all) asked="$all_targets $(echo "$there_were" | tr ' ' '\n' | grep -e '-softmmu$' || true)" ;;
	*+*) asked="$there_were $(echo "$asked" | tr -d +)" ;;
	esac
	targets=
	for target in $all_targets $machine_targets; do
		# Words are by lines, too.
		# shellcheck disable=SC2086
		case " $(echo $asked) " in
		*" $target "*) targets="${targets:+$targets }$target" ;;
		esac
	done
	for target in $asked; do
		case " $all_targets $machine_targets " in
		*" $target "*) ;;
		*)
			die "QEMU_TARGETS: there is no '$target'; name some of" \
				"'$all_targets $machine_targets', one more with + before it, or all"
			;;
		esac
	done
	record targets "$targets"
}

# Where the source comes from: the user's choice, now or earlier, or Debian.
choose_source()
{
	qemu_src=${QEMU_SRC:-}
	if [ -z "$qemu_src" ] && [ -f "$top/qemu-src" ]; then
		qemu_src=$(cat "$top/qemu-src")
	fi
	[ -n "$qemu_src" ] || return 0
	if [ ! -f "$qemu_src/VERSION" ] || [ ! -f "$qemu_src/linux-user/main.c" ]; then
		die "QEMU_SRC: no QEMU source tree in '$qemu_src' (no VERSION or" \
			"linux-user/main.c); name the folder that 'configure' is in, or remove" \
			"$top/qemu-src to use Debian's source"
	fi
	qemu_src=$(cd "$qemu_src" && pwd)
	check_version "$(cat "$qemu_src/VERSION")" "$qemu_src"
	record qemu-src "$qemu_src"
}

# check_version VERSION WHERE
check_version()
{
	case $1 in
	"$qemu_series".*) ;;
	*)
		die "QEMU $qemu_series.x is needed, and $2 has $1: the patches do not fit it;" \
			"pass QEMU_SRC=FOLDER with the source of a $qemu_series.x"
		;;
	esac
}

# --- Debian's source package --------------------------------------------------------

no_network="connect this machine (or set apt's proxy) and run this again, or pass
QEMU_SRC=FOLDER with the source of a QEMU $qemu_series.x"

download()
{
	if [ -f "$top/download/SHA256SUMS" ] && (cd "$top/download" && sha256sum --quiet -c SHA256SUMS)
	then
		return 0
	fi
	check_space_of_all
	step "fetching the source package of QEMU $qemu_series from Debian $qemu_suite"
	private_apt_open "$scratch/apt" deb-src "$qemu_suite" >>"$log" 2>&1 || {
		tail -n 20 "$log" >&2
		die "apt has no mirror that serves Debian's $qemu_suite; $no_network"
	}
	version=$(private_apt_cache showsrc --only-source qemu |
		awk '$1 == "Version:" { print $2 }' | grep "^[0-9]*:\{0,1\}$qemu_series\." |
		sort -V | tail -n 1) || true
	[ -n "$version" ] ||
		die "Debian $qemu_suite at this mirror has no QEMU $qemu_series.x; pass" \
			"QEMU_SRC=FOLDER with its source"
	mkdir "$scratch/download"
	cd "$scratch/download"
	run "$log" "fetching qemu $version failed; $no_network" \
		private_apt -q source --download-only --only-source "qemu=$version"
	sha256sum ./*.dsc ./*.tar.* >SHA256SUMS
	cd "$root"
	rm -rf "$top/download"
	mv "$scratch/download" "$top/download"
}

warn_untested()
{
	if [ -z "$qemu_src" ] && ! grep -q "^$qemu_tested_orig_sha256 " "$top/download/SHA256SUMS"
	then
		warn "this is not QEMU $qemu_tested as it was tested; the tests of 'make check'" \
			"tell whether it serves"
	fi
}

# --- a Meson that is new enough ---------------------------------------------------------

meson_version()
{
	$python -c 'from mesonbuild import coredata; print(coredata.version)' 2>/dev/null || echo 0
}

# When the system's Meson is too old, unpack (not install) a newer one, for QEMU alone.
provide_meson()
{
	if at_least "$(meson_version)" "$qemu_meson"; then
		return 0
	fi
	[ -d "$top/meson" ] || download_meson
	export PYTHONPATH="$top/meson/usr/lib/python3/dist-packages"
	export PATH="$top/meson/usr/bin:$PATH"
	at_least "$(meson_version)" "$qemu_meson" ||
		die "the Meson in $top/meson does not run with $python; remove that folder and" \
			"run this again"
}

download_meson()
{
	step "fetching Meson $qemu_meson or later, for QEMU alone (the system's is $(meson_version))"
	for suite in "$(. /etc/os-release && echo "${VERSION_CODENAME:-none}")-backports" "$qemu_suite"; do
		rm -rf "$scratch/deb"
		mkdir "$scratch/deb"
		private_apt_open "$scratch/apt" deb "$suite" >>"$log" 2>&1 || continue
		if (cd "$scratch/deb" && private_apt -q download meson) >>"$log" 2>&1; then
			run "$log" "unpacking Meson failed" dpkg -x "$scratch"/deb/meson_*.deb "$scratch/meson"
			mv "$scratch/meson" "$top/meson"
			return 0
		fi
	done
	tail -n 20 "$log" >&2
	die "QEMU needs Meson $qemu_meson or later, and apt could not fetch one; connect this" \
		"machine and run this again, or install such a Meson"
}

# --- source tree ----------------------------------------------------------------------------

# A fresh patched tree in $scratch/src.
unpack()
{
	if [ -n "$qemu_src" ]; then
		step "copying $qemu_src"
		run "$log" "copying $qemu_src failed" \
			rsync -rlp --exclude=.git "$qemu_src/" "$scratch/src/"
		return 0
	fi
	step "unpacking $(cd "$top/download" && echo *.dsc)"
	run "$log" "unpacking QEMU failed; remove $top/download and run this again" \
		dpkg-source -x "$top"/download/*.dsc "$scratch/src"
	check_version "$(cat "$scratch/src/VERSION")" "$top/download"
}

apply_series()
{
	for patch in $(series); do
		note "patch $(basename "$patch")"
		run "$log" "$patch does not fit QEMU $(cat "$scratch/src/VERSION") exactly; use QEMU \
$qemu_tested, or adapt the patch" \
			patch -d "$scratch/src" -p1 --fuzz=0 --force --no-backup-if-mismatch -i "$patch"
	done
}

add_devices()
{
	for target in $machine_targets; do
		set_name=${target%-softmmu}
		mkdir -p "$scratch/src/configs/devices/$target"
		cp "$root/qemu/devices/$set_name.mak" "$scratch/src/configs/devices/$target/upset.mak"
	done
}

# Put the fresh tree in place.  Over an older tree only files whose contents
# differ are replaced, so that ninja builds no more than it must.
replace_source()
{
	if [ -d "$top/src" ]; then
		run "$log" "updating $top/src failed" \
			rsync -rlp --checksum --delete "$scratch/src/" "$top/src/"
		rm -rf "$scratch/src"
	else
		mv "$scratch/src" "$top/src"
	fi
}

provide_source()
{
	digest=$(patched_digest)
	! recorded src.stamp "$digest" || return 0
	check_space_of_all
	unpack
	apply_series
	add_devices
	rm -f "$top/src.stamp"
	replace_source
	record src.stamp "$digest"
}

# --- build ------------------------------------------------------------------------------------

# configure FOLDER STAMP OPTIONS
configure()
{
	digest=$(configure_digest "$3")
	if [ -f "$top/$1/build.ninja" ] && recorded "$2" "$digest"; then
		return 0
	fi
	step "configuring QEMU $(cat "$top/src/VERSION")"
	[ -d "$top/$1" ] || check_space "$folder_needed_kib"
	rm -rf "${top:?}/$1" "${top:?}/$2"
	mkdir "$top/$1"
	cd "$top/$1"
	# The options are words.
	# shellcheck disable=SC2086
	run "$log" "configuring QEMU failed" ../src/configure --python=$python $3
	cd "$root"
	record "$2" "$digest"
}

# build_in FOLDER STAMP OPTIONS: those of the targets whose QEMU is built there.
build_in()
{
	names=
	for target in $targets; do
		case $(path_of "$target") in
		"$1"/*) names="$names $(basename "$(path_of "$target")")" ;;
		esac
	done
	[ -n "$names" ] || return 0
	configure "$1" "$2" "$3"
	step "building QEMU (the first time takes a few minutes)"
	# shellcheck disable=SC2086
	run "$log" "building QEMU failed" ninja -C "$top/$1" -j "$(nproc)" $names
}

# What was built for targets that are not wanted any more.
remove_others()
{
	for target in $all_targets $machine_targets; do
		case " $targets " in
		*" $target "*) continue ;;
		esac
		rm -rf "${top:?}/$(path_of "$target")" "$top/obj/libqemu-$target-linux-user.a.p" \
			"$top/system/libqemu-$target.a.p" "$top/system/libsystem-$target.a.p"
	done
}

# Each QEMU runs a program, says the right version, and loads a plugin that counts.
self_test()
{
	# shellcheck disable=SC2046
	run "$log" "a plugin for the QEMU just built does not compile" \
		cc -shared -fPIC -o "$scratch/selftest.so" "$root/qemu/selftest-plugin.c" \
		-I "$top/src/include/qemu" $(pkgconf --cflags glib-2.0)
	for target in $targets; do
		self_test_of "$target" "$top/$(path_of "$target")"
	done
}

# A program for a target, and what QEMU runs it with; of a machine it is the firmware.
self_test_run()
{
	case $1 in
	*-softmmu)
		timeout 60 "$2" -M pc -m 16 -nodefaults -display none -no-reboot -bios "$scratch/selftest-$1" \
			-device isa-debug-exit -plugin "$scratch/selftest.so" 2>&1
		;;
	*) timeout 60 "$2" -plugin "$scratch/selftest.so" "$scratch/selftest-$1" 2>&1 ;;
	esac
}

# self_test_of TARGET QEMU
self_test_of()
{
	step "trying $2"
	version=$("$2" --version |
		sed -n "s/^\($(basename "$2")\|QEMU emulator\) version \([0-9.]*\).*/\2/p")
	check_version "$version" "$2"
	$python "$root/qemu/selftest-program.py" "$1" "$scratch/selftest-$1"
	output=$(self_test_run "$1" "$2") || [ "$1" != "${1%-softmmu}" ] || {
		echo "$output" >>"$log"
		die "the QEMU just built does not run a program for $1 (all of the output: $log)"
	}
	case $output in
	*"plugin ok:"*) ;;
	*) die "$2 does not run plugins; it said: $output" ;;
	esac
}

main()
{
	check_here
	mkdir -p "$top"
	lock
	rm -rf "$scratch"
	mkdir "$scratch"
	trap 'rm -rf "$scratch"' EXIT
	: >"$log"

	choose_targets
	choose_source
	[ -n "$qemu_src" ] || download
	source_id=$(source_digest)
	series >/dev/null # so that a bad series ends this shell
	provide_meson
	stamp=$(build_digest)
	if recorded stamp "$stamp" && built "$targets"; then
		return 0
	fi
	warn_untested
	provide_source
	build_in obj configure.stamp "$program_options"
	build_in system system.stamp "$machine_options"
	remove_others
	self_test
	record stamp "$stamp"
}

main
