#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A freestanding guest of another instruction set, engine qemu against engine gdb:
# agree.sh UPSET SET GUEST MODE, of which SET/GUEST.S is the source and tests/qemu/agree.sh has the modes.
# shellcheck source=tests/sets/lib.sh
. "$(dirname "$0")/lib.sh"
guest=$2 mode=$3
test_name="agree $set $guest"

assemble "$here/$set/$guest.S" "$dir/$guest"
"$here/../qemu/agree.sh" "$upset" "$dir/$guest" "$mode" gdb "$root/build/qemu/obj/qemu-$set -cpu max"
