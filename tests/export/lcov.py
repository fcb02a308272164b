# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares exported coverage with gcov's of the same program, or with a study.

lcov.py gcov EXPORTED SOURCE GCOV-JSON
lcov.py executed EXPORTED SOURCE OTHER-EXPORTED: the second has the executed lines and
functions of the first, and no others.
lcov.py study EXPORTED STUDY: the executed lines are those of the study.
"""

import json
import re
import sqlite3
import sys


def read_exported(path):
    """{file: (lines {number: count}, functions {name: (line, count)})}, its sums checked."""
    files = {}
    for record in open(path, "rb").read().split(b"end_of_record\n")[:-1]:
        fields = [line.partition(b":")[::2] for line in record.rstrip(b"\n").split(b"\n")]
        assert [key for key, _ in fields[:2]] == [b"TN", b"SF"], fields[:2]
        lines, starts, functions, sums = {}, {}, {}, {}
        for key, value in fields[2:]:
            first, _, rest = value.partition(b",")
            if key == b"DA":
                assert int(first) not in lines, fields
                lines[int(first)] = int(rest)
            elif key == b"FN":
                assert rest not in starts and b"," not in rest, rest
                starts[rest] = int(first)
            elif key == b"FNDA":
                functions[rest] = (starts[rest], int(first))
            else:
                sums[key] = int(value)
        hit = sum(count > 0 for count in lines.values())
        entered = sum(count > 0 for _, count in functions.values())
        wanted = {b"LF": len(lines), b"LH": hit, b"FNF": len(starts), b"FNH": entered}
        assert sums == wanted and len(starts) == len(functions), (sums, wanted)
        assert list(lines) == sorted(lines)
        files[fields[1][1]] = (lines, functions)
    return files


def compare_gcov(exported, source, gcov):
    lines, functions = read_exported(exported)[source.encode()]
    (file,) = [f for f in json.load(open(gcov))["files"] if source.endswith(f["file"].split("/")[-1])]
    wanted = {line["line_number"]: line["count"] for line in file["lines"]}
    texts = open(source).read().split("\n")
    # The head of a function is the line of its name for gcov, the brace's for the line table.
    for function in file["functions"]:
        start, count = functions.pop(function["name"].encode())
        head = function["start_line"]
        assert start == head or (texts[start - 1] == "{" and start == head + 1), (head, start)
        assert count == function["execution_count"], (function, count)
        wanted[start] = wanted.pop(head)
        # Where a function with a value ends there is code, but no statement for gcov.
        end = next(n for n in range(start, len(texts) + 1) if texts[n - 1] == "}")
        wanted.setdefault(end, count)
    assert not functions, functions
    # A label is a statement for gcov, without code.
    for number in list(wanted):
        if re.fullmatch(r"\s*(case .*|\w+):", texts[number - 1]):
            lines.setdefault(number, wanted[number])
    for number in sorted(set(lines) | set(wanted)):
        got, expected = lines.get(number), wanted.get(number)
        assert got == expected, (number, texts[number - 1], got, expected)
    assert sum(count == 0 for count in lines.values()) >= 5


def compare_executed(exported, source, other):
    lines, functions = read_exported(exported)[source.encode()]
    other_lines, other_functions = read_exported(other)[source.encode()]
    assert other_lines == {line: count for line, count in lines.items() if count > 0}
    assert other_functions == {n: f for n, f in functions.items() if f[1] > 0}
    assert len(other_lines) < len(lines) and len(other_functions) < len(functions)


def escaped(name):
    name = re.sub(rb"[\x00-\x1f\x7f]", lambda c: b"\\x%02x" % c[0][0], name)
    return b"\\x20" + name[1:] if name.startswith(b" ") else name


def compare_study(exported, study):
    db = sqlite3.connect(study)
    db.text_factory = bytes
    wanted = {}
    for file, line in db.execute(
        "SELECT DISTINCT file, line FROM instructions WHERE run = (SELECT max(id) FROM run) "
        "AND file IS NOT NULL AND line > 0 AND executions > 0"
    ):
        wanted.setdefault(escaped(file), set()).add(line)
    got = read_exported(exported)
    assert wanted and set(wanted) <= set(got), (wanted.keys(), got.keys())
    for file in got:
        hit = {line for line, count in got[file][0].items() if count > 0}
        assert hit == wanted.get(file, set()), file


{"gcov": compare_gcov, "executed": compare_executed, "study": compare_study}[sys.argv[1]](
    *sys.argv[2:]
)
