# SPDX-License-Identifier: GPL-2.0-or-later
# Ratio of the engines against the size, each program's sizes spread over the same
# width: the variable table is given.
set terminal svg noenhanced size 720,440 font "sans-serif,13" background "#ffffff"
set datafile separator ","
set key below height 1
set grid ytics lc rgb "#d9d9d9"
set border 3
set tics nomirror
set logscale y
set format y "%g %%"
set xlabel "size of the problem, normalised"
set ylabel "time of engine qemu in % of engine native"
set title "Golden run: engine qemu compared to engine native"
of(name) = sprintf("< grep '^%s,' '%s'", name, table)
plot of("fib") using 3:($4 * 100) with linespoints lw 2 pt 7 ps 0.6 lc rgb "#0072b2" title "fib", \
	of("aes") using 3:($4 * 100) with linespoints lw 2 pt 5 ps 0.6 lc rgb "#d55e00" title "aes", \
	of("fib_bare") using 3:($4 * 100) with linespoints lw 1 pt 6 ps 0.6 lc rgb "#56b4e9" title "fib without a C library", \
	of("md5") using 3:($4 * 100) with linespoints lw 2 pt 9 ps 0.6 lc rgb "#009e73" title "md5", \
	5 with lines dt 2 lc rgb "#7f7f7f" title "5 %, as in the paper"
