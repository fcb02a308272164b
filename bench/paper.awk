# SPDX-License-Identifier: GPL-2.0-or-later
# Turn the lines of paper.sh (program size mode instructions nanoseconds) into the
# tables of the figures and of what the paper claims, in the folder @folder.  The
# problem of each program in @long is not in a figure: from it follows how long an
# instruction takes.  After lib.awk.

BEGIN {
	programs = split("fib aes md5", program, " ")
	modes = split("alone unmodified qemu native", mode, " ")
	n = split(long, pair, " ")
	for (i = 1; i <= n; i++) {
		split(pair[i], part, "=")
		longest[part[1]] = part[2]
	}
}

{
	key = $1 " " $2
	times[key " " $3] = with(times[key " " $3], $5)
	if ($4 > 0)
		instructions[key] = $4
	if (!(key in seen)) {
		seen[key] = 1
		if ($2 != longest[$1])
			sizes[$1] = with(sizes[$1], $2)
	}
}

function seconds(key)
{
	return median(times[key]) / 1e9
}

# Nanoseconds an instruction, by least squares over the sizes of a figure.
function slope(name, mode, count, size, i, x, y, sx, sy, sxx, sxy)
{
	count = split(sizes[name], size, " ")
	for (i = 1; i <= count; i++) {
		x = instructions[name " " size[i]]
		y = median(times[name " " size[i] " " mode])
		sx += x
		sy += y
		sxx += x * x
		sxy += x * y
	}
	return (count * sxy - sx * sy) / (count * sxx - sx * sx)
}

function figure(number, name, file, count, size, i, m, key)
{
	file = folder "/figure" number ".csv"
	print "size,instructions,alone_s,unmodified_s,qemu_s,native_s" >file
	count = split(sizes[name], size, " ")
	for (i = 1; i <= count; i++) {
		key = name " " size[i]
		printf "%s,%d", size[i], instructions[key] >file
		for (m = 1; m <= modes; m++)
			printf ",%.6f", seconds(key " " mode[m]) >file
		printf "\n" >file
		# The paper's axis: each program's probes spread over the same width.
		printf("%s,%s,%.4f,%.6f\n", name, size[i], count > 1 ? (i - 1) / (count - 1) : 0,
			seconds(key " qemu") / seconds(key " native")) >(folder "/figure7.csv")
	}
	close(file)
}

# Bytes of the problem that one of its units stands for.
function unit_bytes(name)
{
	return name == "aes" ? 16 : name == "md5" ? 1024 : 0
}

function claims(name, last, key, alone, emulated, qemu, native, rate)
{
	key = name " " longest[name]
	alone = median(times[key " alone"]) / instructions[key]
	emulated = median(times[key " unmodified"]) / instructions[key]
	qemu = median(times[key " qemu"]) / instructions[key]
	native = slope(name, "native")
	rate = longest[name] * unit_bytes(name) / 1024 / seconds(key " qemu")
	printf "    {\"program\": %s, \"instructions\": %.0f, \"alone_ns\": %.4f, " \
		"\"unmodified_ns\": %.4f, \"qemu_ns\": %.4f, \"native_ns\": %.1f, " \
		"\"qemu_kib_per_second\": %.1f}%s\n", quoted(name), instructions[key], alone, emulated, \
		qemu, native, rate, last ? "" : "," >json
	printf "%-5s %7.3f %7.3f %7.3f %9.0f %7.1f %7.1f %9.0f %8.4f%%\n", name, alone, emulated, qemu, \
		native, qemu / emulated, qemu / alone, native / alone, 100 * qemu / native
}

END {
	describe()
	print "program,size,position,ratio" >(folder "/figure7.csv")
	printf "  \"claims\": [\n" >json
	print "nanoseconds an instruction; x: times QEMU, times the program alone"
	printf "%-5s %7s %7s %7s %9s %7s %7s %9s %9s\n", "", "alone", "QEMU", "qemu", "native", \
		"x QEMU", "x alone", "native x", "qemu:nat."
	for (p = 1; p <= programs; p++) {
		figure(3 + p, program[p])
		claims(program[p], p == programs)
	}
	figure("4-bare", "fib_bare")
	printf "  ]\n}\n" >json
}
