#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The Python that doc/schema.md gives for counts by bit decodes what upset wrote.
# Arguments: doc/schema.md and a program that writes a study to the path it is given.
set -eu
page=$1 writer=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$writer" "$folder/s.upset"
sed -n '/^```python$/,/^```$/p' "$page" | grep -v '^```' >"$folder/check.py"
cat >>"$folder/check.py" <<'PYTHON'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
rows = db.execute("SELECT number, bits, ones, ones_by_bit FROM operands WHERE run = 1").fetchall()
assert len(rows) > 8, rows
for number, bits, ones, blob in rows:
    counts = ones_by_bit(blob, bits)
    assert counts == [(bit + number) % 7 for bit in range(bits)], (number, counts)
    assert sum(counts) == ones
blob, = db.execute("SELECT read_ones_by_bit FROM registers WHERE register = 'rbx'").fetchone()
assert ones_by_bit(blob, 64) == [4999999999] + [0] * 62 + [1]
PYTHON
python3 "$folder/check.py" "$folder/s.upset"
