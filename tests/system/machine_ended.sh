#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# How machines end that do not end by themselves, and what is told of their emulator.  A script is
# in the emulator's place, whose descriptors 3 and 4 are the machine's lines.
# Arguments: the command, a program.
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
program=$(realpath "$1")
# shellcheck source=tests/system/machine_lib.sh
. "$(dirname "$0")/machine_lib.sh"
fake_kernel fake
mkdir firmware
export UPSET_QEMU_SYSTEM_x86_64="$dir/here/qemu-fake" UPSET_MACHINE_x86_64_firmware="$dir/here/firmware"

# emulator: standard input is what is in its place.
emulator()
{
	{
		echo '#!/bin/sh'
		cat
	} >qemu-fake
	chmod +x qemu-fake
}

truncate -s 1M disk
UPSET_MACHINE_x86_64_virtio_blk=$PWD/fake "$upset" machine new -o box -k fake --disk disk -- "$program"

# --- what is told of the emulator

emulator <<'END'
echo "$@" >&3
echo "exit 7" >&4
END
status=0
"$upset" machine boot --no-sandbox box >said 2>err || status=$?
expect "exit status" "$status" 7
expect "what upset said" "$(cat err)" ""
grep -q "snapshot=on,werror=report,rerror=report" said || fail "a disk without room stops it: $(cat said)"

emulator <<'END'
echo "qemu-fake: warning: not this" >&2
echo "qemu-fake: -device nothing: no such device" >&2
echo "Use -device help" >&2
exit 1
END
refused 3 "upset: the emulator refused the machine: -device nothing: no such device" boot --no-sandbox box
emulator <<'END'
printf 'begun\0and gone\n' >&3
echo "qemu-fake: lost its way" >&2
END
refused 3 "ended before its program did; its emulator said: lost its way; it had said at last: begun and gone" \
	boot --no-sandbox box
emulator <<'END'
kill -9 $$
END
refused 3 "the emulator ended by signal 9" boot --no-sandbox box
echo nothing | dd of=qemu-fake status=none
refused 3 "cannot execute $dir/here/qemu-fake: Exec format error" boot --no-sandbox box

# --- what cannot be passed on, what stands still

emulator <<'END'
echo line >&3
exec sleep 60
END
status=0
"$upset" machine boot --no-sandbox box >/dev/full 2>err || status=$?
expect "exit status where nothing can be written" "$status" 3
grep -q "cannot pass on what the machine says: No space left on device; it was switched off" err ||
	fail "not that it cannot be written: $(cat err)"
refused 3 "the machine stood still for 5 seconds, as one that was halted does, and was switched off; it had said at last: line" \
	boot --no-sandbox box
refused 2 "choose one of --no-sandbox and limits" boot --no-sandbox --limit-cpu 5 box
