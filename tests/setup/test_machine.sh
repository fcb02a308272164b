#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# setup/machine.sh: what it refuses and with which words, that a folder is made whole or not at all
# and not twice.  With an apt that pretends and packages of a few bytes.
set -eu
# shellcheck source=tests/setup/harness.sh
. "$(dirname "$0")/harness.sh"

machines=$scratch/machines
mkdir -p "$machines" "$scratch/packages"

# package NAME FILE...: one with these files, each of which holds its own name, and a licence.
package()
{
	name=$1
	shift
	mkdir -p "$scratch/$name/DEBIAN" "$scratch/$name/usr/share/doc/$name"
	printf 'Package: %s\nVersion: 1\nArchitecture: all\nMaintainer: nobody\nDescription: one\n' \
		"$name" >"$scratch/$name/DEBIAN/control"
	echo free >"$scratch/$name/usr/share/doc/$name/copyright"
	for file in "$@"; do
		mkdir -p "$scratch/$name/$(dirname "$file")"
		basename "$file" >"$scratch/$name/$file"
	done
	dpkg-deb --root-owner-group -b "$scratch/$name" "$scratch/packages/$name.deb" >/dev/null
}

package linux-image-6-cloud boot/vmlinuz-6 usr/lib/modules/6/kernel/drivers/block/virtio_blk.ko.xz
package seabios usr/share/seabios/bios-256k.bin
package qemu-system-data usr/share/qemu/linuxboot_dma.bin usr/share/qemu/kvmvapic.bin

fake apt-get <<'END'
echo "$*" >>"$FAKE_CALLS"
case "$*" in
*indextargets*) printf 'main bookworm file:/mirror/\n' ;;
*update*) exit "${FAKE_UPDATE_STATUS:-0}" ;;
*download*)
	sleep "${FAKE_SECONDS:-0}"
	cp "$FAKE_PACKAGES"/*.deb .
	exit "${FAKE_FETCH_STATUS:-0}"
	;;
esac
END
fake apt-cache <<'END'
printf 'linux-image-cloud-amd64\n  Depends: %s\n' "${FAKE_IMAGE:-linux-image-6-cloud}"
END
export FAKE_CALLS="$scratch/calls" FAKE_PACKAGES="$scratch/packages"

machine_of()
{
	: >"$FAKE_CALLS"
	attempt env PATH="$scratch/bin:$PATH" "$root/setup/machine.sh" "$@"
}

is_empty()
{
	rm -f "$machines"/*.new.log
	[ -z "$(ls -A "$machines")" ]
}

machine_of "$machines/a"
expect "no set named" failed_saying "usage: setup/machine.sh FOLDER SET"
machine_of "$machines/a" sparc
expect "a set that there is none of" failed_saying "there is no set 'sparc'" "x86_64"
FAKE_UPDATE_STATUS=100 machine_of "$machines/a" x86_64
expect "no mirror" failed_saying "no mirror that serves Debian's trixie for amd64" "connect this"
expect "no mirror leaves no folder" is_empty
FAKE_IMAGE=other machine_of "$machines/a" x86_64
expect "no kernel" failed_saying "has no linux-image-cloud-amd64"
expect "no kernel leaves no folder" is_empty
FAKE_FETCH_STATUS=100 machine_of "$machines/a" x86_64
expect "packages that cannot be fetched" failed_saying "fetching linux-image-6-cloud and firmware failed"
expect "packages that cannot be fetched leave no folder" is_empty

machine_of "$machines/a" x86_64
expect "makes a folder" succeeded
expect "and nothing beside it" test "$(ls "$machines")" = a
expect "with the kernel" grep -qx vmlinuz-6 "$machines/a/kernel"
expect "and its module" grep -qx virtio_blk.ko.xz "$machines/a/virtio_blk"
expect "and firmware" grep -qx bios-256k.bin "$machines/a/firmware/bios-256k.bin"
expect "and licences" grep -qx free "$machines/a/kernel.copyright"
machine_of "$machines/a" x86_64
expect "the second time it does nothing" succeeded
expect "and calls no apt" test ! -s "$FAKE_CALLS"
export FAKE_SECONDS=0.5
other_status=0
: >"$FAKE_CALLS"
env PATH="$scratch/bin:$PATH" "$root/setup/machine.sh" "$machines/b" x86_64 >/dev/null 2>&1 &
attempt env PATH="$scratch/bin:$PATH" "$root/setup/machine.sh" "$machines/b" x86_64
wait $! || other_status=$?
expect "two at once both succeed" test "$status $other_status" = "0 0"
expect "two at once fetch it once" test "$(grep -c download "$FAKE_CALLS")" -eq 1
expect "and leave nothing beside it" test "$(ls "$machines" | tr '\n' ' ')" = "a b "
mkdir "$machines/mine"
machine_of "$machines/mine" x86_64
expect "a folder of somebody else's" failed_saying "is there and was not made by this"
finish
