#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# setup/packages.sh: asks for what is missing and nothing else, and says what to
# do when it cannot.  Nothing is installed: dpkg-query, apt-get and id pretend.
set -eu
# shellcheck source=tests/setup/harness.sh
. "$(dirname "$0")/harness.sh"

# Only these commands and the fake ones exist: there is no sudo.
mkdir "$scratch/bin"
for tool in sh dirname basename sed awk sort id env cat grep; do
	ln -s "$(command -v $tool)" "$scratch/bin/$tool"
done
calls=$scratch/calls
installed=$scratch/installed
export calls installed

rm "$scratch/bin/id"
fake id <<'END'
echo "${FAKE_UID:-0}"
END
fake dpkg-query <<'END'
cat "$installed"
END
fake apt-get <<'END'
echo "$DEBIAN_FRONTEND $*" >>"$calls"
exit "${FAKE_STATUS:-0}"
END
printf 'ID=debian\nVERSION_ID="12"\n' >"$scratch/debian"
printf 'ID=fedora\nVERSION_ID=41\n' >"$scratch/fedora"

packages()
{
	: >"$calls"
	attempt env PATH="$scratch/bin" OS_RELEASE="$scratch/${distribution:-debian}" "$@"
}

all_installed()
{
	awk '!/^#/ { print "installed", $2 }' "$root/setup/packages.list" >"$installed"
}

not_called()
{
	[ ! -s "$calls" ]
}

installs_exactly()
{
	grep -qx "noninteractive .*install -y --no-install-recommends $1" "$calls"
}

all_installed
packages "$root/setup/packages.sh" build tests
expect "nothing missing: succeeds" succeeded
expect "nothing missing: apt-get is not called" not_called

sed -i '/ libdw-dev$/d; / valgrind$/s/installed/config-files/' "$installed"
packages "$root/setup/packages.sh" build
expect "one missing: succeeds" succeeded
expect "one missing: that one is installed" installs_exactly libdw-dev
packages "$root/setup/packages.sh" build tests
expect "removed but configured counts as missing" installs_exactly "libdw-dev valgrind"
packages "$root/setup/packages.sh" tests
expect "only the group asked for" installs_exactly valgrind

sed -i 's/ libelf-dev$/ other (= 1), libelf-dev (= 2), third/' "$installed"
packages "$root/setup/packages.sh" build
expect "what another package provides is there" installs_exactly libdw-dev

packages FAKE_STATUS=100 "$root/setup/packages.sh" build
expect "apt-get fails: says which and what to do" \
	failed_saying libdw-dev "without a network" "dpkg --configure -a"
packages FAKE_UID=1000 "$root/setup/packages.sh" build
expect "no root, no sudo: says what to run" \
	failed_saying "no sudo" "run as root: apt-get install libdw-dev"
expect "no root, no sudo: apt-get is not called" not_called

fake sudo <<'END'
echo sudo >>"$calls"
exec "$@"
END
packages FAKE_UID=1000 "$root/setup/packages.sh" build
expect "no root, but sudo: installs" installs_exactly libdw-dev
expect "no root, but sudo: asks it" grep -qx sudo "$calls"

distribution=fedora
packages "$root/setup/packages.sh" build
expect "another distribution: says so" failed_saying "Debian 12 and 13 only" libdw-dev
expect "another distribution: apt-get is not called" not_called
all_installed
packages "$root/setup/packages.sh" build
expect "another distribution with all there: succeeds" succeeded

distribution=debian
packages "$root/setup/packages.sh" nonsense
expect "unknown group" failed_saying "no packages are listed for 'nonsense'"
packages "$root/setup/packages.sh"
expect "no group" failed_saying "usage:"
rm "$scratch/bin/dpkg-query"
packages "$root/setup/packages.sh" build
expect "no dpkg" failed_saying "dpkg-query is not here"
finish
