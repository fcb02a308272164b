# SPDX-License-Identifier: GPL-2.0-or-later
# Inside GDB: steps the program of a stub to its end and compares what it sees with a study: how
# often each instruction is executed, which general registers and flags it reads and writes as its
# text says, which of them it changes, and each bit of the values of its rows.  Shares nothing with
# the engines but the study.  Wants the variables `study`, `stub` and `instruction_set`.
import re
import sqlite3

import gdb

A64_REGISTERS = ["x%d" % i for i in range(31)] + ["sp"]
RISCV_REGISTERS = ("ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 "
                   "t3 t4 t5 t6").split()
X86_REGISTERS = "eax ecx edx ebx esp ebp esi edi".split()
X86_FLAGS = {"cf": 0, "pf": 2, "af": 4, "zf": 6, "sf": 7, "of": 11}
# Which flags a condition depends on.
A64_CONDITIONS = {"eq": "z", "ne": "z", "cs": "c", "cc": "c", "mi": "n", "pl": "n", "vs": "v", "vc": "v", "hi": "cz",
                  "ls": "cz", "ge": "nv", "lt": "nv", "gt": "nzv", "le": "nzv", "al": ""}
X86_CONDITIONS = {"o": "o", "b": "c", "ae": "c", "e": "z", "ne": "z", "be": "cz", "a": "cz", "s": "s", "p": "p",
                  "l": "so", "ge": "so", "le": "zso", "g": "zso"}


class Roles:
    """What an instruction reads and writes, of registers and flags by their names in studies."""

    def __init__(self):
        self.reads, self.writes = set(), set()

    def both(self, names):
        self.reads |= names
        self.writes |= names


def arguments(text):
    """The mnemonic, and what is behind it apart at commas that no bracket holds."""
    mnemonic, _, rest = text.partition(" ")
    rest = re.sub(r"\s*(<[^>]*>|//.*|# .*)", "", rest)
    return mnemonic.strip(), [a.strip() for a in re.split(r",(?![^\[{]*[\]}])", rest.strip()) if a.strip()]


# --- A64 ---------------------------------------------------------------------------------------

def a64_names(text):
    names = set()
    for name in re.findall(r"\b(?:[xw]\d+|sp|wsp)\b", text):
        names.add("sp" if name.endswith("sp") else "x" + name[1:])
    return names


def a64_roles(text):
    roles, (mnemonic, args) = Roles(), arguments(text)
    memory = [a for a in args if a.startswith("[")]
    plain = [a for a in args if not a.startswith("[")]
    mnemonic, _, condition = mnemonic.partition(".")
    if mnemonic == "svc":
        roles.reads, roles.writes = {"x8"}, {"x0"}
    elif mnemonic in ("b", "bl"):
        roles.reads = set(A64_CONDITIONS[condition]) if condition else set()
        roles.writes = {"x30"} if mnemonic == "bl" else set()
    elif mnemonic in ("br", "blr", "ret", "cbz", "cbnz", "tbz", "tbnz"):
        roles.reads = a64_names(" ".join(args)) if mnemonic != "ret" or args else {"x30"}
        roles.writes = {"x30"} if mnemonic == "blr" else set()
    elif mnemonic in ("str", "stp"):
        roles.reads = a64_names(" ".join(args))
    elif mnemonic in ("ldr", "ldp"):
        targets = 2 if mnemonic == "ldp" else 1
        roles.writes = a64_names(" ".join(plain[:targets]))
        roles.reads = a64_names(" ".join(memory))
    elif mnemonic in ("cmp", "cmn", "tst"):
        roles.reads, roles.writes = a64_names(" ".join(args)), set("nzcv")
    elif mnemonic in ("mov", "add", "sub", "and", "orr", "lsl", "lsr", "ror", "adr", "adds", "subs"):
        roles.writes, roles.reads = a64_names(args[0]), a64_names(" ".join(args[1:]))
        if mnemonic.endswith("s"):
            roles.writes |= set("nzcv")
    else:
        return None
    if memory and (memory[0].endswith("!") or args.index(memory[0]) < len(args) - 1):
        roles.writes |= a64_names(memory[0])
    return roles


# --- RISC-V ------------------------------------------------------------------------------------

def riscv_names(text):
    found = re.findall(r"\b(?:zero|ra|sp|gp|tp|fp|[sat]\d+)\b", text)
    return {"s0" if name == "fp" else name for name in found} - {"zero"}


def riscv_roles(text):
    roles, (mnemonic, args) = Roles(), arguments(text)
    mnemonic = mnemonic[2:] if mnemonic.startswith("c.") else mnemonic
    if mnemonic == "ecall":
        roles.reads, roles.writes = {"a7"}, {"a0"}
    elif mnemonic == "ret":
        roles.reads = {"ra"}
    elif mnemonic in ("j", "jr") or re.fullmatch(r"b(eq|ne|lt|ge|le|gt)u?z?", mnemonic):
        roles.reads = riscv_names(" ".join(args))
    elif mnemonic in ("jal", "jalr"):
        names = [riscv_names(a) for a in args]
        short = len(args) == 1 or (mnemonic == "jalr" and "(" in args[0])
        roles.writes = {"ra"} if short else names[0]
        roles.reads = set() if mnemonic == "jal" else names[-1]
    elif mnemonic in ("sd", "sw", "sh", "sb"):
        roles.reads = riscv_names(" ".join(args))
    elif mnemonic in ("ld", "lw", "lui", "auipc", "li", "mv", "add", "addi", "addiw", "sub", "sll", "slli", "and", "andi",
                      "ror", "rori"):
        roles.writes, roles.reads = riscv_names(args[0]), riscv_names(" ".join(args[1:]))
    else:
        return None
    return roles


# --- i386 --------------------------------------------------------------------------------------

def x86_names(text):
    names = set(re.findall(r"\be(?:[abcd]x|[sd]i|[sb]p)\b", text))
    names |= {"e" + name for name in re.findall(r"\b(?:[abcd]x|[sd]i|[sb]p)\b", text)}
    return names | {"e" + name[0] + "x" for name in re.findall(r"\b[abcd][lh]\b", text)}


def x86_flags(letters):
    return {letter + "f" for letter in letters}


def x86_condition(code):
    negated = code[1:] if code.startswith("n") and code not in X86_CONDITIONS else code
    return x86_flags(X86_CONDITIONS[negated])


X86_ARITHMETIC = {"add": "cpazso", "sub": "cpazso", "cmp": "cpazso", "inc": "pazso", "dec": "pazso", "and": "cpzso",
                  "test": "cpzso", "rol": "c"}


def x86_roles(text):
    roles, (mnemonic, args) = Roles(), arguments(re.sub("^addr16 ", "", text))
    for a in args:
        if "[" in a:
            roles.reads |= x86_names(a[a.index("["):])
    names = [set() if "[" in a else x86_names(a) for a in args]
    if mnemonic == "int":
        roles.both({"eax"})
    elif mnemonic in ("jmp", "call", "push", "pop", "ret"):
        if mnemonic != "jmp":
            roles.both({"esp"})
        target = roles.writes if mnemonic == "pop" else roles.reads
        target |= set().union(*names)
    elif mnemonic == "jecxz" or mnemonic == "jcxz" or mnemonic.startswith("loop"):
        roles.reads |= {"ecx"} | (x86_flags("z") if mnemonic[4:] in ("e", "ne") else set())
        roles.writes |= {"ecx"} if mnemonic.startswith("loop") else set()
    elif mnemonic.startswith("j"):
        roles.reads = x86_condition(mnemonic[1:])
    elif mnemonic in ("mov", "lea"):
        roles.writes, roles.reads = names[0], roles.reads | names[1]
    elif mnemonic in X86_ARITHMETIC:
        roles.reads |= set().union(*names)
        roles.writes |= names[0] if mnemonic not in ("cmp", "test") else set()
        roles.writes |= x86_flags(X86_ARITHMETIC[mnemonic])
    elif mnemonic != "nop":
        return None
    return roles


# --- all ---------------------------------------------------------------------------------------

SETS = {
    # registers, the register with the flags, where they are in it, system calls, roles
    "aarch64": (A64_REGISTERS, "cpsr", {"n": 31, "z": 30, "c": 29, "v": 28}, ("svc",), a64_roles),
    "riscv64": (RISCV_REGISTERS, None, {}, ("ecall",), riscv_roles),
    "i386": (X86_REGISTERS, "eflags", X86_FLAGS, ("int",), x86_roles),
}
registers, flag_register, flags, calls, roles_of = SETS[instruction_set]
word = (1 << (32 if instruction_set == "i386" else 64)) - 1
problems = []


def problem(*what):
    problems.append(" ".join(str(w) for w in what))


def unpack(blob):
    counts, value, shift = [], 0, 0
    for byte in blob or b"":
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            counts.append(value)
            value = shift = 0
    return counts


def state(frame):
    """Of each register and flag by the name that it has in studies."""
    values = {r: int(frame.read_register("fp" if (instruction_set, r) == ("riscv64", "s0") else r)) & word
              for r in registers}
    if flag_register is not None:
        all_flags = int(frame.read_register(flag_register))
        values.update({f: all_flags >> bit & 1 for f, bit in flags.items()})
    return values


class Row:
    def __init__(self, columns):
        self.resource, self.access, self.bits, self.offset, self.samples, ones = columns
        self.wanted = unpack(ones) + [0] * self.bits
        self.ones, self.seen = [0] * self.bits, 0

    def count(self, values):
        value = values[self.resource] >> self.offset
        self.seen += 1
        for bit in range(self.bits):
            self.ones[bit] += value >> bit & 1


def read_study():
    database = sqlite3.connect(study)
    executions = dict(database.execute("SELECT address, executions FROM instructions"))
    rows = {address: [] for address in executions}
    for address, *columns in database.execute(
            "SELECT address, resource, access, bits, bit_offset, samples, ones_by_bit FROM operands"):
        if columns[0] in registers or columns[0] in flags:
            rows[address].append(Row(columns))
    return executions, rows


def step(mnemonic, behind):
    """A stub steps over a system call and what is behind it."""
    if mnemonic in calls:
        gdb.execute("tbreak *%#x" % behind, to_string=True)
        gdb.execute("continue", to_string=True)
    else:
        gdb.execute("stepi", to_string=True)
    try:
        return gdb.selected_frame()
    except gdb.error:
        return None


def check_roles(address, text, rows):
    roles = roles_of(text)
    if roles is None:
        problem(hex(address), text, "is not known here")
        return
    for access, wanted in (("r", roles.reads), ("w", roles.writes)):
        has = {row.resource for row in rows if row.access == access}
        if has != wanted:
            problem(hex(address), text, access, "rows of", sorted(has), "instead of", sorted(wanted))


def run(rows):
    seen, texts = {}, {}
    frame = gdb.selected_frame()
    before = state(frame)
    while frame is not None:
        address = frame.pc()
        if address not in texts:
            insn = frame.architecture().disassemble(address)[0]
            texts[address] = re.sub(r"\s+", " ", insn["asm"]), address + insn["length"]
            check_roles(address, texts[address][0], rows.get(address, []))
        text, behind = texts[address]
        frame = step(text.split(" ")[0], behind)
        after = state(frame) if frame is not None else dict(before)
        seen[address] = seen.get(address, 0) + 1
        written = {row.resource for row in rows.get(address, []) if row.access == "w"}
        for name in registers:
            if before[name] != after[name] and name not in written:
                problem(hex(address), text, "changes", name, "without a row")
        for row in rows.get(address, []):
            if frame is not None or row.access == "r":
                row.count(before if row.access == "r" else after)
        before = after
    return seen, texts


def compare(executions, rows, seen, texts):
    for address in sorted(set(seen) | set(executions)):
        if seen.get(address) != executions.get(address):
            problem(hex(address), "executed", seen.get(address), "times, in the study", executions.get(address))
    for address, of in rows.items():
        for row in of:
            if row.seen != row.samples and texts[address][0].split(" ")[0] not in calls:
                problem(hex(address), row.resource, row.access, row.seen, "samples, in the study", row.samples)
            elif row.seen == row.samples and row.ones != row.wanted[:row.bits]:
                problem(hex(address), texts[address][0], row.resource, row.access, "other bits")


gdb.execute("set pagination off")
gdb.execute("set disassembly-flavor intel")
gdb.execute("target remote " + stub, to_string=True)
executions, rows = read_study()
seen, texts = run(rows)
compare(executions, rows, seen, texts)
print("%d instructions stepped, %d different, %d problems" % (sum(seen.values()), len(seen), len(problems)))
print("\n".join(problems[:40]))
gdb.execute("quit %d" % (1 if problems or sum(seen.values()) < 300 else 0))
