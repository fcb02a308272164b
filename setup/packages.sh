#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Install the Debian packages of the named groups of setup/packages.list, when
# any is missing.  Needs no network and no privileges when none is.
# Usage: setup/packages.sh GROUP...
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=setup/say.sh
. "$here/say.sh"

os_release=${OS_RELEASE:-/etc/os-release}

# The value of a field of os-release; nothing when there is none.
os_field()
{
	[ -r "$os_release" ] || return 0
	sed -n "s/^$1=\"\{0,1\}\([^\"]*\)\"\{0,1\}\$/\1/p" "$os_release"
}

# The names in the groups given.
wanted_names()
{
	for group in "$@"; do
		awk -v group="$group" '
			$1 == group { print $2; found = 1 }
			END { exit !found }' "$here/packages.list" ||
			die "no packages are listed for '$group' in $here/packages.list"
	done
}

# Those of the names given that are not installed, nor provided by a package that is.
missing_names()
{
	dpkg-query -W -f '${db:Status-Status} ${Package} ${Provides}\n' 2>/dev/null |
		awk -v names="$*" '
			$1 == "installed" {
				gsub(/,|\([^)]*\)/, " ")
				for (i = 2; i <= NF; i++)
					installed[$i] = 1
			}
			END {
				n = split(names, name, " ")
				for (i = 1; i <= n; i++)
					if (!installed[name[i]])
						print name[i]
			}'
}

# Run apt-get as root, through sudo when need be, keeping what it must know.
as_root_apt_get()
{
	set -- -o DPkg::Lock::Timeout=300 "$@"
	if [ "$(id -u)" -eq 0 ]; then
		DEBIAN_FRONTEND=noninteractive apt-get "$@"
	else
		sudo env DEBIAN_FRONTEND=noninteractive ${http_proxy:+http_proxy="$http_proxy"} \
			${https_proxy:+https_proxy="$https_proxy"} \
			${no_proxy:+no_proxy="$no_proxy"} apt-get "$@"
	fi
}

check_can_install()
{
	if [ "$(os_field ID)" != debian ]; then
		die "these packages are missing, and their names are known for Debian 12 and 13 only;" \
			"install what they are called here, or use one of these:" "$@"
	fi
	if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
		die "these packages are missing, and there is no sudo to install them with;" \
			"run as root: apt-get install" "$@"
	fi
}

main()
{
	[ $# -gt 0 ] || die "usage: setup/packages.sh GROUP..."
	for tool in dpkg-query apt-get; do
		command -v $tool >/dev/null ||
			die "upset is built with packages of Debian 12 or 13, and $tool is not here"
	done
	wanted=$(wanted_names "$@") || exit 1
	# The names hold no blanks: from here on they are words.
	# shellcheck disable=SC2086
	missing=$(missing_names $wanted)
	[ -n "$missing" ] || return 0

	# shellcheck disable=SC2086
	set -- $missing
	check_can_install "$@"
	step "installing $# Debian packages:" "$@"
	as_root_apt_get -q update ||
		warn "apt-get update failed, trying with the package lists that are here"
	as_root_apt_get -q install -y --no-install-recommends "$@" ||
		die "apt-get could not install: $*. Its own message is above: without a network," \
			"connect (or set apt's proxy) and run this again; when a package is not found," \
			"check that the apt sources name Debian's main archive; when dpkg is in" \
			"disorder, run: dpkg --configure -a"
}

main "$@"
