#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Run the commands of a document and compare what they print with what it shows.

    commands.py [--small] BUILD-FOLDER DOCUMENT [PREPARATION]

Commands are the lines of code blocks that begin with "$ ", up to one that does not end
with a backslash; in a block without such lines, those that begin with "build/upset".  What
follows them is what they print, of which "..." leaves something out.  Numbers may differ:
the lines must come in that order, the first one with the same words, the others with the
same first word and as many words.  With --small, campaigns make few experiments, and of tables by
what faults struck, which have other rows then, only the heading is compared.  PREPARATION is a shell script that makes what the document
takes for granted; all run in one new folder that has build/upset and guests/.
"""
import csv
import os
import re
import subprocess
import sys
import tempfile

SETUP = ("make", "git", "sudo", "apt-get")
SECONDS = 300
FEW = "-n 300"


def code_blocks(text):
    """The indented and fenced blocks of Markdown, as lists of lines with their numbers."""
    block, fenced = [], False
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("```"):
            if block:
                yield block
            block, fenced = [], not fenced
        elif fenced:
            block.append((number, line))
        elif line.startswith("    "):
            block.append((number, line[4:]))
        elif line.strip() or not block:
            if block:
                yield block
            block = []
        else:
            block.append((number, ""))
    if block:
        yield block


def steps(block):
    """(line number, command, lines that it prints) for each command of a block."""
    if not any(line.startswith("$ ") for _, line in block):
        for number, line in block:
            if line.startswith("build/upset"):
                yield number, line, None
        return
    found = []
    for number, line in block:
        if line.startswith("$ "):
            found.append([number, line[2:], []])
        elif found and found[-1][1].endswith("\\"):
            found[-1][1] += "\n" + line
        elif found:
            found[-1][2].append(line)
    yield from (tuple(step) for step in found)


def shape(line):
    """Its words; numbers with their units, and other words with digits, are alike."""
    line = re.sub(r"([\d.,]+) ?([kMG]?/s|ns|us|ms|s)\b", r"\1", line)
    return ["#" if re.search(r"\d", word) else word for word in line.split()]


def is_like(wanted, line, first):
    got = shape(line)
    if first:
        return got == wanted
    return len(got) == len(wanted) and got[0] == wanted[0]


def missing(shown, printed):
    """The first line shown that was not printed behind those before it; None: all were."""
    at = 0
    for number, line in enumerate(shown):
        wanted = shape(line)
        if not wanted or wanted == ["..."]:
            continue
        while at < len(printed) and not is_like(wanted, printed[at], number == 0):
            at += 1
        if at == len(printed):
            return line
        at += 1
    return None


def of_this_machine(command, shown, folder):
    """A replay of experiment N of a sample, which is another one with another compiler: of the
    first one with the outcome that is shown.  What is told behind its outcome is its own."""
    words = command.split()
    if words[1:2] != ["replay"]:
        return command, shown
    outcome = next(line for line in shown if line.startswith("outcome")).split()[1]
    rows = run(f"build/upset show {words[2]} experiments --csv", folder).stdout.decode()
    number = next(row["experiment"] for row in csv.DictReader(rows.splitlines())
                  if row["outcome"] == outcome)
    end = next(i for i, line in enumerate(shown) if line.startswith("latency"))
    return f"build/upset replay {words[2]} {number}", ["..."] + shown[:end + 1]


def made_small(command, shown):
    """The command with fewer experiments, and what of the lines is still so."""
    if "upset campaign " in command:
        command, count = re.subn(r"--margin \S+|-n \d+", FEW, command)
        if count == 0:
            command = command.replace("upset campaign ", f"upset campaign {FEW} ")
    return command, shown[:1] if shown and " by_" in command else shown


def run(command, folder):
    return subprocess.run(["sh", "-c", command], cwd=folder, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS,
                          env=dict(os.environ, HOME=folder, LC_ALL="C.UTF-8"), check=False)


def check(step, document, folder, small):
    """1 when the command was run, 0 when it sets the machine up; ends the test if it is wrong."""
    number, command, shown = step
    if command.split()[0] in SETUP:
        return 0
    command, shown = of_this_machine(command, shown, folder)
    if small:
        command, shown = made_small(command, shown)
    done = run(command, folder)
    text = done.stdout.decode(errors="replace")
    if done.returncode != 0:
        sys.exit(f"{document}:{number}: {command}: exit status {done.returncode}:\n{text}")
    line = missing(shown or [], text.split("\n"))
    if line is not None:
        sys.exit(f"{document}:{number}: {command}: no line like\n{line}\nin:\n{text}")
    return 1


def main(small, build, document, preparation=None):
    with open(document, encoding="utf-8") as file:
        blocks = list(code_blocks(file.read()))
    with tempfile.TemporaryDirectory(prefix="upset-documents-") as folder:
        os.symlink(build, os.path.join(folder, "build"))
        os.symlink(os.path.join(build, "guests"), os.path.join(folder, "guests"))
        if preparation is not None:
            prepared = run(f"set -e\n. '{preparation}'", folder)
            if prepared.returncode != 0:
                sys.exit(f"{preparation}: {prepared.stdout.decode(errors='replace')}")
        count = sum(check(step, document, folder, small) for block in blocks for step in steps(block))
    if count == 0:
        sys.exit(f"{document} has no commands")
    print(f"{count} commands of {document} do what it says")


if __name__ == "__main__":
    is_small = sys.argv[1] == "--small"
    words = sys.argv[2:] if is_small else sys.argv[1:]
    main(is_small, os.path.abspath(words[0]), *words[1:])
