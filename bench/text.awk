# SPDX-License-Identifier: GPL-2.0-or-later
# Print at least `bytes` bytes that compress like text, the same every time.
BEGIN {
	words = "upset counts what a bit flip does to a program"
	state = 12345
	while (written < bytes) {
		state = (state * 16807) % 2147483647
		line = sprintf("%d %s %x", state % 1000, substr(words, 1, state % 40), state)
		print line
		written += length(line) + 1
	}
}
