# SPDX-License-Identifier: GPL-2.0-or-later
"""What QEMU's translated code does to the registers of a program, as its log tells.

With -d op,in_asm QEMU writes down the operations that it makes of each instruction, before anything
of them is optimised.  Registers are globals there, or bytes of the state that is called env.  Every
value is followed from where it is read to where it goes: an instruction reads those registers that
what it keeps, stores, gives to a function or decides by depends on.
"""
import re

LOAD_STORE = re.compile(r"(ld|st|dupm)(8|16|32)?[us]?_(?:i(\d+)|vec)")


def count_results(source):
    """Of each operation how many results it has, by QEMU's own tables."""
    tables = (source / "include/tcg/tcg-opc.h", source / "tcg/i386/tcg-target-opc.h.inc")
    text = "".join(table.read_text(encoding="utf-8") for table in tables)
    return {name: int(n) for name, n in re.findall(r"^DEF\((\w+), (\d+)", text, re.MULTILINE)}


def instructions(path):
    """Each different instruction of a log: address, bytes, the operations that it became."""
    seen = set()
    for block in re.split(r"^-{16}\n", open(path, encoding="latin-1").read(), flags=re.MULTILINE):
        listed, _, operations = block.partition("\nOP:\n")
        start, code = code_of(listed)
        if start is None:
            continue
        parts = re.split(r"^ ---- ([0-9a-f]+).*\n", operations, flags=re.MULTILINE)
        at = [int(address, 16) for address in parts[1::2]]
        for address, after, lines in zip(at, at[1:] + [start + len(code)], parts[2::2]):
            insn = code[address - start:after - start]
            if insn not in seen:
                seen.add(insn)
                yield address, insn, [line for line in lines.split("\n") if line.startswith(" ")]


def code_of(listed):
    """Where a block begins, and its bytes: as such, or of those of RISC-V each with its text."""
    start, code = None, b""
    for line in listed.splitlines():
        if line.startswith("0x"):
            address, _, rest = line.partition(":")
            start = int(address, 16) if start is None else start
            if rest.strip():
                code += bytes.fromhex(rest.split()[0])[::-1]
        elif line.startswith("OBJD-T:"):
            code += bytes.fromhex(line.split()[1])
    return start, code


class Value:
    """What a name stands for: all of a register @kept but for its bits @changed, and what else it
    depends on (@needs). @offset: it is an address in the state."""

    __slots__ = ("kept", "changed", "needs", "offset")

    def __init__(self, kept=None, changed=0, needs=frozenset(), offset=None):
        self.kept, self.changed, self.needs, self.offset = kept, changed, needs, offset

    def all(self):
        return self.needs | {self.kept} if self.kept else self.needs

    def merged(self, other):
        if self.kept == other.kept and self.offset == other.offset:
            return Value(self.kept, self.changed | other.changed, self.needs | other.needs,
                         self.offset)
        return Value(needs=self.all() | other.all())


NOTHING = Value()


class Access:
    """What one instruction does: registers that it reads, of those that it writes which bits."""

    def __init__(self):
        self.reads, self.writes = set(), {}
        self.loaded = {}  # bits of a vector register that were read of the state
        self.unsure = set()  # vector registers of which functions may read or write any part
        self.functions = {}  # that were called, and whether they may change any register

    def write(self, register, bits):
        self.writes[register] = self.writes.get(register, 0) | bits


class Reader:
    """Follows operations; one object for all instructions of a set, which @machine describes."""

    def __init__(self, machine, results):
        self.machine, self.results = machine, results

    def access(self, lines):
        self.done = Access()
        self.values, self.waiting, self.ends = {}, {}, []
        for line in lines:
            name, _, rest = line.strip().partition(" ")
            self.step(name, rest.split(",") if rest else [])
        for values in self.ends:
            self.join(values)
        for name, value in (self.values or {}).items():
            if isinstance(name, str) and not re.match(r"(loc|tmp)\d", name):
                self.end(self.machine.globals.get(name), value)
        return self.done

    def end(self, register, value):
        """What a global is at the end."""
        self.done.reads |= value.needs
        if value.kept and (value.kept != register or not value.changed):
            self.done.reads.add(value.kept)
        if register:
            whole = (1 << self.machine.bits[register]) - 1
            kept = value.kept == register and value.changed
            self.done.write(register, value.changed if kept else whole)

    # --- ways -----------------------------------------------------------------------

    def join(self, values):
        """Another way comes here, with these values."""
        if self.values is None:
            self.values = dict(values)
            return
        for name in self.values.keys() | values.keys():
            first = self.values.get(name) or self.first(name)
            second = values.get(name) or self.first(name)
            if first is not second:
                self.values[name] = first.merged(second)

    def goes_to(self, label):
        if self.values is not None:
            self.waiting.setdefault(label, []).append(dict(self.values))

    def step(self, name, arguments):
        if name == "set_label":
            for values in self.waiting.pop(arguments[0], []):
                self.join(values)
        elif self.values is None:
            return
        elif name == "br":
            self.goes_to(arguments[0])
            self.values = None
        elif name in ("exit_tb", "goto_ptr"):
            self.ends.append(self.values)
            self.values = None
        elif name.startswith("brcond"):
            self.use(*arguments[:-2])
            self.goes_to(arguments[-1])
        elif name == "call":
            self.call(arguments)
        elif name.startswith("qemu_"):
            self.memory(name, arguments)
        elif LOAD_STORE.match(name):
            self.state(name, arguments)
        elif name == "discard":
            self.values[arguments[0]] = Value(needs=frozenset())
        elif name not in ("goto_tb", "mb"):
            self.compute(name, arguments[2:] if name.endswith("_vec") else arguments)

    # --- values -----------------------------------------------------------------------

    def first(self, name):
        """What a name stands for that nothing was assigned to."""
        if not isinstance(name, str): # an offset in the state
            register = self.machine.vector_at(name)[0]
            return Value(needs=frozenset({register})) if register else NOTHING
        if name == "env":
            return Value(offset=0)
        register = self.machine.globals.get(name)
        return Value(kept=register) if register else NOTHING

    def value(self, name):
        return NOTHING if "$" in name else self.values.get(name) or self.first(name)

    def use(self, *names):
        for name in names:
            self.done.reads |= self.value(name).all()

    def compute(self, name, arguments):
        count = self.results[name]
        inputs = [self.value(a) for a in arguments[count:]]
        if name.startswith("mov_"):
            result = inputs[0]
        elif name.startswith("deposit_"): # some bits of the first are those of the second
            at, length = (number(a) for a in arguments[3:5])
            into, part = inputs[:2]
            changed = into.changed | (1 << length) - 1 << at if into.kept else 0
            result = Value(into.kept, changed, into.needs | part.all())
        elif name.startswith("add_") and inputs[0].offset is not None:
            result = Value(offset=inputs[0].offset + number(arguments[2]))
        else:
            result = Value(needs=frozenset().union(*(v.all() for v in inputs)))
        for target in arguments[:count]:
            self.values[target] = result

    def memory(self, name, arguments):
        """Of the program: all that is stored there is kept, what is loaded depends on nothing."""
        count = 0 if name.startswith("qemu_st") else 2 if name.endswith("_i128") else 1
        self.use(*arguments[count:-2])
        self.done.reads |= {"memory"} if count else set()
        if not count:
            self.done.write("memory", 1)
        for target in arguments[:count]:
            self.values[target] = NOTHING

    def state(self, name, arguments):
        """A load or a store of the state, at an offset from an address in it."""
        kind, part, width = LOAD_STORE.match(name).groups()
        if name.endswith("_vec"):
            width = arguments[kind == "dupm"][1:] # v128, of dupm an element: e8
            arguments = arguments[2:]
        bits = int(part or width)
        base = self.value(arguments[1])
        if base.offset is None: # of something else
            self.use(arguments[0] if kind == "st" else arguments[1], arguments[1])
            if kind != "st":
                self.values[arguments[0]] = NOTHING
            return
        offset = base.offset + number(arguments[2])
        register, at = self.machine.vector_at(offset)
        mask = (1 << bits) - 1 << 8 * at
        if kind == "st":
            self.values[offset] = self.value(arguments[0])
            self.use(arguments[0])
            if register:
                self.done.write(register, mask)
            return
        if register and offset not in self.values:
            self.done.loaded[register] = self.done.loaded.get(register, 0) | mask
        self.values[arguments[0]] = self.values.get(offset) or self.first(offset)

    def call(self, arguments):
        """A function: it uses its arguments. Of addresses in the state the first is what it
        changes, if it has no result."""
        name, flags, count = arguments[0], number(arguments[1]), number(arguments[2])
        results, inputs = arguments[3:3 + count], arguments[3 + count:]
        self.use(*inputs)
        self.done.functions[name] = not flags & 11 # declared to change none, or not to come back
        places = [v.offset for v in map(self.value, inputs) if v.offset]
        registers = [self.machine.vector_at(offset)[0] for offset in places]
        self.done.unsure |= {r for r in registers if r}
        if registers and not count and not self.machine.is_source_only(name):
            if registers[0]:
                self.done.write(registers[0], 0)
            if not self.machine.reads_first(name):
                registers = registers[1:]
        self.done.reads |= {r for r in registers if r}
        for target in results:
            self.values[target] = NOTHING


def number(constant):
    """Of $0x10 or $1, signed."""
    value = int(constant[1:], 0)
    return value - (1 << 64) if value >> 63 else value
