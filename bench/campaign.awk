# SPDX-License-Identifier: GPL-2.0-or-later
# Turn the lines of campaign.sh (rate program way experiments nanoseconds; memory
# program experiments KiB KiB) into the table for the terminal and, in the file
# @json, the results for machines.  After lib.awk.

BEGIN {
	ways = split("copies fresh native gdb", way, " ")
	split("upset carrier", process, " ")
}

$1 == "rate" {
	key = $2 " " $3
	experiments[key] = $4
	times[key] = with(times[key], $5)
}

$1 == "memory" {
	if (!($3 in sizes)) {
		sizes[$3] = 1
		size[++size_count] = $3
	}
	peak[$2 " " $3 " upset"] = $4
	peak[$2 " " $3 " carrier"] = $5
}

!($2 in seen) {
	seen[$2] = 1
	program[++programs] = $2
}

function rate(key)
{
	return experiments[key] / (median(times[key]) / 1e9)
}

function print_rates(p, w, key)
{
	printf "experiments per second, median of %d (in copies: limit 200, aim 1000), and\n", repeats
	printf "how many times as many are made in copies (than fresh ones: limit 5)\n\n"
	printf "%-8s %8s %17s %17s %17s\n", "program", "copies", "fresh", "native", "gdb script"
	for (p = 1; p <= programs; p++) {
		printf "%-8s %8.1f", program[p], rate(program[p] " copies")
		for (w = 2; w <= ways; w++) {
			key = program[p] " " way[w]
			printf " %8.2f %7.1fx", rate(key), rate(program[p] " copies") / rate(key)
		}
		printf "\n"
	}
	printf "The same faults: %d in copies, %d fresh, %d native, %d with gdb.\n", \
		experiments[program[1] " copies"], experiments[program[1] " fresh"], \
		experiments[program[1] " native"], experiments[program[1] " gdb"]
}

function write_rates(p, w, key)
{
	printf "  \"campaigns\": [" >json
	for (p = 1; p <= programs; p++) {
		printf "%s\n    {\"program\": %s, \"ways\": {", (p > 1 ? "," : ""), quoted(program[p]) >json
		for (w = 1; w <= ways; w++) {
			key = program[p] " " way[w]
			printf "%s\n      %s: {\"experiments\": %d, \"experiments_per_second\": %.3f, " \
				"\"copies_ratio\": %.3f, \"ns\": %s}", (w > 1 ? "," : ""), quoted(way[w]), \
				experiments[key], rate(key), rate(program[p] " copies") / rate(key), \
				array(times[key]) >json
		}
		printf "}}" >json
	}
	printf "\n  ],\n" >json
}

function print_memory(p, s, q, kib, first)
{
	printf "\npeak memory in MiB: of upset, and of the emulator that is copied\n"
	for (p = 1; p <= programs; p++) {
		for (s = 1; s <= size_count; s++) {
			if (!((program[p] " " size[s] " upset") in peak))
				continue
			printf "%-8s %8d experiments:", program[p], size[s]
			for (q = 1; q <= 2; q++) {
				kib = peak[program[p] " " size[s] " " process[q]]
				first = peak[program[p] " " size[1] " " process[q]]
				printf "  %s %.1f", process[q], kib / 1024
				if (s > 1 && first > 0)
					printf " (%+.1f %%)", 100 * (kib / first - 1)
			}
			printf "\n"
		}
	}
}

function write_memory(p, s, n)
{
	printf "  \"peak_memory\": [" >json
	for (p = 1; p <= programs; p++) {
		for (s = 1; s <= size_count; s++) {
			if (!((program[p] " " size[s] " upset") in peak))
				continue
			printf "%s\n    {\"program\": %s, \"experiments\": %d, \"upset_kib\": %d, " \
				"\"carrier_kib\": %d}", (n++ > 0 ? "," : ""), quoted(program[p]), size[s], \
				peak[program[p] " " size[s] " upset"], \
				peak[program[p] " " size[s] " carrier"] >json
		}
	}
	printf "\n  ]\n}\n" >json
}

END {
	describe()
	print_rates()
	write_rates()
	print_memory()
	write_memory()
}
