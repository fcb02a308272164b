#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Make the C tables of isa/table.h from files of rows.

Usage: rows.py NAME FILE.rows... >FILE.c

NAME is what enumerators and the table are called by: NAME_X is kind x.  What is wrong in a file
is said with its line, on the standard error, and the exit status is 1.  Lines of the files:

field NAME PLACES [signed] [*FACTOR] [+NUMBER]
    Bits of the instruction, HIGH..LOW or one, the highest of the number first.  A suffix after a
    point is no part of the number's name: imm.s is an imm.
shape NAME OPERANDS [as TEXT]
    The operands in the order of the text: ACCESS:KIND.FIELD:BITS.  Access is r, w, rw or nothing;
    a question mark: the access may not happen.  KIND with a number instead of a field is that
    register.  What kinds there are is in the instruction set's internal.h.  BITS may be N, M or P,
    which instructions give, and 4h for a vector of four parts of 16 bits (b, h, s, d, q).  TEXT is
    written as it stands but for operands, named by their field or as KIND.FIELD.
insn NAME[:KEY] SHAPE[/N[,M[,P]]] ENCODING [CLASSES] [= EFFECT]
    From bit 31 or 15 down: 0, 1, point (belongs to a field), - (means nothing).  Of two that fit
    an instruction the first one counts, which must be the more special one.  The effect says what
    its first write row holds, where it follows from others.  KEY is what aliases and tests call
    it, several of them together; it is the name where none is given.
alias NAME KEY[:SHAPE][/N,...] [CONDITIONS] [as TEXT]
    Another way to write those instructions, when the conditions hold (FIELD, =, != or <, a number
    or a field).  The first that fits counts.
short NAME KEY ENCODING SETTINGS [if CONDITIONS]
    A short instruction: the one that it is short for and that one's fields.
group HIGH..LOW
    Bits by which instructions are looked up first.
spaced
    Operands are separated by a comma and a space, not by a comma alone.
unseparated KINDS
    Operands of these kinds have no comma before them, or bring it along.
vary NAME $VARIABLE=VALUE,VALUE...
    A line that begins with @NAME stands for as many lines as there are values, with each of them
    in the place of its variable.  Several such words: every combination.
off REASON NAMES
    What QEMU's tables have and is not here, with the word of -cpu that switches it off, or why no
    program meets it.  Read by a test.
"""
import itertools
import re
import sys

INDEX = {}  # names to numbers, by kind of line


class Wrong(Exception):
    pass


def need(condition, what):
    if not condition:
        raise Wrong(what)


def number_of(kind, name):
    need(name in INDEX[kind], f"there is no {kind} {name}")
    return INDEX[kind][name]


class Field:
    def __init__(self, words):
        self.name, self.parts = words[0], []
        self.signed, self.factor, self.plus = False, 1, 0
        for word in words[1:]:
            if word == "signed":
                self.signed = True
            elif word[0] == "*":
                self.factor = int(word[1:])
            elif word[0] == "+":
                self.plus = int(word[1:])
            else:
                high, _, low = word.partition("..")
                need(int(high) >= int(low or high), f"{word} is HIGH..LOW")
                self.parts.append((int(low or high), int(high) - int(low or high) + 1))

    def mask(self):
        return sum(((1 << bits) - 1) << low for low, bits in self.parts)

    def check(self, value):
        """That the field can hold the number."""
        bits = sum(bits for _, bits in self.parts)
        scaled, rest = divmod(value - self.plus, self.factor)
        low, high = (-1 << bits - 1, 1 << bits - 1) if self.signed else (0, 1 << bits)
        need(rest == 0 and low <= scaled < high, f"{self.name} cannot be {value}")

    def c(self):
        parts = ", ".join(f"{{{low}, {bits}}}" for low, bits in self.parts)
        return (f"{{.part_count = {len(self.parts)}, .parts = {{{parts}}}, "
                f".is_signed = {int(self.signed)}, .factor = {self.factor}, .plus = {self.plus}}}")


class Operand:
    ACCESS = {"": "0", "r": "TABLE_READS", "w": "TABLE_WRITES", "rw": "TABLE_READS | TABLE_WRITES",
              "w?": "TABLE_WRITES | TABLE_MAY_WRITE"}

    def __init__(self, text, fields):
        if ":" not in text:
            text = f":{text}"
        access, what, self.bits = (text if text.count(":") > 1 else f"{text}:0").split(":")
        need(access in self.ACCESS, f"{access} is no access")
        self.access = access
        self.kind, _, rest = what.partition(".")
        self.number, self.fields = 0, []
        fixed = re.fullmatch(r"([a-z]+)([0-9]+)", self.kind)
        if fixed:
            self.kind, self.number = fixed[1], int(fixed[2])
        while rest:  # names of fields have points too: the longest first
            name = max((f for f in fields if rest == f or rest.startswith(f + ".")), key=len,
                       default=None)
            need(name, f"{rest} begins with no field")
            self.fields.append(name)
            rest = rest[len(name) + 1:]
        need(len(self.fields) <= 2, f"{text} has too many fields")
        self.hidden = not self.fields

    def width(self, given):
        """Bits, and of how many each part is in a vector."""
        bits = given["NMP".index(self.bits)] if self.bits in ("N", "M", "P") else self.bits
        vector = re.fullmatch(r"([0-9]+)([bhsdq])", bits)
        if not vector:
            return int(bits), 0
        part = 8 << "bhsdq".index(vector[2])
        return int(vector[1]) * part, part

    def c(self, prefix, given):
        fields = [str(INDEX["field"][f]) for f in self.fields] + ["TABLE_NONE"] * 2
        bits, part = self.width(given)
        return (f"{{{self.ACCESS[self.access]}, {prefix}_{self.kind.upper()}, {fields[0]}, "
                f"{fields[1]}, {self.number}, {part}, {bits}}}")


class Shape:
    def __init__(self, words, fields):
        self.name, self.template = words[0], None
        if "as" in words:
            at = words.index("as")
            self.template, words = " ".join(words[at + 1:]), words[:at]
        self.operands = [Operand(word, fields) for word in words[1:]]
        need(len(self.operands) <= 8, "a shape has at most 8 operands")
        self.given = max([0] + ["NMP".index(operand.bits) + 1 for operand in self.operands
                                if operand.bits in ("N", "M", "P")])

    def used(self):
        return [f for operand in self.operands for f in operand.fields]

    def text(self, template, comma, unseparated):
        """The template, or all operands, as a C string with a byte for each operand."""
        if template is None:
            seen = [i for i, o in enumerate(self.operands) if not o.hidden]
            parts = [("" if not n or self.operands[i].kind in unseparated else comma) + chr(128 + i)
                     for n, i in enumerate(seen)]
            return "".join(parts)
        names = []
        for i, operand in enumerate(self.operands):
            for field in operand.fields[:1]:
                names += [(field, i), (f"{operand.kind}.{field}", i)]
        text = template
        for name, i in sorted(names, key=lambda item: -len(item[0])):
            before = " ?" if self.operands[i].kind in unseparated else ""
            text = re.sub(rf"{before}(?<![\w.]){re.escape(name)}(?![\w.])", chr(128 + i), text)
        return text


class Encoding:
    def __init__(self, text, dots):
        self.text = text
        bits = text.replace(" ", "")
        need(len(bits) in (16, 32) and not bits.strip("01.-"), f"{text} are not 16 or 32 bits")
        value = [(1 << len(bits) - 1 - i, bit) for i, bit in enumerate(bits)]
        self.mask = sum(place for place, bit in value if bit in "01")
        self.match = sum(place for place, bit in value if bit == "1")
        free = sum(place for place, bit in value if bit == ".")
        need(free & ~dots == 0, f"its fields are bits {dots:x}, the encoding leaves {free:x}")

    def overlaps(self, other):
        return not (self.match ^ other.match) & self.mask & other.mask

    def is_part_of(self, other):
        """Whether every word that is @self is @other too, and @other has more."""
        return (not (self.match ^ other.match) & other.mask and
                self.mask & other.mask == other.mask and self.mask != other.mask)


class File:
    """All lines of all files."""

    def __init__(self, paths):
        self.group = (0, 0)
        self.comma, self.unseparated, self.varied = ",", set(), {}
        self.fields, self.shapes, self.insns, self.aliases, self.shorts = {}, {}, [], [], []
        self.keys = []  # of each insn
        self.instances = {}  # of shapes, by name and what is given
        for path in paths:
            self.load(path)
        INDEX["shape"] = {key: i for i, key in enumerate(self.instances)}

    def load(self, path):
        for number, line in enumerate(open(path, encoding="utf-8"), 1):
            words = re.split(r"#(?=\s)", line)[0].split()  # in texts a number follows it
            try:
                for line_words in self.each(words):
                    self.take_line(line_words)
            except (Wrong, ValueError, IndexError) as error:
                raise Wrong(f"{path}:{number}: {error}") from error

    def each(self, words):
        """The lines that one line stands for."""
        names = [word[1:] for word in words if word[0] == "@"]
        for name in names:
            need(name in self.varied, f"there is no vary {name}")
        for case in itertools.product(*(self.varied[name] for name in names)):
            replaced = words[len(names):]
            for variable, value in sorted((item for one in case for item in one.items()),
                                          key=lambda item: -len(item[0])):
                replaced = [word.replace(variable, value) for word in replaced]
            yield replaced

    def take_line(self, words):
        if not words or words[0] == "off":
            return
        need(hasattr(self, "read_" + words[0]), f"{words[0]} begins no line")
        getattr(self, "read_" + words[0])(words[1:])

    def read_vary(self, words):
        columns = [word.split("=") for word in words[1:]]
        values = [value.split(",") for _, value in columns]
        need(len({len(column) for column in values}) == 1, "as many values of each variable")
        self.varied[words[0]] = [dict(zip([name for name, _ in columns], row))
                                 for row in zip(*values)]

    def read_spaced(self, words):
        need(not words, "spaced stands alone")
        self.comma = ", "

    def read_unseparated(self, words):
        self.unseparated.update(words)

    def text(self, shape, template):
        return shape.text(template, self.comma, self.unseparated)

    def read_group(self, words):
        high, low = words[0].split("..")
        self.group = (int(low), int(high) - int(low) + 1)

    def read_field(self, words):
        need(words[0] not in self.fields, f"{words[0]} is there already")
        self.fields[words[0]] = Field(words)
        INDEX["field"] = {name: i for i, name in enumerate(self.fields)}

    def read_shape(self, words):
        need(words[0] not in self.shapes, f"{words[0]} is there already")
        self.shapes[words[0]] = Shape(words, self.fields)

    def mask_of(self, names):
        mask = 0
        for name in names:
            number_of("field", name)
            mask |= self.fields[name].mask()
        return mask

    def read_insn(self, words):
        shape, _, given = words[1].partition("/")
        name, _, key = words[0].partition(":")
        given = tuple(given.split(",")) if given else ()
        need(shape in self.shapes, f"there is no shape {shape}")
        need(self.shapes[shape].given == len(given), f"{shape} takes {self.shapes[shape].given}")
        encoding = [word for word in words[2:] if not word.strip("01.-")]
        new = Encoding(" ".join(encoding), self.mask_of(self.shapes[shape].used()))
        for called in {name, key or name}:
            INDEX.setdefault("insn", {}).setdefault(called, []).append(len(self.insns))
        self.keys.append(key or name)
        self.instances.setdefault((shape, given), None)
        classes, effect = words[2 + len(encoding):], None
        if "=" in classes:
            at = classes.index("=")
            classes, effect = classes[:at], classes[at + 1]
        self.insns.append((name, (shape, given), new, classes, effect))

    RELATION = {"=": "TABLE_EQUAL", "!=": "TABLE_DIFFERENT", "<": "TABLE_LESS"}

    def conditions(self, words):
        result = []
        for word in words:
            match = re.fullmatch(r"([\w.]+?)(!=|=|<)([-\w.]+)", word)
            need(match, f"{word} is no condition")
            field, sign, value = match.groups()
            other = "TABLE_NONE"
            number_of("field", field)
            if value in self.fields:
                other, value = str(INDEX["field"][value]), "0"
            else:
                self.fields[field].check(int(value, 0))
            result.append(f"{{{INDEX['field'][field]}, {other}, {self.RELATION[sign]}, {value}}}")
        return result

    def insns_called(self, key):
        name, _, given = key.partition("/")
        name, _, shape = name.partition(":")
        result = [number for number in number_of("insn", name)
                  if (not given or ",".join(self.insns[number][1][1]) == given) and
                  (not shape or self.insns[number][1][0] == shape)]
        need(result, f"there is no insn {key}")
        return result

    def read_alias(self, words):
        template = None
        name, key, words = words[0], words[1], words[2:]
        if "as" in words:
            at = words.index("as")
            template, words = " ".join(words[at + 1:]), words[:at]
        conditions = self.conditions(words)
        need(len(conditions) <= 4, "at most four conditions")
        for insn in self.insns_called(key):
            shape = self.shapes[self.insns[insn][1][0]]
            text = self.text(shape, shape.template if template is None else template)
            self.aliases.append((name, text, insn, conditions))

    def read_short(self, words):
        insn, conditions = self.insns_called(words[1])[0], []
        if "if" in words:
            at = words.index("if")
            conditions, words = words[at + 1:], words[:at]
        encoding = [word for word in words[2:] if not word.strip("01.-")]
        settings, used = [], []
        for word in words[2 + len(encoding):]:
            to, _, value = word.partition("=")
            need(to in self.shapes[self.insns[insn][1][0]].used(), f"{words[1]} has no {to}")
            if value in self.fields:
                used.append(value)
                settings.append(f"{{{INDEX['field'][to]}, {INDEX['field'][value]}, 0}}")
            else:
                self.fields[to].check(int(value, 0))
                settings.append(f"{{{INDEX['field'][to]}, TABLE_NONE, {value}}}")
        need(len(settings) <= 3 and len(conditions) <= 1, "too many settings or conditions")
        new = Encoding(" ".join(encoding), self.mask_of(used))
        for name, _, old, _, _ in self.shorts:
            need(not new.overlaps(old) or old.is_part_of(new), f"overlaps {name}, no part of it")
        self.shorts.append((words[0], insn, new, settings, self.conditions(conditions)))

    def check_order(self, numbers):
        """Of instructions that overlap the more special one comes first."""
        for at, number in enumerate(numbers):
            new = self.insns[number][2]
            for earlier in numbers[:at]:
                name, _, old, *_ = self.insns[earlier]
                if new.overlaps(old) and not old.is_part_of(new):
                    raise Wrong(f"{self.insns[number][0]} ({new.text}) overlaps {name} "
                                f"({old.text}), which is no part of it")

    def groups(self):
        """For each value of the group's bits the instructions that can have it, in order."""
        low, bits = self.group
        members = [[] for _ in range(1 << bits)]
        for number, (_, _, code, *_) in enumerate(self.insns):
            free = ~code.mask >> low & ((1 << bits) - 1)
            part = free
            while True:  # all subsets of the free bits
                members[code.match >> low & ((1 << bits) - 1) | part].append(number)
                if part == 0:
                    break
                part = (part - 1) & free
        for numbers in members:
            self.check_order(numbers)
        ends = list(itertools.accumulate((len(numbers) for numbers in members), initial=0))
        return ends, [number for numbers in members for number in numbers]


def c_string(text):
    """Escapes end where the string is closed, so that no digit follows one."""
    return '"' + "".join(c if ord(c) < 128 else f'\\x{ord(c):02x}""' for c in text) + '"'


def is_pure(shape, tags):
    return (not tags and bool(shape.operands) and shape.operands[0].access == "w" and
            all(o.kind in ("x", "imm", "hex") for o in shape.operands))


def array(kind, name, rows):
    print(f"static const {kind} {name}[] = {{")
    for row in rows:
        print(f"\t{row},")
    print("};\n")


def write_shapes(file, prefix):
    tags = {}
    for _, key, _, classes, _ in file.insns:
        tags.setdefault(key, set()).update(classes)
    rows = []
    for key in file.instances:
        shape = file.shapes[key[0]]
        operands = ", ".join(o.c(prefix, key[1]) for o in shape.operands) or "{0}"
        rows.append(f"{{{c_string(file.text(shape, shape.template))}, {len(shape.operands)}, "
                    f"{{{operands}}}, {int(is_pure(shape, tags[key]))}}}")
    array("struct table_shape", "shapes", rows)


def write_insns(file, prefix):
    rows = []
    for name, key, code, classes, effect in file.insns:
        flags = " | ".join(f"{prefix}_{word.upper()}" for word in classes) or "0"
        computes = f"{prefix}_EFFECT_{effect.upper()}" if effect else "0"
        rows.append(f'{{"{name}", {code.mask:#010x}, {code.match:#010x}, '
                    f'{INDEX["shape"][key]}, {flags}, {computes}}}')
    array("struct table_insn", "insns", rows)


def write_aliases(file):
    rows = [f'{{"{name}", {c_string(text)}, {insn}, {len(conditions)}, '
            f'{{{", ".join(conditions) or "{0}"}}}}}'
            for name, text, insn, conditions in file.aliases]
    array("struct table_alias", "aliases", rows or ["{0}"])


def write_shorts(file):
    rows = [f'{{{code.mask:#06x}, {code.match:#06x}, {insn}, {len(settings)}, {len(conditions)}, '
            f'{{{", ".join(settings) or "{0}"}}}, {{{", ".join(conditions) or "{0}"}}}}}'
            for _, insn, code, settings, conditions in file.shorts]
    array("struct table_short", "shorts", rows or ["{0}"])


def write_table(file, name, groups):
    ends, order = groups
    array("struct table_field", "fields", [field.c() for field in file.fields.values()])
    array("char *const", "field_names", [f'"{f.split(".")[0]}"' for f in file.fields])
    array("uint16_t", "groups", [", ".join(map(str, ends))])
    array("uint16_t", "order", [", ".join(map(str, order))])
    print(f"const struct table {name}_table = {{\n"
          "\t.fields = fields, .shapes = shapes, .insns = insns, .aliases = aliases,\n"
          "\t.shorts = shorts, .field_names = field_names,\n"
          f"\t.field_count = {len(file.fields)}, .insn_count = {len(file.insns)},\n"
          f"\t.alias_count = {len(file.aliases)}, .short_count = {len(file.shorts)},\n"
          f"\t.group_low = {file.group[0]}, .group_bits = {file.group[1]},\n"
          "\t.groups = groups, .order = order,\n};")


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    name, paths = sys.argv[1], sys.argv[2:]
    try:
        file = File(paths)
        groups = file.groups()
    except (Wrong, OSError) as error:
        sys.exit(str(error))
    print("/* SPDX-License-Identifier: GPL-2.0-or-later */")
    print(f"/* Made by isa/rows.py of {', '.join(path.rsplit('/', 1)[-1] for path in paths)}. */")
    print(f'#include "isa/{name}/internal.h"\n')
    write_shapes(file, name.upper())
    write_insns(file, name.upper())
    write_aliases(file)
    write_shorts(file)
    write_table(file, name, groups)


if __name__ == "__main__":
    main()
