# SPDX-License-Identifier: GPL-2.0-or-later
# Turn the lines of run.sh (kind program mode instructions nanoseconds KiB) into
# the table for the terminal and, in the file @json, the results for machines.
# After lib.awk.

{
	key = $1 " " $2 " " $3
	times[key] = with(times[key], $5)
	if ($4 > 0)
		instructions[$1 " " $2] = $4
	if ($6 > memory[key])
		memory[key] = $6
	if (!(($1 " " $2) in seen)) {
		seen[$1 " " $2] = 1
		order[$1] = with(order[$1], $2)
	}
	if ($1 == "memory")
		lengths = with(lengths, $3)
}

END {
	modes = split("native unmodified counts operands full", mode, " ")
	describe()
	printf "wall-clock seconds, median of %d; x = times the unmodified emulator\n\n", repeats
	printf "%-8s %8s %8s %10s %15s %15s %15s\n", "program", "10^6 in.", "native", "unmodified",
		"counts", "operands", "full"
	printf "  \"programs\": [" >json
	programs = split(order["time"], program, " ")
	for (p = 1; p <= programs; p++) {
		base = "time " program[p]
		plain = median(times[base " unmodified"])
		printf "%-8s %8.1f", program[p], instructions[base] / 1e6
		printf "%s\n    {\"program\": %s, \"instructions\": %.0f, \"modes\": {", \
			(p > 1 ? "," : ""), quoted(program[p]), instructions[base] >json
		for (m = 1; m <= modes; m++) {
			if (!((base " " mode[m]) in times)) { # programs of other sets, natively
				printf " %8s", "-"
				continue
			}
			t = median(times[base " " mode[m]])
			if (m <= 2)
				printf " %*.3f", (m == 1 ? 8 : 10), t / 1e9
			else
				printf " %7.3f %6.2fx", t / 1e9, t / plain
			printf "%s\n      %s: {\"median_ns\": %.0f, \"ratio_to_unmodified\": %.4f, " \
				"\"peak_kib\": %d, \"ns\": %s}", (listed[base]++ ? "," : ""), quoted(mode[m]), t, \
				t / plain, memory[base " " mode[m]], array(times[base " " mode[m]]) >json
		}
		printf "\n"
		printf "}}" >json
	}
	printf "\n  ],\n  \"engine_native\": [" >json
	programs = split(order["step"], program, " ")
	if (programs > 0)
		printf "\nnanoseconds per instruction at detail full\n%-8s %14s %14s %14s\n", "program",
			"engine native", "engine qemu", "native / qemu"
	for (p = 1; p <= programs; p++) {
		base = "step " program[p]
		step = median(times[base " native"]) / instructions[base]
		fast = median(times["time " program[p] " full"]) / instructions["time " program[p]]
		printf "%-8s %14.0f %14.2f %14.0f\n", program[p], step, fast, step / fast
		printf "%s\n    {\"program\": %s, \"instructions\": %.0f, \"native_ns_per_instruction\": %.1f, " \
			"\"qemu_ns_per_instruction\": %.4f, \"ratio\": %.1f}", (p > 1 ? "," : ""), \
			quoted(program[p]), instructions[base], step, fast, step / fast >json
	}
	printf "\n  ],\n  \"peak_memory\": [" >json
	n = split(lengths, long, " ")
	if (n > 0)
		printf "\npeak memory of aes at detail full\n"
	for (i = 1; i <= n; i++) {
		kib = memory["memory aes " long[i]]
		printf "%16.0f instructions: %8.1f MiB", long[i], kib / 1024
		if (i > 1)
			printf " (%+.1f %%)", 100 * (kib / memory["memory aes " long[1]] - 1)
		printf "\n"
		printf "%s\n    {\"program\": \"aes\", \"instructions\": %.0f, \"peak_kib\": %.0f}", \
			(i > 1 ? "," : ""), long[i], kib >json
	}
	printf "\n  ]\n}\n" >json
}
