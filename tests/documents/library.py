#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compile the C of a document against the library, run it, and compare what it reads.

    library.py SOURCE-FOLDER BUILD-FOLDER DOCUMENT

The document's blocks of C are the body of one program, in their order: a later one may use what
an earlier one made.  What the last one prints are the columns that it asks for, of the view that
it names, as `upset show --csv` has them.
"""
import csv
import os
import re
import subprocess
import sys
import tempfile

AROUND = """#include <stdio.h>
#include <upset/upset.h>

static int count(void *context, const struct upset_campaign_experiment *experiment)
{
        (void)context;
        return experiment == NULL;
}

int main(void)
{
%s
        return error.code != 0;
}
"""


def blocks_of_c(text):
    return re.findall(r"^```c\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def run(command, folder, **variables):
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=300, check=False,
                          env=dict(os.environ, HOME=folder, LC_ALL="C.UTF-8", **variables))
    said = done.stderr.decode(errors="replace")
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit status {done.returncode}:\n{said}")
    return done.stdout.decode(), said


def wanted(block, upset, study, folder):
    """The lines that the block is to print: all columns that it finds, of all rows."""
    view = re.search(r'upset_study_read\(\w+, "([^"]*)"', block)
    columns = re.findall(r'upset_rows_find\(\w+, "([^"]*)"', block)
    if view is None or not columns:
        sys.exit("the last block reads no view and no columns")
    text, _ = run([upset, "show", "--csv", study, view.group(1)], folder)
    rows = list(csv.DictReader(text.splitlines()))
    if not rows:
        sys.exit(f"view {view.group(1)} has no rows")
    unknown = [column for column in columns if column not in rows[0]]
    if unknown:
        sys.exit(f"view {view.group(1)} has no column {unknown[0]}")
    return [" ".join(row[column] for column in columns) for row in rows]


def main(source, build, document):
    with open(document, encoding="utf-8") as file:
        blocks = blocks_of_c(file.read())
    if len(blocks) < 2:
        sys.exit(f"{document} has {len(blocks)} blocks of C")
    with tempfile.TemporaryDirectory(prefix="upset-library-") as folder:
        os.symlink(os.path.join(build, "guests"), os.path.join(folder, "guests"))
        with open(os.path.join(folder, "input"), "w", encoding="utf-8") as file:
            file.writelines(f"{n}\n" for n in range(100))
        with open(os.path.join(folder, "blocks.c"), "w", encoding="utf-8") as file:
            file.write(AROUND % "\n".join(blocks))
        library = os.path.join(build, "api")
        run(["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-o", "blocks", "blocks.c",
             f"-I{source}/include", f"-L{library}", "-lupset"], folder)
        printed, said = run(["./blocks"], folder, LD_LIBRARY_PATH=library)
        study = re.search(r'upset_study_open\(&\w+, "([^"]*)"', blocks[-1]).group(1)
        lines = wanted(blocks[-1], os.path.join(build, "upset"), study, folder)
    if said or printed.splitlines() != lines:
        sys.exit(f"{document}: its program says {said!r} and prints\n{printed}not\n" + "\n".join(lines))
    print(f"{len(blocks)} blocks of C in {document} do what it says")


if __name__ == "__main__":
    main(*(os.path.abspath(argument) for argument in sys.argv[1:]))
