#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Completions in zsh, with functions in place of its own that say what they are given.
# Arguments: the file, the command, zsh.
# shellcheck source=tests/completions/lib.sh
. "$(dirname "$0")/lib.sh"

cat >said.zsh <<'END'
_arguments() { print -rl -- "$@" }
_describe() { print -rl -- "${(@P)4}" }
complete_upset() { . $FILE }
CURRENT=$#
words=("$@")
complete_upset
END

# said WORD...: what is said for the last of them.
said() {
	FILE=$completions "$shell" -f said.zsh upset "$@" >got
}

"$shell" -f -n "$completions" || fail "it does not parse"
head -1 "$completions" | grep -q -x '#compdef upset' || fail "nobody finds it"
said ""
grep -v '^--' got | sed 's/:.*//' >names
mv names got
commands >wanted
same "upset"
for command in $(commands); do
	options_of "$command" >wanted
	said "$command" -
	# (-e --engine)-e+[...]:...  --margin=[...]:...
	sed -n 's/^\(([^)]*)\)\?\(--\?[a-z0-9-]*\)[+=]\?\[.*/\2/p' got >names
	mv names got
	same "upset $command -"
done
said show ""
views >wanted
sed -n 's/^2:view:(\(.*\))$/\1/p' got | tr ' ' '\n' >names
mv names got
same "views"

# As zsh itself finds it, and completes.
mkdir functions
cp "$completions" functions/_upset
cat >real.zsh <<'END'
fpath=($PWD/functions $fpath)
zmodload zsh/zpty
zpty shell "$SHELL_UNDER_TEST -f -i"
zpty -w shell "fpath=($PWD/functions \$fpath); autoload -U compinit; compinit -D -u; PS1='ready> '"
zpty -w shell "zstyle ':completion:*' menu no; unsetopt beep; setopt no_auto_menu; TERM=dumb"
zpty -r -m shell line '*ready> *'
zpty -n -w shell $'upset golden --engine=na\t'
zpty -r -m shell line '*--engine=native*' && print -r -- completed
zpty -d shell
END
SHELL_UNDER_TEST=$shell timeout 100 "$shell" -f real.zsh >got 2>&1
grep -q completed got || fail "zsh does not complete --engine=na: $(cat got)"
[ "$failures" = 0 ]
