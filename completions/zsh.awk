# SPDX-License-Identifier: GPL-2.0-or-later
# Completions for zsh; see read.awk.

# Within quotes, brackets and colons.
function quoted(text)
{
	gsub(/'/, "'\\''", text)
	gsub(/[\[\]:]/, "\\\\&", text)
	return text
}

function print_option(command, i,    name, list, action)
{
	name = option[command, i]
	list = values(command, name)
	if (argument[command, i] != "")
		action = ":" argument[command, i] ":" \
			(list == "FILE" ? "_files" : list == "" ? " " : "(" list ")")
	if (letter[command, i] != "")
		printf "\t\t\t'(-%s --%s)'{-%s%s,--%s%s}'[%s]%s' \\\n", letter[command, i], name,
			letter[command, i], action != "" ? "+" : "", name, action != "" ? "=" : "",
			quoted(help[command, i]), action
	else
		printf "\t\t\t'--%s%s[%s]%s' \\\n", name, action != "" ? "=" : "",
			quoted(help[command, i]), action
}

function print_command(command,    i)
{
	printf "\t%s)\n\t\t_arguments -s -S \\\n", command
	for (i = 1; i <= option_count[command]; i++)
		print_option(command, i)
	if (command in runs_program)
		print "\t\t\t'(-)1:program:_command_names -e' '*::argument:_normal'"
	else if (command == "show")
		printf "\t\t\t'1:study:_files' '2:view:(%s)'\n", views
	else if (command in verbs)
		printf "\t\t\t'1:what:(%s)' '*:file:_files'\n", verbs[command]
	else if (command in reads_study)
		print "\t\t\t'*:study:_files'"
	else if (command == "help")
		printf "\t\t\t'1:command:(%s)'\n", all_commands()
	else
		print "\t\t\t&& return"
	print "\t\t;;"
}

END {
	read_views()
	print "#compdef upset"
	print "# SPDX-License-Identifier: GPL-2.0-or-later"
	print "# Completions of upset for zsh, made from what its --help says.\n"
	print "local -a commands"
	print "if ((CURRENT == 2)); then\n\tcommands=("
	for (i = 1; i <= n; i++)
		printf "\t\t'%s:%s'\n", commands[i], quoted(summary[commands[i]])
	print "\t)\n\t_describe -t commands command commands\n\t_arguments '--help[say how to use upset]' '--version[print the version]'\n\treturn\nfi"
	print "local command=$words[2]\nshift words\n((CURRENT--))\ncase $command in"
	for (i = 1; i <= n; i++)
		print_command(commands[i])
	print "esac"
}
