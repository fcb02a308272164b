# SPDX-License-Identifier: GPL-2.0-or-later
# Time against size: the variables table, name and unit are given.
set terminal svg noenhanced size 720,440 font "sans-serif,13" background "#ffffff"
set datafile separator ","
set key below height 1 reverse Left maxcols 2
set grid ytics lc rgb "#d9d9d9"
set border 3
set tics nomirror
set logscale y
set format y "%g"
set xlabel sprintf("size of the problem (%s)", unit)
set ylabel "seconds (median)"
set title sprintf("Golden run of %s", name)
plot table using 1:6 skip 1 with linespoints lw 2 pt 7 ps 0.6 lc rgb "#d55e00" title "engine native (ptrace)", \
	table using 1:5 skip 1 with linespoints lw 2 pt 5 ps 0.6 lc rgb "#0072b2" title "engine qemu, all statistics", \
	table using 1:4 skip 1 with linespoints lw 1 pt 8 ps 0.6 lc rgb "#7f7f7f" title "QEMU alone, no statistics", \
	table using 1:3 skip 1 with linespoints lw 1 pt 6 ps 0.6 lc rgb "#000000" title "the program alone"
