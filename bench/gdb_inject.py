#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What many injectors are: a script that makes experiments with a debugger.

For each fault of a list, `flip:BIT REGISTER @ pc=ADDRESS #HIT`, the program is
started under gdb, runs to a breakpoint that is ignored HIT - 1 times, gets the
fault and runs on.  Prints a line for each: the fault, outcome, how it ended, exit
status or signal, and the register before and after, with tabs between them.
Addresses must be those at run time: for programs that are not relocated.

usage: gdb_inject.py [-j JOBS] [--time FILE] LIST PROGRAM [ARGUMENT]...
"""
import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile
import time

FAULT = re.compile(r"flip:(\d+) (r\w+) @ pc=(0x[0-9a-f]+) #(\d+)")
HANG_FACTOR, HANG_MORE = 10, 1.0  # as doc/outcomes.md defines it
SECONDS_PER_HIT = 0.005  # what a breakpoint that is ignored may take at most

# The environment is not to differ: it moves the stack.
BEFORE = """
set pagination off
set language c
set startup-with-shell off
set disable-randomization on
unset environment LINES
unset environment COLUMNS
handle all nostop noprint pass
set logging file {log}
set logging redirect on
set logging enabled on
"""
INJECT = """
break *{address}
ignore 1 {ignored}
run
if $_isvoid($_exitcode) && $_isvoid($_exitsignal)
  printf "old 0x%016lx\\n", (unsigned long)${register}
  set var ${register} = (unsigned long)${register} ^ (1UL << {bit})
  printf "new 0x%016lx\\n", (unsigned long)${register}
  delete
  continue
end
"""
AFTER = """
if !$_isvoid($_exitcode)
  printf "exited %d\\n", $_exitcode
else
  if !$_isvoid($_exitsignal)
    printf "signaled %d\\n", $_exitsignal
  end
end
"""


class Run:
    """A run of the program under gdb, and what came of it."""

    def __init__(self, command, commands, limit=None):
        with tempfile.TemporaryDirectory(prefix="upset-gdb-") as folder:
            self._run(command, commands, limit, folder)

    def _run(self, command, commands, limit, folder):
        log, script = os.path.join(folder, "log"), os.path.join(folder, "script")
        with open(script, "w", encoding="ascii") as file:
            file.write(BEFORE.format(log=log) + commands + AFTER)
        with open(os.path.join(folder, "out"), "w+b") as out, \
                open(os.path.join(folder, "err"), "w+b") as err:
            start = time.monotonic()
            self.hung = False
            try:
                subprocess.run(["gdb", "-nx", "-batch", "-x", script, "--args", *command],
                    stdin=subprocess.DEVNULL, stdout=out, stderr=err, timeout=limit,
                    env=dict(sorted(os.environ.items())), check=False)
            except subprocess.TimeoutExpired:
                self.hung = True
            self.seconds = time.monotonic() - start
            out.seek(0)
            err.seek(0)
            self.out, self.err = out.read(), err.read()
        with open(log, encoding="utf-8", errors="replace") as file:
            text = file.read()
        told = dict(re.findall(r"^(old|new|exited|signaled) (\S+)$", text, re.MULTILINE))
        self.old, self.new = told.get("old", ""), told.get("new", "")
        if self.hung:
            self.end, self.status = "hung", ""
        elif "exited" in told:
            self.end, self.status = "exited", told["exited"]
        elif "signaled" in told:
            self.end, self.status = "signaled", told["signaled"]
        else:
            sys.exit(f"gdb_inject.py: {command[0]} did not end under gdb:\n{text}"
                f"{self.err.decode(errors='replace')}")


def outcome(golden, run):
    """The outcomes of doc/outcomes.md."""
    if not run.new:
        return "not-injected"
    if run.end == "hung" or (run.end, run.status) != (golden.end, golden.status):
        return "due"
    return "masked" if (run.out, run.err) == (golden.out, golden.err) else "sdc"


def inject(fault, golden, command):
    """Make one experiment; the line that tells of it."""
    bit, register, address, hit = FAULT.fullmatch(fault).groups()
    limit = HANG_FACTOR * golden.seconds + HANG_MORE + int(hit) * SECONDS_PER_HIT
    run = Run(command, INJECT.format(
        address=address, ignored=int(hit) - 1, register=register, bit=bit), limit)
    if run.new and int(run.old, 16) ^ int(run.new, 16) != 1 << int(bit):
        sys.exit(f"gdb_inject.py: {fault}: gdb wrote {run.new} over {run.old}")
    return "\t".join([fault, outcome(golden, run), run.end, run.status, run.old, run.new])


def main():
    """Make all of them; the time counts from the first one."""
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("-j", type=int, default=1, dest="jobs")
    parser.add_argument("--time")
    parser.add_argument("list")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    with open(options.list, encoding="ascii") as file:
        faults = file.read().splitlines()
    for fault in faults:
        if not FAULT.fullmatch(fault):
            sys.exit(f"gdb_inject.py: no fault that this script can make: {fault}")
    golden = Run(options.command, "run\n")
    start = time.monotonic_ns()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for line in pool.map(lambda fault: inject(fault, golden, options.command), faults):
            print(line)
    if options.time:
        with open(options.time, "w", encoding="ascii") as file:
            print(time.monotonic_ns() - start, file=file)


main()
