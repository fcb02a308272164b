#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Fetch what machines of an instruction set are made of into a folder: Debian's kernel for clouds,
# a module of it, and the firmware that an emulated board starts with.  Nothing is installed and
# nothing of the system's apt changes: they are fetched as QEMU's source is.  The folder is there
# whole or not at all; needs no network when it is there.
# Usage: setup/machine.sh FOLDER SET
#        SET is x86_64
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=setup/say.sh
. "$here/say.sh"
# shellcheck source=qemu/private-apt.sh
. "$here/../qemu/private-apt.sh"

suite=trixie
[ $# -eq 2 ] || die "usage: setup/machine.sh FOLDER SET"
folder=${1%/}
set=$2
new=$folder.new
made_of="$suite $set 1"

case $set in
x86_64)
	architecture=amd64
	kernel=linux-image-cloud-amd64
	firmware="seabios:seabios/bios-256k.bin qemu-system-data:qemu/linuxboot_dma.bin
		qemu-system-data:qemu/kvmvapic.bin"
	;;
*) die "there is no set '$set'; name x86_64" ;;
esac

is_made()
{
	[ -f "$folder/made-of" ] && [ "$(head -n 1 "$folder/made-of")" = "$made_of" ]
}

# The package with the kernel is named after its version, and another one depends on it.
fetch()
{
	step "fetching a kernel and firmware from Debian $suite for $architecture"
	private_apt_begin "$new" "$suite" "$architecture"
	image=$(private_apt_cache depends "$kernel" | awk '/Depends: linux-image/ { print $2; exit }')
	[ -n "$image" ] || die "Debian $suite at this mirror has no $kernel"
	names=$(for part in $firmware; do echo "${part%%:*}"; done | sort -u)
	mkdir "$new/packages"
	cd "$new/packages"
	# Names hold no blanks.
	# shellcheck disable=SC2086
	run "$new.log" "fetching $image and firmware failed" private_apt -q download "$image" $names
	cd "$here"
}

# The package's kernel, its module for disks, firmware, licences, and what they are from.
unpack()
{
	mkdir -p "$new/tree/firmware" "$new/all"
	for package in "$new"/packages/*.deb; do
		run "$new.log" "unpacking $package failed" dpkg-deb -x "$package" "$new/all"
	done
	cp "$new"/all/boot/vmlinuz-* "$new/tree/kernel"
	cp "$new"/all/usr/lib/modules/*/kernel/drivers/block/virtio_blk.ko* "$new/tree/virtio_blk"
	for part in $firmware; do
		cp "$new/all/usr/share/${part#*:}" "$new/tree/firmware"
		cp "$new/all/usr/share/doc/${part%%:*}/copyright" "$new/tree/firmware/${part%%:*}.copyright"
	done
	cp "$new/all/usr/share/doc/$image/copyright" "$new/tree/kernel.copyright"
	chmod -R u=rwX,go=rX "$new/tree"
}

# Only one at a time beside each other; the lock, on the folder they are in, goes with the process.
lock()
{
	mkdir -p "$(dirname "$folder")"
	exec 9<"$(dirname "$folder")"
	flock -n 9 && return 0
	note "waiting for another one in $(dirname "$folder")"
	flock 9 || warn "there are no locks in $(dirname "$folder"): run only one at a time"
}

main()
{
	! is_made || exit 0
	private_apt_check "$folder" flock
	lock
	! is_made || exit 0
	rm -rf "$new"
	mkdir -p "$new"
	trap 'rm -rf "$new"' EXIT
	trap 'exit 130' INT TERM
	new=$(cd "$new" && pwd)
	folder=$(dirname "$new")/$(basename "$folder")
	fetch
	unpack
	{
		echo "$made_of"
		for package in "$new"/packages/*.deb; do
			dpkg-deb -f "$package" Package Version | awk '{ printf "%s ", $2 } END { print "" }'
		done
	} >"$new/tree/made-of"
	rm -rf "$folder"
	mv "$new/tree" "$folder"
	rm -f "$new.log"
}

main "$@"
