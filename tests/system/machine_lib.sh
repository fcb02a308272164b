# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154
# What tests of machines share.  Sourced after tests/system/lib.sh: goes to a folder of its own.
upset=$(realpath "$upset")
mkdir "$dir/here"
cd "$dir/here" || exit 1

# refused STATUS MESSAGE ARGUMENTS...: with nothing left but what was there.
refused()
{
	wanted=$1 message=$2
	shift 2
	before=$(ls -A)
	status=0
	"$upset" machine "$@" >"$dir/out" 2>"$dir/err" </dev/null || status=$?
	expect "exit status of machine $*" "$status" "$wanted"
	grep -q -F -e "$message" "$dir/err" || fail "machine $*: not '$message': $(cat "$dir/err")"
	expect "lines of machine $*" "$(wc -l <"$dir/err")" 1
	expect "files after machine $*" "$(ls -A)" "$before"
}

# fake_kernel FILE: the least that is taken for a kernel; its header says that it needs 17 MiB.
fake_kernel()
{
	python3 - "$1" <<'END'
import sys
header = bytearray(0x400)
header[0x202:0x208] = b"HdrS\x0f\x02"
header[0x258:0x260] = (1 << 24).to_bytes(8, "little")
header[0x260:0x264] = (1 << 20).to_bytes(4, "little")
open(sys.argv[1], "wb").write(header)
END
}
