#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compare operand rows with the registers that QEMU's code for whole programs reads and writes.

Usage: test_ops.py SET QEMU UPSET QEMU-SOURCE DISASSEMBLE GUESTS ROOT

Programs are the examples in GUESTS, compiled for the set, and Debian's in ROOT (see setup/root.sh);
those that are there.  Every different instruction that they execute is
compared.  KNOWN lists what differs and is right, with the reason; all else is an error.
What modes and sticky bits of floating point (fpcr, fcsr), x87 registers and the direction flag are
used for is inside of functions and not compared.
Skipped (77) where there is no such QEMU, or no program at all.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict

import ops

X_NAMES = ("ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 "
           "t4 t5 t6").split()
F_NAMES = ("ft0 ft1 ft2 ft3 ft4 ft5 ft6 ft7 fs0 fs1 fa0 fa1 fa2 fa3 fa4 fa5 fa6 fa7 fs2 fs3 fs4 "
           "fs5 fs6 fs7 fs8 fs9 fs10 fs11 ft8 ft9 ft10 ft11").split()


class Machine:
    """Where an instruction set's registers are in QEMU's operations."""

    vector, vectors, vector_bits = None, 0, 0
    stride, base = 1, 0 # of the state: bytes from one to the next, where they begin
    flags = {}
    # Functions that are given addresses of vector registers: those that change none of them, and
    # those that read the first, too, which they change.
    source_only = first_read = re.compile(r"$.")
    # What functions read and write but for their arguments: all that may change any register, as
    # they are declared, and those that access memory, which is the program's.
    functions = []

    def __init__(self):
        self.bits = {name: self.word for name in self.globals.values()}
        self.bits.update(dict.fromkeys(self.flags.values(), 1), memory=1)
        self.registers = self.bits.keys() | {f"{self.vector}{n}" for n in range(self.vectors)}

    def vector_at(self, offset):
        n, at = divmod(offset - self.base, self.stride)
        if self.base and 0 <= n < self.vectors and at < self.vector_bits // 8:
            return f"{self.vector}{n}", at
        return None, 0

    def is_source_only(self, function):
        return self.source_only.match(function)

    def reads_first(self, function):
        return self.first_read.match(function)

    def of_function(self, function):
        """What it reads and writes; None: it is not in the table."""
        for pattern, reads, writes in self.functions:
            if re.fullmatch(pattern, function):
                return reads.split(), writes.split()
        return None


class AArch64(Machine):
    compiler, word = "aarch64-linux-gnu-gcc", 64
    vector, vectors, vector_bits, stride = "v", 32, 128, 256
    flags = {"NF": "n", "ZF": "z", "CF": "c", "VF": "v"}
    globals = {**{f"x{n}": f"x{n}" for n in range(30)}, "lr": "x30", "sp": "sp", **flags}
    first_read = re.compile(r"crypto_(aes[ed]|sha)|"
                            r"gvec_(f?ml|[su]dot|[su]ml|fcmla|[us]r?sra|s[rl]i)")
    functions = [(r"[gs]et_cp_reg(64)?|msr_i_\w+", "", ""),
                 (r"(vfp|advsimd|neon)_\w+", "", ""), ("dc_zva", "", "memory")]


class RiscV(Machine):
    compiler, word = "riscv64-linux-gnu-gcc", 64
    globals = {**{f"x{n + 1}/{name}": name for n, name in enumerate(X_NAMES)},
               **{f"f{n}/{name}": name for n, name in enumerate(F_NAMES)}}
    functions = [(r"csr\w+|set_rounding_mode\w*", "", "")]


class I386(Machine):
    compiler, word = "i686-linux-gnu-gcc", 32
    vector, vectors, vector_bits, stride = "ymm", 8, 256, 64
    # Flags are computed when something needs them: of what is kept for that.
    flags = {"cc_dst": "flags", "cc_src": "flags", "cc_src2": "flags"}
    globals = {**{name: name for name in "eax ecx edx ebx esp ebp esi edi".split()}, **flags}
    source_only = re.compile(r"u?comis[sd]|ptest|vtestp|pcmp[ei]str[im]|maskmov")
    functions = [(r"i?div[bw]_AL", "eax", "eax"), (r"i?div[wlq]_EAX", "eax edx", "eax edx"),
                 ("cpuid", "eax ecx", "eax ecx ebx edx"), ("rdtsc", "", "eax edx"),
                 ("rdtscp", "", "eax ecx edx"), ("pcmpistri_xmm", "", "ecx"),
                 ("pcmpestri_xmm", "eax edx", "ecx"),
                 (r"fldt_ST0|fldenv|frstor|fxrstor|xrstor", "memory", ""),
                 (r"fstt_ST0|fstenv|fsave|fxsave", "", "memory"), (r"xsave\w*", "memory", "memory"),
                 (r"fu?comi_ST0_FT0|write_eflags", "", "flags"), ("read_eflags", "flags", ""),
                 (r"f\w+|emms|enter_mmx", "", ""), # of x87
                 (r"\w+_([xy]mm|mmx)|sha\w+|u?comis[sd]|cvt\w+", "", ""),
                 (r"(add|sub|mul|div|min|max|sqrt)[sp][sd]", "", ""),
                 (r"load_seg|ldmxcsr|update_mxcsr", "", "")]


class X86(I386):
    compiler, word, vectors = "gcc", 64, 16
    globals = {**{name: name for name in "rax rcx rdx rbx rsp rbp rsi rdi".split()},
               **{f"r{n}": f"r{n}" for n in range(8, 16)}, **I386.flags}

    def of_function(self, function):
        known = super().of_function(function)
        return known and tuple([re.sub("^e", "r", name) for name in some] for some in known)


MACHINES = {"aarch64": AArch64, "riscv64": RiscV, "i386": I386, "x86-64": X86}

# Differences that are right: of which sets, texts, differences, and why.
KNOWN = [
    ("aarch64", r"tb[lx] .*", r"read of v\d+ only in rows",
     "the registers of the table are named by a number that the function is given"),
    ("aarch64", r"st.*", r"read of more than the rows' part of v\d+",
     "a load from the state of 64 bits is stored to memory in part"),
    ("aarch64|riscv64", r"(stl?xr|stl?xp|sc\.).*", "read of memory only in operations",
     "memory is compared with what was loaded from there, which a processor does otherwise"),
    ("aarch64", r"(eor|bic) (v\d+\.16b), (v\d+\.16b), \3", r"read of v\d+ only in rows",
     "the result is known; rows have no such idiom for AArch64"),
    ("riscv64", r"mv (\w+),\1", r"(read|write) of \w+ only in rows", "nothing is left to do"),
    ("i386|x86-64", r"\w+ [abcd]h\b.*", r"write of more than the rows' part of [er][abcd]x",
     "the register is put together of the rest and of this part"),
    ("i386|x86-64", r"(mov|set\w+) [abcd]h\b.*", r"read of [er][abcd]x only in operations",
     "the register is put together of the rest and of this part"),
    ("i386|x86-64", r"(lock )?(inc|dec|bt[src]?|ro[lr]|cmpxchg8b|cmpxchg16b) .*",
     "read of flags only in operations",
     "those that stay as they are have to be computed"),
    ("i386|x86-64", r"(j|cmov|set)\w+ .*", "write of flags only in operations",
     "they stay as they are, and are kept in another form"),
    ("i386|x86-64", r"v?pcmpeq\w (\wmm\d+), \1(, \1)?", r"read of ymm\d+ only in operations",
     "the result is known; rows have it as an idiom"),
    ("i386|x86-64", "vzeroupper", r"write of ymm\d+ only in operations",
     "rows leave halves out that compilers consider dead"),
]


class Rows:
    """Operand rows: of each register that they name which bits are read and written."""

    def __init__(self, text):
        self.reads, self.writes, self.extends = Counter(), Counter(), set()
        for word in text.split():
            _, access, name, *width = word.split(":")
            into = self.reads if access == "r" else self.writes
            if not width: # flags, a letter each; all but the direction are also one
                into.update(dict.fromkeys(name, 1))
                into["flags"] |= name != "d"
            elif re.fullmatch(r"m\d", name):
                into["memory"] = 1
            else:
                bits, offset = re.match(r"(\d+)(?:\+(\d+))?", width[0]).groups()
                into[name] |= (1 << int(bits)) - 1 << int(offset or 0)
                if "z" in width[0]:
                    self.extends.add(name)


def with_functions(machine, access):
    """What the functions do that it calls; those that are unknown."""
    for name, changes_all in access.functions.items():
        reads, writes = machine.of_function(name) or ((), ())
        if machine.of_function(name) is None and changes_all:
            yield f"call of {name}, of which nothing is known"
        access.reads.update(reads)
        for register in writes:
            access.write(register, (1 << machine.bits[register]) - 1)


def differences(machine, access, rows):
    """Sentences, each "read|write of REGISTER only in rows|operations" or the like."""
    reads = {r for r in machine.registers if rows.reads[r]}
    writes = {r for r in machine.registers if rows.writes[r]}
    yield from (f"read of {r} only in operations" for r in access.reads - reads)
    yield from (f"write of {r} only in operations" for r in access.writes.keys() - writes)
    yield from (f"write of {r} only in rows" for r in writes - access.writes.keys())
    for r in reads - access.reads - access.unsure:
        if not rows.writes[r] & ~access.writes.get(r, -1): # else some of it stays
            yield f"read of {r} only in rows"
    for r, bits in access.writes.items():
        if rows.writes[r] and bits & ~rows.writes[r] and r not in rows.extends:
            yield f"write of more than the rows' part of {r}"
        if bits and rows.writes[r] & ~bits and not rows.reads[r] and r not in access.unsure:
            yield f"write of less than the rows' part of {r}"
    for r, bits in access.loaded.items():
        if rows.reads[r] and bits & ~rows.reads[r]:
            yield f"read of more than the rows' part of {r}"


def find_vectors(machine, insns):
    """Set where in the state vector registers begin: what most of those instructions that name one
    register alone agree on."""
    votes = defaultdict(set)
    for _, _, lines, (_, _, rows) in insns:
        names = set(re.findall(rf"\b{machine.vector}(\d+):", rows))
        if len(names) == 1:
            n = int(names.pop())
            for offset in re.findall(r",env,\$0x([0-9a-f]{1,8})\b", "\n".join(lines)):
                votes[int(offset, 16) - machine.stride * n].add(n)
    if votes:
        machine.base = max(votes, key=lambda base: (len(votes[base]), -base))


def decode(isa, disassemble, insns):
    """Adds (text, classes, rows) to each."""
    output = subprocess.run([disassemble, isa, "rows"], text=True, capture_output=True, check=True,
                            input="".join(f"{at} {code.hex()}\n" for at, code, _ in insns)).stdout
    for (at, code, lines), line in zip(insns, output.splitlines(), strict=True):
        size, _, rest = line.partition(" ")
        parts = tuple(rest.split("|")) if int(size) == len(code) else ("?", "", "")
        yield at, code, lines, parts


def is_known(isa, text, difference):
    return any(re.fullmatch(sets, isa) and re.fullmatch(texts, text) and
               re.fullmatch(known, difference) for sets, texts, known, _ in KNOWN)


def differ(isa, machine, access, text, rows):
    return [d for d in differences(machine, access, rows) if not is_known(isa, text, d)]


def compare(isa, insns, results):
    """What differs, as (difference, bytes, text, rows, operations), and of rows that are left out
    on purpose how many there were and how many were noticed."""
    machine = MACHINES[isa]()
    if machine.vector:
        find_vectors(machine, insns)
    reader = ops.Reader(machine, results)
    found, left_out = [], [0, 0]
    for number, (_, code, lines, (text, classes, rows)) in enumerate(insns):
        if "syscall" in classes or "trap" in classes: # the kernel does it
            continue
        access = reader.access(lines)
        said = ["no instruction for us"] if text == "?" else list(with_functions(machine, access))
        for difference in said + differ(isa, machine, access, text, Rows(rows)):
            found.append((difference, code, text, rows, lines))
        if number % 10 == 0:
            leave_out(isa, machine, access, text, rows, left_out)
    return found, left_out


def leave_out(isa, machine, access, text, rows, counts):
    """Each register of the rows in turn."""
    for kind in ("reads", "writes"):
        for register in getattr(Rows(rows), kind).keys() & machine.registers:
            less = Rows(rows)
            del getattr(less, kind)[register]
            counts[0] += 1
            counts[1] += bool(differ(isa, machine, access, text, less))


def programs(isa, guests, root, scratch):
    """Command lines of whole programs, each for a log of its own."""
    machine = MACHINES[isa]
    text = scratch / "input"
    text.write_text("\n".join(map(str, range(3000))))
    for name, argument in (("aes", "3"), ("md5", text), ("nbody", "20")):
        if shutil.which(machine.compiler):
            subprocess.run([machine.compiler, "-O2", "-static", "-o", scratch / name,
                            guests / f"{name}.c", "-lm"], check=True)
            yield [], [scratch / name, argument]
    key = ["-K", "00112233445566778899aabbccddeeff", "-iv", "ffeeddccbbaa99887766554433221100"]
    statement = "SELECT printf('%.15g', sum(sqrt(value) / 7)) FROM json_each('[1,2,3.5,4e10]')"
    for name, *arguments in (("bzip2", "-c", text), ("sqlite3", ":memory:", statement),
                             ("openssl", "dgst", "-sha256", text),
                             ("openssl", "dgst", "-sha512", text),
                             ("openssl", "enc", "-aes-128-cbc", *key, "-in", text),
                             ("openssl", "genpkey", "-algorithm", "ED25519")):
        program = root / "bin" / name
        if program.exists():
            yield ["-L", root], [program, *arguments]


def executed(isa, qemu, cpu, guests, root, scratch):
    """Every different instruction of what they execute, as (address, bytes, operations)."""
    insns = {}
    log = scratch / "log"
    for options, command in programs(isa, guests, root, scratch):
        options += ["-seed", "1", "-cpu", cpu, "-d", "op,in_asm,nochain", "-D", log]
        subprocess.run([qemu, *options, *command], check=True, stdout=subprocess.DEVNULL)
        for at, code, lines in ops.instructions(log):
            insns.setdefault(code, (at, code, lines))
    return list(insns.values())


def processor(isa, upset):
    """QEMU's words for the processor that upset has it emulate."""
    lines = subprocess.run([upset, "doctor"], stdout=subprocess.PIPE, text=True).stdout
    return re.search(f"^emulated processor for {isa}: (.*)$", lines, re.M)[1]


def report(found):
    """One of each kind of instruction and difference."""
    kinds = {}
    for one in found:
        kinds.setdefault((re.sub(r"\d", "", one[0]), one[2].split(" ")[0]), []).append(one)
    for kind in sorted(kinds):
        difference, code, text, rows, lines = kinds[kind][0]
        print(f"{len(kinds[kind])} times: {difference}: {text} ({code.hex()})", f"  rows {rows}",
              *lines, sep="\n")


def main():
    isa, qemu, upset, source, disassemble, *folders = sys.argv[1:]
    guests, root = map(pathlib.Path, folders)
    if not pathlib.Path(qemu).exists() or not pathlib.Path(source).exists():
        print(f"skipped: there is no {qemu}, see doc/building.md")
        return 77
    with tempfile.TemporaryDirectory() as scratch:
        insns = executed(isa, qemu, processor(isa, upset), guests, root,
                         pathlib.Path(scratch))
    if not insns:
        print(f"skipped: no programs for {isa}, see setup/root.sh")
        return 77
    found, (left_out, noticed) = compare(isa, list(decode(isa, disassemble, insns)),
                                         ops.count_results(pathlib.Path(source)))
    print(f"{len(insns)} different instructions, {len(found)} differences; "
          f"of {left_out} rows left out {noticed} noticed")
    report(found)
    return 1 if found or noticed < 0.99 * left_out else 0


sys.exit(main())
