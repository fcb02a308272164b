#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Make the page: build.sh SOURCE-FOLDER FOLDER-FOR-PACKAGES OUTPUT.  The packages that
# package-lock.json names are fetched once; as long as it stays the same no network is needed.
set -eu

source=$(realpath "$1")
packages=$2
output=$(realpath "$3")

die()
{
	printf 'page/build.sh: %s\n' "$*" >&2
	exit 1
}

fetch()
{
	for tool in node npm; do
		command -v "$tool" >/dev/null ||
			die "$tool is missing, which makes the page of \`upset report\`;" \
				"run: setup/packages.sh build"
	done
	rm -f "$packages/fetched"
	cp "$source/package.json" "$source/package-lock.json" "$source/.npmrc" "$packages"
	(cd "$packages" && npm ci --prefer-offline) >"$packages/log" 2>&1 || {
		tail -n 5 "$packages/log" >&2
		die "npm could not install what $source/package-lock.json names; its own message is" \
			"above and in $packages/log. Without a network, connect once: what was" \
			"fetched is kept"
	}
	cp "$source/package-lock.json" "$packages/fetched"
}

mkdir -p "$packages"
packages=$(realpath "$packages")
cmp -s "$source/package-lock.json" "$packages/fetched" || fetch
NODE_PATH=$packages/node_modules exec node "$source/build.js" "$source" "$output"
