#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Unpack Debian's Slurm into a folder, for a test that starts one of its own.  Nothing is installed:
# packages of daemons start them, and this changes nothing of the system.  Where it cannot be had
# the test says so and is skipped.
# Usage: setup/slurm.sh FOLDER
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=setup/say.sh
. "$here/say.sh"
[ $# = 1 ] || die "usage: setup/slurm.sh FOLDER"
folder=$1
[ ! -e "$folder/usr/sbin/slurmctld-wlm" ] || exit 0
! command -v slurmctld >/dev/null || exit 0

# What would be installed, with what it needs.
names()
{
	apt-get install -s -qq --no-install-recommends slurmctld slurmd slurm-client munge |
		awk '/^Inst / { print $2 }'
}

new=$folder.new
rm -rf "$new"
mkdir -p "$new/packages"
names >"$new/names"
[ -s "$new/names" ] || die "apt-get knows no packages of Slurm"
# shellcheck disable=SC2046
(cd "$new/packages" && apt-get download -qq $(cat ../names)) >"$new/log" 2>&1 ||
	die "packages of Slurm cannot be fetched: $(tail -n 1 "$new/log")"
for package in "$new"/packages/*.deb; do
	dpkg-deb -x "$package" "$new"
done
rm -rf "$new/packages" "$folder"
mv "$new" "$folder"
