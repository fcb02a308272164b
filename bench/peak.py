#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Run a command and write to a file the largest resident sizes, in KiB, of the
command itself, and of the emulator that copies itself: of processes below it, the
one that is number 2 of its process namespace and has children.

usage: peak.py FILE PROGRAM [ARGUMENT]...
"""
import os
import re
import subprocess
import sys

EVERY_SECONDS = 0.02
FIELDS = re.compile(r"^(PPid|NSpid|VmHWM):\s*(.*)$", re.MULTILINE)


def look_at_processes():
    """What /proc says of all processes, by number."""
    found = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/status", encoding="ascii", errors="replace") as file:
                found[int(entry)] = dict(FIELDS.findall(file.read()))
        except OSError:
            pass  # it has ended
    return found


def is_below(processes, pid, root):
    """Whether @pid descends from @root."""
    while pid in processes and pid != root:
        pid = int(processes[pid]["PPid"])
    return pid == root


def resident(process):
    """Its largest size so far; what has ended has none."""
    return int(process.get("VmHWM", "0 kB").split()[0])


def main():
    """Look at it until it ends."""
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    itself = carrier = 0
    with subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL) as command:
        while True:
            processes = look_at_processes()
            itself = max(itself, resident(processes.get(command.pid, {})))
            for parent in {int(p["PPid"]) for p in processes.values()} & processes.keys():
                if processes[parent]["NSpid"].split()[1:] == ["2"] and \
                        is_below(processes, parent, command.pid):
                    carrier = max(carrier, resident(processes[parent]))
            try:
                command.wait(EVERY_SECONDS)
                break
            except subprocess.TimeoutExpired:
                pass
    with open(sys.argv[1], "w", encoding="ascii") as file:
        print(itself, carrier, file=file)
    sys.exit(command.returncode)


main()
