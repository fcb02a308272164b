#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian packages of what a build folder holds, for the release of Debian that this is.
# Usage: setup/deb.sh BUILD-FOLDER FOLDER, which then has upset_*.deb and its like.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=setup/say.sh
. "$root/setup/say.sh"
[ $# -eq 2 ] || die "usage: setup/deb.sh BUILD-FOLDER FOLDER"
build=$(cd "$1" && pwd)
[ -x "$build/upset" ] || die "there is no $build/upset; run make first"
mkdir -p "$2"
folder=$(cd "$2" && pwd)
command -v dh >/dev/null || die "there is no debhelper; run setup/packages.sh deb"

# A field of os-release.
os_field()
{
	sed -n "s/^$1=\"\{0,1\}\([^\"]*\)\"\{0,1\}\$/\1/p" /etc/os-release
}

# What is new, out of NEWS.md, in the form that Debian's changelogs have.
changelog()
{
	printf 'upset (%s) %s; urgency=medium\n\n' "$version" "$(os_field VERSION_CODENAME)"
	awk '/^## / { if (seen++) exit; next } /^- / { if (text) print text; text = substr($0, 3); next }
		/^ / { sub(/^ */, ""); text = text " " $0 } END { if (text) print text }' "$root/NEWS.md" |
		while read -r entry; do
			printf '%s\n' "$entry" | fmt -w 74 | sed '1s/^/  * /; 2,$s/^/    /'
		done
	printf '\n -- %s  %s\n' "$(sed -n 's/^Maintainer: //p' "$stage/upset/debian/control")" \
		"$(date -R -r "$root/NEWS.md")"
}

release=$(os_field ID)$(os_field VERSION_ID)
case $release in
debian*) release=deb${release#debian} ;;
esac
version=$("$build/upset" --version | sed -n '1s/^upset \([0-9.]*\).*/\1/p')+$release
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
trap 'exit 130' INT TERM
mkdir "$stage/upset"
cp -r "$root/debian" "$stage/upset"
# Who distributes them answers for them; without a name they have an address that nobody can have.
[ -z "${DEBEMAIL:-}" ] || sed -i "s|^Maintainer: .*|Maintainer: ${DEBFULLNAME:-upset maintainers} <$DEBEMAIL>|" \
	"$stage/upset/debian/control"
changelog >"$stage/upset/debian/changelog"
(
	cd "$stage/upset"
	UPSET_SOURCE=$root UPSET_BUILD=$build debian/rules binary
) >"$folder/deb.log" 2>&1 </dev/null || {
	tail -n 20 "$folder/deb.log" >&2
	die "the packages could not be made (all of the output: $folder/deb.log)"
}
rm -f "$folder"/upset_*.deb "$folder"/libupset*.deb
mv "$stage"/*.deb "$folder"
for package in "$folder"/*.deb; do
	note "$package"
done
