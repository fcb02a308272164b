# SPDX-License-Identifier: GPL-2.0-or-later
# What the tables share.

function quoted(text)
{
	gsub(/\\/, "\\\\", text)
	gsub(/"/, "\\\"", text)
	return "\"" text "\""
}

# The median of the numbers in @list, separated by spaces.
function median(list, value, n, i, j, held)
{
	n = split(list, value, " ")
	for (i = 2; i <= n; i++) {
		held = value[i] + 0
		for (j = i - 1; j > 0 && value[j] + 0 > held; j--)
			value[j + 1] = value[j]
		value[j + 1] = held
	}
	return n % 2 ? value[(n + 1) / 2] : (value[n / 2] + value[n / 2 + 1]) / 2
}

# @list of nanoseconds as a JSON array.
function array(list)
{
	gsub(/ /, ", ", list)
	return "[" list "]"
}

# @list with @item at its end.
function with(list, item)
{
	return list (list == "" ? "" : " ") item
}

# What was measured on, on the terminal and at the beginning of the JSON.
function describe()
{
	printf "%s, %s cores (%s), %s\n%s; %s\n", cpu, cores, flags, system_name, version, qemu_version
	printf "{\n  \"date\": %s,\n  \"cpu\": %s,\n  \"cpu_flags\": %s,\n  \"cores\": %d,\n", \
		quoted(date), quoted(cpu), quoted(flags), cores >json
	printf "  \"system\": %s,\n  \"upset\": %s,\n  \"qemu\": %s,\n  \"repeats\": %d,\n", \
		quoted(system_name), quoted(version), quoted(qemu_version), repeats >json
}
