#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compare lengths and texts of instructions with those of binutils' objdump.

Usage: objdump.py riscv64|aarch64 DISASSEMBLE ISA-FOLDER FILE.rows...

All instructions of Debian's C library for that instruction set, and encodings: for RISC-V all of
16 bits, for AArch64 some of each instruction of the files of rows.
Skipped (77) where objdump or the library is not installed.
"""
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile


class RiscV:
    name, prefix, machine, least = "riscv64", "riscv64-linux-gnu", "riscv:rv64", 100000
    reserved = {bytes.fromhex("0161")}  # c.addi16sp sp,0, which objdump does not mind
    # Versions before 2.41 call instructions with an immediate as those without.
    shortened = {"addi", "addiw", "andi", "ori", "xori", "slli", "slliw", "srli", "srliw", "srai",
                 "sraiw", "slti", "sltiu", "rori", "roriw", "bseti", "bclri", "binvi", "bexti",
                 "csrwi", "csrsi", "csrci", "csrrwi", "csrrsi", "csrrci"}

    @staticmethod
    def cleaned(text):
        text = re.sub(r"\s*(<[^>]*>.*|#.*)$", "", text)
        if re.match(r"(b\w+|j|jal) ", text):
            text = re.sub(r"\b([0-9a-f]+)$", r"0x\1", text)
        return text

    def is_same(self, theirs, ours):
        name, _, rest = ours.partition(" ")
        if theirs == ours:
            return True
        if name in self.shortened and theirs == re.sub("i(w?)$", r"\1", name) + " " + rest:
            return True
        # Hints, of which short ones have names of their own: what computes into x0, shifts by or
        # adds 0.
        return theirs.startswith("c.") or re.fullmatch(r"addi? (\w+),\1,0", theirs) is not None

    @staticmethod
    def encodings(_):
        for word in range(1 << 16):
            if word & 3 != 3:
                yield word.to_bytes(2, "little")


class AArch64:
    name, prefix, machine, least = "aarch64", "aarch64-linux-gnu", "aarch64", 100000
    reserved = set()
    each = 6  # encodings of an instruction

    @staticmethod
    def cleaned(text):
        text = re.sub(r"\s*(<[^>]*>.*|//.*)$", "", text)
        if re.match(r"(b|bl|b\.\w+|cbn?z|tbn?z|adrp?|ldr(sw)?|prfm) ", text) and "[" not in text:
            text = re.sub(r"\b([0-9a-f]+)$", r"0x\1", text)
        return text

    @staticmethod
    def is_same(theirs, ours):
        if theirs == ours:
            return True
        # What is off: vectors of any length and tags of memory, which the library looks for first.
        if ours == "":
            return re.match(r"(whilelo|ptrue|cntb|ld1b|st1b|st[z2]*g|ldg|irg|gmi|udf)\b|dc gz?va|"
                            r"mov z", theirs) is not None
        # Names of system registers are not all here, nor those of its bits there.
        return re.match(r"(mrs|msr) .*\bs[0-3]_", ours + theirs) is not None

    def encodings(self, file):
        random.seed(1)
        for name, _, code, *_ in file.insns:
            for _ in range(self.each):
                word = random.getrandbits(32) & ~code.mask | code.match
                yield word.to_bytes(4, "little")


def listed(isa, *arguments):
    """What objdump says: address, bytes as a number, text; without symbols and comments."""
    output = subprocess.run([isa.prefix + "-objdump", *arguments], capture_output=True, text=True,
                            check=True)
    for address, word, text in re.findall(r"^ *([0-9a-f]+):\t([0-9a-f]+) *\t(.*)$", output.stdout,
                                          re.MULTILINE):
        yield address, bytes.fromhex(word)[::-1], isa.cleaned(text.replace("\t", " "))


def compare(isa, what, disassemble, *arguments):
    """The number of instructions, of which those that are unknown to objdump do not count."""
    every = [line for line in listed(isa, *arguments)
             if not line[2].startswith(".") and line[1] not in isa.reserved]
    known = {line[1:]: line for line in every}.values()  # targets are part of texts
    lines = "".join(f"{address} {code.hex()}\n" for address, code, _ in known)
    output = subprocess.run([disassemble, isa.name], input=lines, capture_output=True, text=True,
                            check=True)
    wrong = 0
    for (address, code, theirs), line in zip(known, output.stdout.splitlines(), strict=True):
        size, _, ours = line.partition(" ")
        if int(size) not in (0, len(code)) or not isa.is_same(theirs, ours):
            wrong += 1
            if wrong <= 10 or "--all" in sys.argv:
                print(f"{what}: {address}: {code.hex()}: objdump says {theirs}, we say {ours}")
    print(f"{what}: {len(every)} instructions, {len(known)} of them different, {wrong} wrong")
    return len(every), wrong


def main():
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    isa = {"riscv64": RiscV, "aarch64": AArch64}[sys.argv[1]]()
    sys.path.insert(0, sys.argv[3])
    from rows import File  # pylint: disable=import-outside-toplevel
    library = f"/usr/{isa.prefix}/lib/libc.so.6"
    if not shutil.which(isa.prefix + "-objdump") or not os.path.exists(library):
        print(f"skipped: needs {isa.prefix}-objdump and {library}, see setup/packages.list")
        return 77
    with tempfile.NamedTemporaryFile() as encodings:
        for code in isa.encodings(File([p for p in sys.argv[4:] if p.endswith(".rows")])):
            encodings.write(code)
        encodings.flush()
        results = [compare(isa, library, sys.argv[2], "-d", library),
                   compare(isa, "encodings", sys.argv[2], "-D", "-b", "binary", "-m", isa.machine,
                           encodings.name)]
    return int(any(wrong for _, wrong in results) or results[0][0] < isa.least)


if __name__ == "__main__":
    sys.exit(main())
