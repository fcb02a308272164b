#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Make the C tables of isa/table.h from a file of rows, whose grammar riscv/riscv.rows explains.

Usage: rows.py NAME FILE.rows >FILE.c

NAME is what enumerators and the table are called by: NAME_X is kind x.  What is wrong in the file
is said with its line, on the standard error, and the exit status is 1.
"""
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
        access, what, self.bits = (text if ":" in text else f":{text}:0").split(":")
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

    def c(self, prefix, bits):
        fields = [str(INDEX["field"][f]) for f in self.fields] + ["TABLE_NONE"] * 2
        return (f"{{{self.ACCESS[self.access]}, {prefix}_{self.kind.upper()}, {fields[0]}, "
                f"{fields[1]}, {self.number}, {bits if self.bits == 'N' else self.bits}}}")


class Shape:
    def __init__(self, words, fields):
        self.name, self.template = words[0], None
        if "as" in words:
            at = words.index("as")
            self.template, words = " ".join(words[at + 1:]), words[:at]
        self.operands = [Operand(word, fields) for word in words[1:]]
        need(len(self.operands) <= 8, "a shape has at most 8 operands")
        self.takes_bits = any(operand.bits == "N" for operand in self.operands)

    def used(self):
        return [f for operand in self.operands for f in operand.fields]

    def text(self, template):
        """The template, or all operands, as a C string with a byte for each operand."""
        if template is None:
            seen = [i for i, o in enumerate(self.operands) if not o.hidden]
            # What begins with a comma of its own, or has no text here, is not separated.
            parts = [("" if not n or self.operands[i].kind in ("rm", "order") else ",") + chr(128 + i)
                     for n, i in enumerate(seen)]
            return "".join(parts)
        text = template
        for i, operand in sorted(enumerate(self.operands),
                                 key=lambda item: -len((item[1].fields or [""])[0])):
            for field in operand.fields[:1]:
                text = re.sub(rf"(?<![\w.]){re.escape(field)}(?![\w.])", chr(128 + i), text)
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
        need(free == dots, f"its fields are bits {dots:x}, the encoding leaves {free:x}")

    def overlaps(self, other):
        return not (self.match ^ other.match) & self.mask & other.mask

    def is_part_of(self, other):
        """Whether every word that is @self is @other too, and @other has more."""
        return (not (self.match ^ other.match) & other.mask and
                self.mask & other.mask == other.mask and self.mask != other.mask)


class File:
    def __init__(self, path):
        self.group = (0, 0)
        self.fields, self.shapes, self.insns, self.aliases, self.shorts = {}, {}, [], [], []
        self.instances = {}  # of shapes, by name and bits
        for number, line in enumerate(open(path, encoding="utf-8"), 1):
            words = line.split("#")[0].split()
            if not words or words[0] == "off":
                continue
            try:
                need(hasattr(self, "read_" + words[0]), f"{words[0]} begins no line")
                getattr(self, "read_" + words[0])(words[1:])
            except (Wrong, ValueError, IndexError) as error:
                raise Wrong(f"{path}:{number}: {error}") from error
        INDEX["shape"] = {key: i for i, key in enumerate(self.instances)}

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
        shape, _, bits = words[1].partition("/")
        need(shape in self.shapes, f"there is no shape {shape}")
        need(self.shapes[shape].takes_bits == bool(bits), f"{shape} wants /N, or must not have it")
        encoding = [word for word in words[2:] if not word.strip("01.-")]
        need(words[0] not in INDEX.setdefault("insn", {}), f"{words[0]} is there already")
        new = Encoding(" ".join(encoding), self.mask_of(self.shapes[shape].used()))
        for name, _, old, *_ in self.insns:
            need(not new.overlaps(old) or old.is_part_of(new), f"overlaps {name}, no part of it")
        INDEX["insn"][words[0]] = len(self.insns)
        self.instances.setdefault((shape, bits), None)
        classes, effect = words[2 + len(encoding):], None
        if "=" in classes:
            at = classes.index("=")
            classes, effect = classes[:at], classes[at + 1]
        self.insns.append((words[0], (shape, bits), new, classes, effect))

    def conditions(self, words):
        result = []
        for word in words:
            field, sign, value = re.fullmatch(r"([\w.]+?)(!?=)([-\w.]+)", word).groups()
            other = "TABLE_NONE"
            number_of("field", field)
            if value in self.fields:
                other, value = str(INDEX["field"][value]), "0"
            else:
                self.fields[field].check(int(value, 0))
            result.append(f"{{{INDEX['field'][field]}, {other}, {int(sign == '!=')}, {value}}}")
        return result

    def read_alias(self, words):
        insn, template = number_of("insn", words[1]), None
        shape = self.shapes[self.insns[insn][1][0]]
        if "as" in words:
            at = words.index("as")
            template, words = " ".join(words[at + 1:]), words[:at]
        conditions = self.conditions(words[2:])
        need(len(conditions) <= 4, "at most four conditions")
        self.aliases.append((words[0], shape.text(template), insn, conditions))

    def read_short(self, words):
        insn = number_of("insn", words[1])
        conditions = []
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

    def groups(self):
        """For each value of the group's bits the instructions that can have it, in order."""
        low, bits = self.group
        ends, order = [0], []
        for value in range(1 << bits):
            group = Encoding.__new__(Encoding)
            group.mask, group.match = ((1 << bits) - 1) << low, value << low
            order += [i for i, (_, _, code, *_) in enumerate(self.insns) if group.overlaps(code)]
            ends.append(len(order))
        return ends, order


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
        rows.append(f"{{{c_string(shape.text(shape.template))}, {len(shape.operands)}, "
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


def write_table(file, name):
    ends, order = file.groups()
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
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    name, path = sys.argv[1:]
    try:
        file = File(path)
    except (Wrong, OSError) as error:
        sys.exit(str(error))
    print("/* SPDX-License-Identifier: GPL-2.0-or-later */")
    print(f"/* Made by isa/rows.py of {path.rsplit('/', 1)[-1]}. */")
    print(f'#include "isa/{name}/internal.h"\n')
    write_shapes(file, name.upper())
    write_insns(file, name.upper())
    write_aliases(file)
    write_shorts(file)
    write_table(file, name)


if __name__ == "__main__":
    main()
