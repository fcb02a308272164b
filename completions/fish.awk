# SPDX-License-Identifier: GPL-2.0-or-later
# Completions for fish; see read.awk.

function quoted(text)
{
	gsub(/\\/, "\\\\", text)
	gsub(/'/, "\\'", text)
	return "'" text "'"
}

function print_option(command, i,    list, value)
{
	list = values(command, option[command, i])
	value = argument[command, i] == "" ? "" : " -x"
	if (list == "FILE")
		value = " -rF"
	else if (list != "")
		value = " -x -a " quoted(list)
	printf "complete -c upset -n '__fish_seen_subcommand_from %s' -l %s%s%s -d %s\n", command,
		option[command, i], letter[command, i] != "" ? " -s " letter[command, i] : "", value,
		quoted(help[command, i])
}

END {
	read_views()
	print "# SPDX-License-Identifier: GPL-2.0-or-later"
	print "# Completions of upset for fish, made from what its --help says.\n"
	print "complete -c upset -n __fish_use_subcommand -f"
	print "complete -c upset -n __fish_use_subcommand -l help -d 'say how to use upset'"
	print "complete -c upset -n __fish_use_subcommand -l version -d 'print the version'"
	for (i = 1; i <= n; i++)
		printf "complete -c upset -n __fish_use_subcommand -a %s -d %s\n", commands[i], \
			quoted(summary[commands[i]])
	for (i = 1; i <= n; i++) {
		for (j = 1; j <= option_count[commands[i]]; j++)
			print_option(commands[i], j)
		if (!(commands[i] in runs_program) && !(commands[i] in reads_study))
			printf "complete -c upset -n '__fish_seen_subcommand_from %s' -f\n", commands[i]
	}
	for (command in verbs)
		printf "complete -c upset -n '__fish_seen_subcommand_from %s' -a %s\n", command, quoted(verbs[command])
	printf "complete -c upset -n '__fish_seen_subcommand_from show' -a %s\n", quoted(views)
	printf "complete -c upset -n '__fish_seen_subcommand_from help' -a %s\n", quoted(all_commands())
}
