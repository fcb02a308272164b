#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Completions in bash: as if TAB was pressed behind words.
# Arguments: the file, the command.
# shellcheck source=tests/completions/lib.sh
. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC1090
. "$completions"
complete -p upset >/dev/null || fail "nothing completes upset"

# after WORD...: what is offered for the last of them into `got`.
after() {
	COMP_WORDS=(upset "$@")
	# shellcheck disable=SC2034
	COMP_CWORD=$#
	COMPREPLY=()
	_upset
	printf '%s\n' "${COMPREPLY[@]}" | grep . >got
}

after ""
{ commands; lines --help --version; } >wanted
same "upset"
after ca
lines campaign >wanted
same "upset ca"
for command in $(commands); do
	options_of "$command" >wanted
	after "$command" -
	same "upset $command -"
	# An option that takes a value is one for which the command does not see what follows it.
	grep -v -x -e --help wanted | while read -r option; do
		after "$command" "$option" --
		if ! "$upset" "$command" "$option" --nonsense 2>&1 |
			grep -q "unknown option '--nonsense'"; then
			grep -q -x -e --help got && echo "$command $option is followed by options"
		else
			grep -q -x -e --help got || echo "$command $option is not followed by options"
		fi
	done >wrong
	[ ! -s wrong ] || fail "$(cat wrong)"
done

after golden --engine ""
lines qemu native >wanted
same "--engine"
after golden --engine = n
lines native >wanted
same "--engine=n"
after campaign --locations =
lines gpr flags simd memory code >wanted
same "--locations="
after campaign --modules p
lines program >wanted
same "--modules p"
for option in -f --format; do
	after export $option ""
	# Those that it says itself.
	"$upset" export --help | sed -n 's/^  -f, --format FORMAT *//p' | sed 's/ or /, /' | tr -s ', ' '\n' >wanted
	[ "$(wc -l <wanted)" = 5 ] || fail "formats: $(cat wanted)"
	same "export $option"
done
after show st
lines study.upset >wanted
same "upset show st"
after machine ""
lines new boot show >wanted
same "upset machine"
after machine boot st
lines study.upset >wanted
same "upset machine boot st"
after show --top 3 study.upset ""
views >wanted
[ "$(wc -l <wanted)" -ge 20 ] || fail "few views: $(cat wanted)"
same "upset show STUDY"
after show --csv study.upset by_b
lines by_bit >wanted
same "upset show STUDY by_b"
after help doc
lines doctor >wanted
same "upset help doc"
after golden -o
grep -q -x -e -o got || fail "upset golden -o offers: $(cat got)"
after golden -o st
lines study.upset >wanted
same "upset golden -o st"

# Behind the program everything is its own.
after campaign -- a
grep -q -x 'a file' got || fail "no files behind --"
after campaign -- cat -
: >wanted
same "upset campaign -- cat -"
after golden -q cat --engine ""
find . -mindepth 1 -printf '%P\n' >wanted
same "upset golden -q cat --engine"

for command in qemu native; do "$upset" golden -e $command -d nothing -- x 2>&1 | grep -q "unknown detail"; done ||
	fail "an engine that is offered is unknown"
[ "$failures" = 0 ]
