#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compare lengths and texts of instructions with those of binutils' objdump.

Usage: objdump.py DISASSEMBLE

All instructions of Debian's C library for RISC-V, and all encodings of 16 bits.
Skipped (77) where objdump or the library is not installed.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

OBJDUMP = "riscv64-linux-gnu-objdump"
LIBRARY = "/usr/riscv64-linux-gnu/lib/libc.so.6"
RESERVED = {bytes.fromhex("0161")}  # c.addi16sp sp,0, which objdump does not mind
# Versions before 2.41 call instructions with an immediate as those without.
SHORTENED = {"addi", "addiw", "andi", "ori", "xori", "slli", "slliw", "srli", "srliw", "srai",
             "sraiw", "slti", "sltiu", "rori", "roriw", "bseti", "bclri", "binvi", "bexti",
             "csrwi", "csrsi", "csrci", "csrrwi", "csrrsi", "csrrci"}


def listed(*arguments):
    """What objdump says: address, bytes as a number, text; without symbols and comments."""
    output = subprocess.run([OBJDUMP, *arguments], capture_output=True, text=True, check=True)
    for address, word, text in re.findall(r"^ *([0-9a-f]+):\t([0-9a-f]+) *\t(.*)$", output.stdout,
                                          re.MULTILINE):
        text = re.sub(r"\s*(<[^>]*>.*|#.*)$", "", text).replace("\t", " ")
        if re.match(r"(b\w+|j|jal) ", text):
            text = re.sub(r"\b([0-9a-f]+)$", r"0x\1", text)
        yield address, bytes.fromhex(word)[::-1], text


def is_same(theirs, ours):
    name, _, rest = ours.partition(" ")
    if theirs == ours:
        return True
    if name in SHORTENED and theirs == re.sub("i(w?)$", r"\1", name) + " " + rest:
        return True
    # Hints, of which short ones have names of their own: what computes into x0, shifts by or adds 0.
    return theirs.startswith("c.") or re.fullmatch(r"addi? (\w+),\1,0", theirs) is not None


def compare(what, disassemble, *arguments):
    """The number of instructions, of which those that are unknown to objdump do not count."""
    every = [line for line in listed(*arguments)
             if not line[2].startswith(".") and line[1] not in RESERVED]
    known = {line[1:]: line for line in every}.values()  # targets are part of texts
    lines = "".join(f"{address} {code.hex()}\n" for address, code, _ in known)
    output = subprocess.run([disassemble, "riscv64"], input=lines, capture_output=True, text=True, check=True)
    wrong = 0
    for (address, code, theirs), line in zip(known, output.stdout.splitlines(), strict=True):
        size, _, ours = line.partition(" ")
        if int(size) != len(code) or not is_same(theirs, ours):
            wrong += 1
            if wrong <= 10:
                print(f"{what}: {address}: {code.hex()}: objdump says {theirs}, we say {ours}")
    print(f"{what}: {len(every)} instructions, {len(known)} of them different, {wrong} wrong")
    return len(every), wrong


def short_encodings(path):
    with open(path, "wb") as file:
        for word in range(1 << 16):
            if word & 3 != 3:
                file.write(word.to_bytes(2, "little"))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if not shutil.which(OBJDUMP) or not os.path.exists(LIBRARY):
        print(f"skipped: needs {OBJDUMP} and {LIBRARY}, see setup/packages.list")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        short = os.path.join(folder, "short")
        short_encodings(short)
        results = [compare(LIBRARY, sys.argv[1], "-d", LIBRARY),
                   compare("all of 16 bits", sys.argv[1], "-D", "-b", "binary", "-m", "riscv:rv64",
                           short)]
    return int(any(wrong for _, wrong in results) or results[0][0] < 100000)


if __name__ == "__main__":
    sys.exit(main())
