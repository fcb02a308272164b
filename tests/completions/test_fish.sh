#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Completions in fish, which says itself what it would offer.
# Arguments: the file, the command, fish.
# shellcheck source=tests/completions/lib.sh
. "$(dirname "$0")/lib.sh"
export HOME="$folder" XDG_CONFIG_HOME="$folder" XDG_DATA_HOME="$folder"

# offers LINE: the words that are offered for the end of it.
offers() {
	"$shell" -c "source '$completions'; complete -C '$1'" | cut -f1 >got
}

offers 'upset '
commands >wanted
same "upset"
for command in $(commands); do
	options_of "$command" | grep '^--' >wanted
	offers "upset $command --"
	# fish puts = behind options that take values, in some versions.
	sed -i 's/=$//' got
	same "upset $command --"
	options_of "$command" | grep -v '^--' | while read -r letter; do
		"$shell" -c "source '$completions'; complete -C 'upset $command -'" | cut -f1 |
			grep -q -x -e "$letter" || echo "$command $letter"
	done >missing
	[ ! -s missing ] || fail "not offered: $(cat missing)"
done
offers 'upset golden --engine '
lines qemu native >wanted
same "--engine"
offers 'upset show study.upset by_b'
lines by_bit >wanted
same "views"
[ "$failures" = 0 ]
