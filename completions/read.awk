# SPDX-License-Identifier: GPL-2.0-or-later
# Reads what generate.sh collects: commands[1 .. n] with summary[], of each the options
# option[command, 1 .. option_count[command]] with letter[], argument[], help[], and views.
# What the values of options are is in values(): help has it as text only.

BEGIN {
	runs_program["golden"] = runs_program["inject"] = runs_program["campaign"] = 1
	runs_program["plan"] = reads_study["merge"] = reads_study["status"] = 1
	reads_study["submit"] = reads_study["machine"] = 1
	verbs["machine"] = "new boot show"
	reads_study["show"] = reads_study["faults"] = reads_study["agree"] = 1
	reads_study["diff"] = reads_study["replay"] = 1
	reads_study["annotate"] = reads_study["export"] = 1
}

# Words to choose from; "": none; "FILE": files.
function values(command, name)
{
	if (name == "engine")
		return "qemu native"
	if (name == "detail")
		return "counts operands full"
	if (name == "locations")
		return "gpr flags simd memory code"
	if (name == "models")
		return "flip stuck0 stuck1"
	if (name == "modules")
		return "program"
	if (command == "machine" && name == "arch")
		return "x86_64"
	if (name == "region")
		return "program marks"
	if (name == "format")
		return "callgrind lcov folded csv json"
	if (name == "outcome")
		return "masked detected sdc due not-injected tool-error"
	if (command == "machine" && name ~ /^(kernel|vmlinux|initrd|disk|add)$/)
		return "FILE"
	if (name == "output" || name == "plan" || name == "scratch" || (command == "campaign" && name == "faults"))
		return "FILE"
	return ""
}

/^@command / {
	command = $2
	next
}

command == "" && /^  [a-z]+ / {
	commands[++n] = $1
	line = $0
	sub(/^  [a-z]+ +/, "", line)
	summary[$1] = line
	next
}

command != "" && /^  +-/ {
	line = $0
	sub(/^ +/, "", line)
	i = ++option_count[command]
	if (line ~ /^-[a-z], /) {
		letter[command, i] = substr(line, 2, 1)
		line = substr(line, 5)
	}
	match(line, /^--[a-z0-9-]+/)
	option[command, i] = substr(line, 3, RLENGTH - 2)
	line = substr(line, RLENGTH + 1)
	if (match(line, /^ [A-Z\/]+ /)) {
		argument[command, i] = substr(line, 2, RLENGTH - 2)
		line = substr(line, RLENGTH + 1)
	}
	sub(/^ +/, "", line)
	help[command, i] = line
	next
}

# "VIEW of a run is one of: run (the default), registers, ...  On the terminal ..."
command == "show" && /^VIEW/ { in_views = 1 }
in_views { text = text " " $0 }
command != "show" { in_views = 0 }

function read_views(    i, count, word)
{
	sub(/On the terminal.*/, "", text)
	gsub(/\([^)]*\)|VIEW of a run is one of:|Of a campaign:/, " ", text)
	gsub(/[.,]/, " ", text)
	count = split(text, word, " ")
	for (i = 1; i <= count; i++)
		views = views (i > 1 ? " " : "") word[i]
}

function all_commands(    i, list)
{
	for (i = 1; i <= n; i++)
		list = list (i > 1 ? " " : "") commands[i]
	return list
}
