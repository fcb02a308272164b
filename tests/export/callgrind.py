# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares a study's run with what was exported of it.

callgrind.py STUDY RUN EXPORTED: every line of EXPORTED, summed by object, function, file
and line, is what the study has, and the head's sums are those of all; so are calls, by
who calls whom from which line.
callgrind.py STUDY RUN ANNOTATED SOURCE: what callgrind_annotate prints of a source file is
what the study has of each of its lines, and of all.
"""

import collections
import re
import sqlite3
import sys

EVENTS = ["Ir", "Rr", "Rw", "Dr", "Dw"]
PLACES = ["m.path", "f.name", "s.path", "i.line"]


def text(value):
    return value if isinstance(value, bytes) else str(value or "").encode()


def escaped(name):
    name = re.sub(rb"[\x00-\x1f\x7f]", lambda c: b"\\x%02x" % c[0][0], name)
    if name.startswith(b" "):
        name = b"\\x20" + name[1:]
    return name or b"???"


def costs_of_study(study, run):
    """{(object, function, file, line): [costs]}, by SQL of its own."""
    db = sqlite3.connect(study)
    db.text_factory = bytes
    access = "(SELECT coalesce(sum(samples), 0) FROM operand o WHERE o.instruction = i.id "
    columns = ", ".join(
        f"sum({access} AND o.access = '{a}' AND o.resource {r} 56))"
        for a, r in [("r", "!="), ("w", "!="), ("r", "="), ("w", "=")]
    )
    query = (
        f"SELECT {', '.join(PLACES)}, sum(i.executions), {columns} FROM instruction i "
        "JOIN module m ON m.id = i.module LEFT JOIN function f ON f.id = i.function "
        "LEFT JOIN source s ON s.id = i.source WHERE i.run = ? GROUP BY 1, 2, 3, 4"
    )
    costs = {}
    for row in db.execute(query, (run,)):
        key = tuple(escaped(text(name)) for name in row[:3]) + (row[3] or 0,)
        before = costs.get(key, [0] * len(EVENTS))
        costs[key] = [a + b for a, b in zip(before, row[4:])]
    return costs


def calls_of_study(study, run):
    """{(object, function, line, object, function, line called): [calls, costs...]}."""
    db = sqlite3.connect(study)
    db.text_factory = bytes
    query = (
        "SELECT caller_module, caller, caller_line, module, function, line, sum(calls), "
        "sum(instructions), sum(register_reads), sum(register_writes), sum(loads), sum(stores) "
        "FROM calls WHERE run = ? AND caller_module IS NOT NULL "
        "AND entry IS NOT NULL AND calls > 0 GROUP BY 1, 2, 3, 4, 5, 6"
    )
    return {
        tuple(n or 0 if i % 3 == 2 else escaped(text(n)) for i, n in enumerate(row[:6])): list(row[6:])
        for row in db.execute(query, (run,))
    }


def read_exported(path):
    """Both of an exported file, with its summary, totals and addresses."""
    names, current, costs, lines, calls, called = {}, {}, {}, {}, {}, None
    kinds = {b"ob": "ob", b"fn": "fn", b"fl": "fl", b"fi": "fl", b"fe": "fl", b"cob": "ob",
             b"cfn": "fn", b"cfi": "fl"}
    in_head = True
    for line in open(path, "rb").read().split(b"\n"):
        if in_head or line.startswith((b"summary:", b"totals:")):
            key, _, value = line.partition(b": ")
            lines[key] = value
            in_head = in_head and key != b"events"
            continue
        if not line:
            continue
        keyword, equals, value = line.partition(b"=")
        if equals and keyword in kinds:
            kind = kinds[keyword]
            number, name = re.fullmatch(rb"\((\d+)\)(?: (.*))?", value, re.S).groups()
            assert (name is None) == ((kind, number) in names), line
            names.setdefault((kind, number), name)
            current["c" + kind if keyword.startswith(b"c") else kind] = names[kind, number]
            continue
        if keyword == b"calls":
            called = value.split(b" ")
            continue
        address, number, *values = line.split(b" ")
        assert re.fullmatch(rb"0x[0-9a-f]+", address), line
        if called is not None:
            key = (current["ob"], current["fn"], int(number), current["cob"], current["cfn"],
                   int(called[2]))
            assert len(values) == len(EVENTS), line
            before = calls.get(key, [0] * (1 + len(EVENTS)))
            calls[key] = [a + int(b) for a, b in zip(before, [called[0], *values])]
            called = None
            continue
        assert len(values) == len(EVENTS), line
        key = (current["ob"], current["fn"], current["fl"], int(number))
        before = costs.get(key, [0] * len(EVENTS))
        costs[key] = [a + int(b) for a, b in zip(before, values)]
    return costs, lines, calls


def sums(costs):
    return [sum(column) for column in zip(*costs.values())]


def compare_exported(study, run, path):
    wanted = costs_of_study(study, run)
    got, lines, calls = read_exported(path)
    wanted_calls = calls_of_study(study, run)
    for key in sorted(set(wanted_calls) | set(calls)):
        assert calls.get(key) == wanted_calls.get(key), (key, calls.get(key), wanted_calls.get(key))
    for key in sorted(set(wanted) | set(got)):
        assert got.get(key) == wanted.get(key), (key, got.get(key), wanted.get(key))
    all_of_it = " ".join(map(str, sums(wanted))).encode()
    assert lines[b"summary"].split() == all_of_it.split(), lines
    assert lines[b"totals"].split() == all_of_it.split(), lines
    assert lines[b"positions"] == b"instr line" and lines[b"version"] == b"1", lines
    assert lines[b"events"].decode().split() == EVENTS, lines
    assert len(got) > 0


def numbers(line):
    """The numbers at the beginning of a line of callgrind_annotate, and the rest."""
    match = re.match(r"\s*((?:(?:[\d,]+|\.)\s+){%d})(.*)" % len(EVENTS), line)
    if match is None:
        return None, line
    cells = [c.replace(",", "") for c in match.group(1).split()]
    return [0 if c == "." else int(c) for c in cells], match.group(2)


def compare_annotated(study, run, path, source):
    wanted = costs_of_study(study, run)
    output = open(path, encoding="utf-8", errors="replace").read().split("\n")
    totals = [numbers(line) for line in output if line.rstrip().endswith("PROGRAM TOTALS")]
    assert totals[0][0] == sums(wanted), (totals, sums(wanted))
    by_line = collections.defaultdict(lambda: [0] * len(EVENTS))
    for (_, _, file, line), costs in wanted.items():
        if file.decode() == source and line > 0:
            by_line[line] = [a + b for a, b in zip(by_line[line], costs)]
    start = next(
        i for i, line in enumerate(output) if "uto-annotated source: " in line and source in line
    )
    text_of = open(source, encoding="utf-8").read().split("\n")
    # All of the source is printed, so that its lines follow each other.
    at, compared = 1, 0
    for line in output[start + 1 :]:
        cells, rest = numbers(line)
        if cells is None or at > len(text_of) or rest.strip() != text_of[at - 1].strip():
            continue
        assert cells == by_line[at], (source, at, cells, by_line[at])
        compared += any(cells)
        at += 1
    executed = sum(1 for costs in by_line.values() if any(costs))
    assert compared == executed and executed > 20, (compared, executed, at)


if len(sys.argv) == 4:
    compare_exported(sys.argv[1], int(sys.argv[2]), sys.argv[3])
else:
    compare_annotated(sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4])
