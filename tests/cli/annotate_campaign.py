# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares what `upset annotate` writes of functions with the views of the study.

annotate_campaign.py UPSET STUDY: for each function that the study's campaign has results
of, lines as `by_line` has them and instructions as `instructions` and `experiments` do.
"""

import csv
import json
import sqlite3
import subprocess
import sys

upset, study = sys.argv[1:]
db = sqlite3.connect(study)
(run,) = db.execute("SELECT run FROM campaign").fetchone()


def annotated(function, *options):
    command = [upset, "annotate", *options, study, function]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout


def number(cell):
    return int(cell or 0)


def check_lines(function, rows):
    """Rows of lines against by_line, which has no modules, and the executions of lines."""
    for file, line, *counts in db.execute(
        "SELECT file, line, results, masked, detected, sdc, due, not_injected FROM by_line "
        "WHERE function = ? AND line IS NOT NULL AND results > 0",
        (function,),
    ):
        (row,) = [r for r in rows if r["file"] == file and number(r["line"]) == line]
        names = ("results", "masked", "detected", "sdc", "due", "not_injected")
        assert [number(row[name]) for name in names] == counts, (function, row, counts)
    for file, line, executions, instructions in db.execute(
        "SELECT file, line, sum(executions), count(*) FROM instructions WHERE run = ? AND "
        "function = ? GROUP BY module, file, line",
        (run, function),
    ):
        matching = [
            r
            for r in rows
            if r["file"] == (file or "") and number(r["line"]) == (line or 0)
        ]
        assert len(matching) == 1, (function, file, line)
        assert number(matching[0]["executions"]) == executions, (function, matching, executions)
        assert number(matching[0]["instructions"]) == instructions
    (all_of_it,) = db.execute("SELECT instructions FROM run WHERE id = ?", (run,)).fetchone()
    for row in rows:
        assert abs(float(row["share"]) - number(row["executions"]) / all_of_it) < 1e-12


def check_instructions(function, rows):
    wanted = {}
    for address, outcome, count in db.execute(
        "SELECT module_address, outcome, count(*) FROM experiments WHERE function = ? "
        "GROUP BY 1, 2",
        (function,),
    ):
        wanted[address, outcome] = count
    for row in rows:
        address = int(row["address"], 16)
        (executions,) = db.execute(
            "SELECT executions FROM instructions WHERE run = ? AND function = ? AND address = ?",
            (run, function, address),
        ).fetchone()
        assert number(row["executions"]) == executions
        for outcome in ("masked", "detected", "sdc", "due"):
            assert number(row[outcome]) == wanted.pop((address, outcome), 0), (function, row)
    assert not [place for place in wanted if place[1] in ("masked", "detected", "sdc", "due")], wanted


def check_marks(rows):
    """Marked are the fewest that have half of the failures, and those equal to the last."""
    failed = sorted((number(r["sdc"]) + number(r["due"]) for r in rows), reverse=True)
    least, part = 0, 0
    for least in failed:
        part += least
        if 2 * part >= sum(failed):
            break
    for row in rows:
        marked = sum(failed) > 0 and number(row["sdc"]) + number(row["due"]) >= least
        assert number(row["marked"]) == marked, (row, least)


functions = [
    name
    for name, in db.execute(
        "SELECT function FROM by_function WHERE results > 0 AND function IS NOT NULL "
        "ORDER BY results DESC LIMIT 8"
    )
]
assert len(functions) >= 2, functions
for name in functions:
    lines = list(csv.DictReader(annotated(name, "--lines", "--csv").splitlines()))
    check_lines(name, lines)
    check_marks(lines)
    instructions = list(csv.DictReader(annotated(name, "--csv").splitlines()))
    check_instructions(name, instructions)
    check_marks(instructions)
    objects = json.loads(annotated(name, "--json"))
    assert [o["address"] for o in objects] == [r["address"] for r in instructions]
    for line in annotated(name).splitlines():
        assert len(line) <= 80, line
