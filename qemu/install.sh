#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Install the QEMUs that are built; Meson runs it, as what is built may change behind its back.
# Usage: qemu/install.sh BUILD-FOLDER FOLDER-BELOW-PREFIX
set -eu
for target in $(cat "$1/targets" 2>/dev/null || echo x86_64); do
	install -D -m 755 "$1/obj/qemu-$target" "$MESON_INSTALL_DESTDIR_PREFIX/$2/qemu-$target"
done
