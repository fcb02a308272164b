#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Install the QEMUs that are built, and what machines are made of; Meson runs it, as what is built
# may change behind its back.
# Usage: qemu/install.sh BUILD-FOLDER FOLDER-BELOW-PREFIX
set -eu
to=$MESON_INSTALL_DESTDIR_PREFIX/$2

# Kernel and firmware for instruction set $1.
install_machine()
{
	(cd "$build/machines/$1" && find . -type f) | while read -r file; do
		install -D -m 644 "$build/machines/$1/$file" "$to/machines/$1/$file"
	done
}

build=$(dirname "$1")
for target in $(cat "$1/targets" 2>/dev/null || echo x86_64); do
	case $target in
	*-softmmu)
		install -D -m 755 "$1/system/qemu-system-${target%-softmmu}" \
			"$to/qemu-system-${target%-softmmu}"
		[ ! -d "$build/machines/${target%-softmmu}" ] || install_machine "${target%-softmmu}"
		;;
	*) install -D -m 755 "$1/obj/qemu-$target" "$to/qemu-$target" ;;
	esac
done
