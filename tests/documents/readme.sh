# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What the commands of the README take for granted.
head -c 500 build/upset >FILE
head -c 4096 build/upset >input
build/upset golden -q -o a.upset -- guests/fib 10
cp a.upset b.upset
build/upset campaign -q -n 300 -o other.upset -- guests/md5 FILE
