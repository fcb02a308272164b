#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Machines are made whole or not at all, and the same each time; what is wrong with them is told
# with its place.  Boots nothing.
# Arguments: the command, a program that is linked with shared libraries.
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
program=$(realpath "$1")
# shellcheck source=tests/system/machine_lib.sh
. "$(dirname "$0")/machine_lib.sh"
fake_kernel fake
echo text >text

# --- made, and refused; no emulator is needed for that

refused 2 "where to?" new -- "$program"
refused 2 "which program?" new -o box
refused 2 "did you mean 'new'?" nwe
refused 2 "choose one of --initrd and a program" new -o box --initrd text -- "$program"
refused 2 "--add, --env and --env-all need a program" new -o box -k fake --env-all
refused 2 "--memory takes a size" new -o box -m lots -- "$program"
refused 3 "text is no kernel" new -o box -k text -- "$program"
refused 3 "cannot read the kernel nowhere" new -o box -k nowhere -- "$program"
refused 3 "memory of 16M is too little: the kernel and the files need" new -o box -k fake -m 16M -- "$program"
refused 3 "cannot take 'nowhere' into the machine" new -o box -k fake --add nowhere -- "$program"
# shellcheck disable=SC2046
refused 3 "more than the 131072 bytes or 4096 texts" new -o box -k fake -- "$program" $(seq 5000)
refused 3 "there is no program" new -o box -k fake -- ./nowhere
refused 3 "is not executable" new -o box -k fake -- ./text
refused 3 "cannot take '/proc/version' into the machine: what is below /proc is its kernel's" \
	new -o box -k fake --add /proc/version -- "$program"
mkdir -p far/away
ln -s far/away link
echo far >far/text
refused 3 "cannot take 'link/../text' into the machine: it has '..' behind a link" \
	new -o box -k fake --add link/../text -- "$program"
UPSET_MACHINE_x86_64_kernel=/nowhere refused 3 "no kernel for x86_64 machines at /nowhere" new -o box -- "$program"

# What has no place in a text, which would say something else or nothing.
refused 2 "written down: machine:3:6: 'board' needs a value" new -o box -k fake --board '' -- "$program"
refused 2 "written down: machine:8:9: a byte 0x01" new -o box -k fake --append "$(printf 'a\001')" -- "$program"
refused 2 "ends with a blank" new -o box -k fake --device "one " -- "$program"
refused 2 "'one" new -o box -k fake --device "$(printf 'one\ndevice two')" -- "$program"
# A qcow2 of this file alone, one with a backing file and one with a file for data.
qcow()
{
	truncate -s 1M "$1"
	{
		printf 'QFI\373\0\0\0\003\0\0\0\0\0\0\0'"$2"
		head -c 56 /dev/zero
		printf '\0\0\0\0\0\0\0'"$3"
	} | dd of="$1" conv=notrunc status=none
}
qcow whole '\0' '\0'
qcow backed '\150' '\0'
qcow apart '\0' '\004'
for disk in backed apart; do
	refused 3 "parts of the disk $dir/here/$disk lie in another file" new -o box -k fake --disk $disk --initrd text
done
"$upset" machine new -o disks/ -k fake --disk whole --initrd text --append ''
! grep -q append disks/machine || fail "no command line is one: $(cat disks/machine)"
sed -i "s|/whole|/backed|" disks/machine

# Whatever was changed in between but the files' content.
"$upset" machine new -o one -k fake --add text -- "$program" argument "two words"
touch text
"$upset" machine new -o two -k fake --add text -- "$program" argument "two words"
cmp one/initrd two/initrd || fail "the same files make different archives"
"$upset" machine show one >one.shown
"$upset" machine show two >two.shown
cmp one.shown two.shown || fail "the same machines are shown differently"
grep -q "^machine  *SHA-256 [0-9a-f]\{64\}$" one.shown || fail "no hash: $(cat one.shown)"
grep -q "SHA-256 $(sha256sum <one/initrd | cut -d' ' -f1)" one.shown || fail "another hash of the initrd"
"$upset" machine new -o three -k fake -- "$program" argument "two words"
# A kernel of one's own is not given Debian's module.
echo "Debian's module" >module
UPSET_MACHINE_x86_64_kernel=$PWD/fake "$upset" machine new -o six --disk text -- "$program"
UPSET_MACHINE_x86_64_kernel=$PWD/fake UPSET_MACHINE_x86_64_virtio_blk=$PWD/module \
	"$upset" machine new -o seven --disk text -- "$program"
! grep -q "Debian's module" six/initrd || fail "a module of another kernel is in the archive"
grep -q "Debian's module" seven/initrd || fail "the module is not in the archive"
# Libraries are found as the program will find them, not as this shell would.
mkdir lib
cp "$(ldd "$program" | awk '$1 ~ /^libc\.so/ { print $3 }')" lib
LD_LIBRARY_PATH=$PWD/lib "$upset" machine new -o four -k fake -- "$program" argument "two words"
cmp three/initrd four/initrd || fail "another library is taken than the program finds"
"$upset" machine new -o five -k fake --env LD_LIBRARY_PATH="$PWD/lib" -- "$program" argument "two words"
grep -q "${dir#/}/here/lib/libc.so" five/initrd || fail "the library that the program finds is not taken"
! cmp -s one/initrd three/initrd || fail "a file more makes no difference"
refused 3 "'one' is there already" new -o one -k fake -- "$program"

if command -v cpio >/dev/null; then
	mkdir tree
	(cd tree && cpio -i -d --quiet --no-absolute-filenames init "upset/*" "*/here/text" "${program#/}" <../one/initrd) ||
		fail "cpio does not read the archive"
	cmp "tree$program" "$program" || fail "the program is not in the archive"
	cmp "tree$dir/here/text" text || fail "the file is not in the archive"
	tr '\0' '|' <tree/upset/run >run
	grep -q -F "$dir/here|$program|3|$program|argument|two words|HOME=" run || fail "what is run: $(cat run)"
	rm -r tree
fi

# --- their text

refused 3 "cannot read nowhere/machine" show nowhere
sed 's/^memory .*/memory much/' two/machine >changed
mv changed two/machine
refused 3 "two/machine:5:8: memory is a number" boot two
sed '/^memory/d' two/machine >changed
mv changed two/machine
refused 3 "there is no line 'memory'" show two
sed -i "s|^kernel .*|kernel /dev/null|" four/machine
refused 3 "the kernel of the machine, /dev/null, is not seen in a sandbox" boot four
UPSET_QEMU_SYSTEM_x86_64=/bin/true UPSET_MACHINE_x86_64_firmware=/ \
	refused 3 "parts of the disk $dir/here/backed lie in another file" boot disks
rm one/initrd
refused 3 "cannot read the initrd of the machine, one/initrd" boot one
UPSET_QEMU_SYSTEM_x86_64=/nowhere refused 3 'make QEMU_TARGETS=+x86_64-softmmu' boot three
long=$(head -c 5000 /dev/zero | tr "\\0" n)
UPSET_QEMU_SYSTEM_x86_64=/$long refused 3 "nnn...: build it with" boot three
