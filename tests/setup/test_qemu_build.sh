#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# qemu/build.sh: what it refuses and with which words, that nothing is built
# twice, that a changed patch rebuilds only what it touches, that it can be
# stopped.  Runs on a copy of the scripts, with a QEMU of a few lines and no network.
set -eu
# shellcheck source=tests/setup/harness.sh
. "$(dirname "$0")/harness.sh"
# shellcheck source=tests/setup/fake_qemu.sh
. "$(dirname "$0")/fake_qemu.sh"

tree=$scratch/tree
top=$tree/build/qemu
source=$scratch/source
mkdir -p "$tree/qemu/patches" "$tree/setup"
cp "$root"/qemu/*.sh "$root"/qemu/qemu.lock "$root"/qemu/selftest-* "$tree/qemu"
cp -r "$root/qemu/devices" "$tree/qemu"
cp "$root/setup/say.sh" "$tree/setup"
fake_qemu_tree "$source" 10.0.13

# The Meson of this machine may be too old, and QEMU's needs none here.
mkdir -p "$scratch/python/mesonbuild"
: >"$scratch/python/mesonbuild/__init__.py"
echo "version = '1.7.0'" >"$scratch/python/mesonbuild/coredata.py"
export PYTHONPATH="$scratch/python"

fake apt-get <<'END'
case "$*" in
*indextargets*) cat "$FAKE_TARGETS" ;;
*update*)
	grep -h '^URIs:' "$APT_SOURCES"/* >>"$APT_TRIED"
	exit "${FAKE_UPDATE_STATUS:-100}"
	;;
esac
END
fake apt-cache <<'END'
printf 'Package: qemu\nVersion: 1:11.0.1+ds-1\n'
END
printf 'main bookworm file:/mirror/\n' >"$scratch/targets"
export FAKE_TARGETS="$scratch/targets" APT_TRIED="$scratch/tried"
export APT_SOURCES="$top/scratch/apt/sources"

build()
{
	attempt env PATH="$scratch/bin:$PATH" "$@" "$tree/qemu/build.sh"
}

configured_times()
{
	[ "$(wc -l <"$top/configured")" -eq "$1" ]
}

compiled_is()
{
	[ "$(sed 's|.*/||' "$top/obj/compiled" | sort | tr '\n' ' ')" = "$1" ]
}

said_nothing()
{
	succeeded && [ ! -s "$scratch/output" ]
}

# write_patch WORD: changes line four of main.c to it.
write_patch()
{
	cat >"$tree/qemu/patches/a.patch" <<-END
		A message.

		--- a/linux-user/main.c
		+++ b/linux-user/main.c
		@@ -1,7 +1,7 @@
		 one
		 two
		 three
		-four
		+$1
		 five
		 six
		 seven
	END
	echo a.patch >"$tree/qemu/patches/series"
}

# --- what it refuses -----------------------------------------------------------

build QEMU_SRC="$scratch/nowhere"
expect "QEMU_SRC that is no folder" failed_saying "no QEMU source tree in '$scratch/nowhere'"
fake_qemu_tree "$scratch/old" 9.2.4
build QEMU_SRC="$scratch/old"
expect "QEMU_SRC of another version" failed_saying "10.0.x is needed" "has 9.2.4" "QEMU_SRC=FOLDER"
build
expect "no network" failed_saying "connect this machine" "QEMU_SRC=FOLDER"
build FAKE_UPDATE_STATUS=0
expect "a mirror that serves another version" failed_saying "has no QEMU 10.0.x" "QEMU_SRC=FOLDER"

cat >"$scratch/targets" <<'END'
contrib bookworm file:/contrib/
main bookworm cdrom:[Debian]/
main bookworm-security file:/security/
main bookworm file:/first/
main bookworm file:/first/
main trixie mirror+file:/etc/list/
stable bookworm file:/other/
END
rm "$scratch/tried"
build
expect "the mirrors tried are those of the main archive, once each" \
	test "$(cat "$scratch/tried")" = "URIs: file:/first/
URIs: mirror+file:/etc/list/"
: >"$scratch/targets"
build
expect "no mirror configured" failed_saying "apt has no mirror"

fake df <<'END'
printf 'Filesystem 1024-blocks Used Available Capacity Mounted\n/ 1 1 400000 1%% /\n'
END
build QEMU_SRC="$source"
expect "too little space" failed_saying "takes 2500 MB" "400 MB are free"
rm "$scratch/bin/df"

echo "gone.patch" >"$tree/qemu/patches/series"
build QEMU_SRC="$source"
expect "a series that names no file" failed_saying "names 'gone.patch"

# --- patches fit exactly or not at all ------------------------------------------

write_patch FOUR
sed -i 's/^ one$/ another/' "$tree/qemu/patches/a.patch"
build QEMU_SRC="$source"
expect "a patch with foreign context is refused" failed_saying "a.patch does not fit QEMU 10.0.13"
write_patch FOUR
sed -i 's/^+FOUR/+four/; s/^-four/-FOUR/' "$tree/qemu/patches/a.patch"
build QEMU_SRC="$source"
expect "a patch applied already is refused" failed_saying "a.patch does not fit QEMU 10.0.13"
expect "nothing was built of a bad series" test ! -e "$top/src"

# --- build, and do nothing twice --------------------------------------------------

before=$(find "$source" -type f -exec sha256sum {} + | sort)
write_patch FOUR
build QEMU_SRC="$source"
expect "builds" succeeded
expect "the patch is in" grep -qx FOUR "$top/src/linux-user/main.c"
expect "the folder given is as it was" \
	test "$before" = "$(find "$source" -type f -exec sha256sum {} + | sort)"
expect "plugins are configured in" grep -q -- --enable-plugins "$top/configured"
build QEMU_SRC="$source"
expect "the second time it does nothing" said_nothing
build
expect "QEMU_SRC is remembered" said_nothing

: >"$top/obj/compiled"
write_patch VIER
build
expect "a changed patch builds again" succeeded
expect "a changed patch replaces the old one" grep -qx VIER "$top/src/linux-user/main.c"
expect "only what the patch touches is compiled" compiled_is "main.c "
expect "a changed patch needs no new configuring" configured_times 1

rm -r "$tree/qemu/patches"
build
expect "no series at all" succeeded
expect "no series leaves the source as it came" grep -qx four "$top/src/linux-user/main.c"

# --- other targets ------------------------------------------------------------------

targets_are()
{
	[ "$(cd "$top/obj" && echo qemu-*)" = "$1" ] && [ "$(cat "$top/targets")" = "$2" ]
}

expect "x86_64 alone when nothing is said" targets_are "qemu-x86_64" x86_64
build QEMU_TARGETS="x86_64 sparc"
expect "a target that there is none of" failed_saying "there is no 'sparc'" "riscv64"
: >"$top/obj/compiled"
build QEMU_TARGETS="riscv64 x86_64"
expect "one target more" succeeded
expect "there are both" targets_are "qemu-riscv64 qemu-x86_64" "x86_64 riscv64"
expect "nothing but the new one is compiled" compiled_is "riscv64.c "
expect "one target more needs no new configuring" configured_times 1
build
expect "targets are remembered" said_nothing
build QEMU_TARGETS=+riscv64
expect "one that there was already" said_nothing
build QEMU_TARGETS=+sparc
expect "one more that there is none of" failed_saying "there is no 'sparc'"
expect "leaves the others" targets_are "qemu-riscv64 qemu-x86_64" "x86_64 riscv64"
: >"$top/obj/compiled"
fake ninja <<'END'
kill -KILL $PPID
END
build QEMU_TARGETS=all
expect "killed while it compiles another target" test "$status" -eq 137
rm "$scratch/bin/ninja"
build
expect "the next run completes that" succeeded
expect "all targets" targets_are "qemu-aarch64 qemu-i386 qemu-riscv64 qemu-x86_64" \
	"x86_64 aarch64 riscv64 i386"
expect "what is there is not compiled again" compiled_is "aarch64.c i386.c "
: >"$top/obj/compiled"
build QEMU_TARGETS=x86_64
expect "targets taken away" targets_are "qemu-x86_64" x86_64
expect "taking away compiles nothing" compiled_is ""
expect "their objects are away, too" test ! -e "$top/obj/libqemu-aarch64-linux-user.a.p"

machine_is()
{
	[ "$(cd "$top/system" && echo qemu-*)" = "$1" ] && [ "$(cat "$top/targets")" = "$2" ]
}

: >"$top/obj/compiled"
fake df <<'END'
printf 'Filesystem 1024-blocks Used Available Capacity Mounted\n/ 1 1 200000 1%% /\n'
END
build QEMU_TARGETS=+x86_64-softmmu
expect "too little space for one more folder" failed_saying "takes 300 MB" "200 MB are free"
rm "$scratch/bin/df"
build QEMU_TARGETS=+x86_64-softmmu
expect "an emulator of machines" succeeded
expect "it is there" machine_is qemu-system-x86_64 "x86_64 x86_64-softmmu"
expect "programs' emulators are as they were" compiled_is ""
expect "it is configured apart" configured_times 2
expect "it has the devices that are listed" \
	cmp "$root/qemu/devices/x86_64.mak" "$top/src/configs/devices/x86_64-softmmu/upset.mak"
expect "and no others" grep -q -e "--without-default-devices" "$top/configured"
build
expect "it is remembered, too" said_nothing
sed -i 's/machine ok/nothing/' "$source/emulator"
build
expect "one that does not boot" failed_saying "does not run plugins"
sed -i 's/nothing/machine ok/' "$source/emulator"
build QEMU_TARGETS=all
expect "all the others" succeeded
expect "leave it" machine_is qemu-system-x86_64 "x86_64 aarch64 riscv64 i386 x86_64-softmmu"
build QEMU_TARGETS=x86_64
expect "it is taken away" succeeded
expect "nothing is there of it" machine_is "qemu-*" x86_64

# --- stopped, tried, broken -------------------------------------------------------

echo changed >>"$source/linux-user/other.c"
fake rsync <<'END'
kill -KILL $PPID
END
build
expect "killed while it copies" test "$status" -eq 137
rm "$scratch/bin/rsync"
fake ninja <<'END'
kill -KILL $PPID
END
build
expect "killed while it compiles" test "$status" -eq 137
rm "$scratch/bin/ninja"
build
expect "the next run completes it" succeeded
expect "with the source as it is now" grep -qx changed "$top/src/linux-user/other.c"

rm -rf "$top"
fake rsync <<END
sleep 0.5
exec $(command -v rsync) "\$@"
END
other_status=0
env PATH="$scratch/bin:$PATH" QEMU_SRC="$source" "$tree/qemu/build.sh" >/dev/null 2>&1 &
build QEMU_SRC="$source"
wait $! || other_status=$?
expect "two at once both succeed" test "$status $other_status" = "0 0"
expect "two at once build it once" configured_times 1
rm "$scratch/bin/rsync"

sed -i 's/plugin ok/nothing/' "$source/emulator"
build
expect "a QEMU that runs no plugins" failed_saying "does not run plugins"
sed -i 's/10\.0\.13/10.1.0/' "$source/emulator"
build
expect "a QEMU that says another version" failed_saying "10.0.x is needed" "10.1.0"
finish
