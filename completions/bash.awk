# SPDX-License-Identifier: GPL-2.0-or-later
# Completions for bash; see read.awk.

# "--engine|-e"
function names(command, i, separator)
{
	return "--" option[command, i] (letter[command, i] != "" ? separator "-" letter[command, i] : "")
}

function print_values(command,    i, list)
{
	for (i = 1; i <= option_count[command]; i++) {
		if (argument[command, i] == "")
			continue
		list = values(command, option[command, i])
		printf "\t%s) ", names(command, i, "|")
		if (list == "FILE")
			print "_upset_files; return ;;"
		else if (list == "")
			print "return ;;"
		else
			printf "_upset_words \"%s\"; return ;;\n", list
	}
}

function print_command(command,    i, list, valued)
{
	for (i = 1; i <= option_count[command]; i++) {
		list = list (i > 1 ? " " : "") names(command, i, " ")
		if (argument[command, i] != "")
			valued = valued (valued != "" ? "|" : "") names(command, i, "|")
	}
	printf "_upset_%s()\n{\n", command
	printf "\t_upset_count \"%s\" %d\n", valued, command in runs_program
	if (command in runs_program)
		print "\tif ((given == 1)); then _upset_programs; return; fi\n" \
			"\tif ((given > 1)); then _upset_files; return; fi"
	if (valued != "") {
		printf "\tcase $before in\n"
		print_values(command)
		print "\tesac"
	}
	printf "\tif [[ $current == -* ]]; then _upset_words \"%s\"; return; fi\n", list
	if (command in runs_program)
		print "\t_upset_programs"
	else if (command == "show")
		printf "\tif ((given == 0)); then _upset_files; else _upset_words \"%s\"; fi\n", views
	else if (command in verbs)
		printf "\tif ((given == 0)); then _upset_words \"%s\"; else _upset_files; fi\n", verbs[command]
	else if (command in reads_study)
		print "\t_upset_files"
	else if (command == "help")
		printf "\t_upset_words \"%s\"\n", all_commands()
	print "}\n"
}

END {
	read_views()
	print "# SPDX-License-Identifier: GPL-2.0-or-later"
	print "# Completions of upset for bash, made from what its --help says.\n"
	print "_upset_words()\n{\n\tmapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$current\")\n}\n"
	print "_upset_files()\n{\n\tcompopt -o filenames 2>/dev/null\n" \
		"\tmapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n}\n"
	print "_upset_programs()\n{\n\tcompopt -o filenames 2>/dev/null\n" \
		"\tmapfile -t COMPREPLY < <(compgen -c -- \"$current\"; compgen -f -- \"$current\")\n}\n"
	print "# Arguments that are no options, into $given; with $2 all behind the first are, and\n" \
		"# behind -- it is at least one.  $1: options that take a value."
	print "_upset_count()\n{\n\tlocal i word\n\tgiven=0\n" \
		"\tfor ((i = 2; i < COMP_CWORD; i++)); do\n" \
		"\t\tword=${COMP_WORDS[i]}\n" \
		"\t\tif [[ $word == -- && $2 == 1 ]]; then\n" \
		"\t\t\tgiven=$((COMP_CWORD - i))\n\t\t\treturn\n" \
		"\t\telif [[ $word == = ]]; then\n\t\t\t((i++))\n" \
		"\t\telif [[ $word == -* ]]; then\n" \
		"\t\t\t[[ \"|$1|\" != *\"|$word|\"* || ${COMP_WORDS[i + 1]} == = ]] || ((i++))\n" \
		"\t\telif [[ $2 == 1 ]]; then\n\t\t\tgiven=$((COMP_CWORD - i + 1))\n\t\t\treturn\n" \
		"\t\telse\n\t\t\t((given++))\n\t\tfi\n\tdone\n}\n"
	for (i = 1; i <= n; i++)
		print_command(commands[i])
	print "_upset()\n{\n\tlocal current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} given\n" \
		"\tCOMPREPLY=()\n" \
		"\tif ((COMP_CWORD == 1)); then"
	printf "\t\t_upset_words \"%s --help --version\"\n\t\treturn\n\tfi\n", all_commands()
	print "\t# --option=value is three words.\n" \
		"\tif [[ $current == = ]]; then\n\t\tcurrent=\n" \
		"\telif [[ $before == = ]]; then\n\t\tbefore=${COMP_WORDS[COMP_CWORD - 2]}\n\tfi\n" \
		"\t! declare -F \"_upset_${COMP_WORDS[1]}\" >/dev/null || \"_upset_${COMP_WORDS[1]}\"\n}\n\ncomplete -F _upset upset"
}
