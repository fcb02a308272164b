# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads folders of CSV and JSON as other programs do: tables.py STUDY CSV-FOLDER JSON-FOLDER

Both have the same rows, as many as the study has.
"""

import csv
import glob
import json
import os
import sqlite3
import sys

study, csv_folder, json_folder = sys.argv[1:]
db = sqlite3.connect(study)


def rows_of(view, owner):
    """How many rows the study has: of the owner's run or campaign, or all."""
    relation = {"run": "runs", "campaign": "campaigns"}.get(view, view.replace("-", "_"))
    columns = [c[1] for c in db.execute(f'PRAGMA table_info("{relation}")')]
    if view in ("runs", "campaigns"):
        return db.execute(f'SELECT count(*) FROM "{relation}"').fetchone()[0]
    column = "campaign" if "campaign" in columns and view not in RUN_VIEWS else "run"
    query = f'SELECT count(*) FROM "{relation}" WHERE {column} = ?'
    return db.execute(query, (owner[column],)).fetchone()[0]


RUN_VIEWS = set(
    "run registers instructions operands blocks functions memory threads syscalls signals "
    "files environment modules".split()
)


def read_csv(path):
    # Names are written byte for byte: surrogates keep what is no UTF-8.
    with open(path, newline="", encoding="utf-8", errors="surrogateescape") as file:
        rows = list(csv.reader(file))
    assert all(len(row) == len(rows[0]) for row in rows), path
    return [dict(zip(rows[0], row)) for row in rows[1:]]


def same(cell, value):
    """Whether a cell of CSV is what JSON has."""
    if value is None:
        return cell == ""
    if isinstance(value, list):
        return cell == " ".join(map(str, value))
    if isinstance(value, str):
        return cell.encode(errors="surrogateescape").decode(errors="replace") == value
    return float(cell) == float(value)


owner = {}
for path in sorted(glob.glob(csv_folder + "/*.csv")):
    view = os.path.basename(path)[: -len(".csv")]
    if view in ("run", "campaign"):
        owner[view] = int(read_csv(path)[0][view])
compared = 0
for path in sorted(glob.glob(csv_folder + "/*.csv")):
    view = os.path.basename(path)[: -len(".csv")]
    tables = read_csv(path)
    with open(f"{json_folder}/{view}.json", encoding="utf-8") as file:
        objects = json.load(file)
    assert len(tables) == len(objects) == rows_of(view, owner), (view, len(tables), len(objects))
    for row, value in zip(tables, objects):
        assert list(row) == list(value), view
        for name in row:
            assert same(row[name], value[name]), (view, name, row[name], value[name])
    compared += len(tables)
assert compared > 0
