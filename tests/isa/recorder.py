#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Make functions of what QEMU's decoders call, which record the name and the arguments.

Usage: recorder.py ISA-FOLDER FILE.rows... DECODER.inc... >RECORDER.c

ISA-FOLDER is where rows.py is.  Instructions that a FILE.rows has off return false, as QEMU's do
where an extension is off.  keys[] has the key of each instruction of the table.
"""
import fnmatch
import re
import sys


def off_patterns(paths):
    for path in paths:
        for line in open(path, encoding="utf-8"):
            words = line.split("#")[0].split()
            if words and words[0] == "off":
                yield from words[2:]


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    sys.path.insert(0, sys.argv[1])
    from rows import File  # pylint: disable=import-outside-toplevel
    rows = [path for path in sys.argv[2:] if path.endswith(".rows")]
    decoders = [path for path in sys.argv[2:] if not path.endswith(".rows")]
    off = list(off_patterns(rows))
    structs, functions, used = {}, {}, set()
    for path in decoders:
        text = open(path, encoding="utf-8").read()
        for body, name in re.findall(r"typedef struct \{([^}]*)\} (\w+);", text):
            structs[name] = re.findall(r"int (\w+);", body)
        functions.update({name: struct for struct, name in
                          re.findall(r"typedef (\w+) arg_(\w+);", text)})
    recorded = []
    for name, struct in sorted(functions.items()):
        match = [pattern for pattern in off if fnmatch.fnmatchcase(name, pattern)]
        used.update(match)
        print(f"static bool trans_{name}(DisasContext *ctx, arg_{name} *a)\n{{")
        if match:
            print("\treturn false;\n}\n")
            continue
        recorded.append(name)
        values = "".join(f'\trecord(ctx, "{field}", a->{field});\n' for field in structs[struct])
        print(f'\tctx->name = "{name}";\n\tctx->count = 0;\n{values}\treturn true;\n}}\n')
    print("static const char *const recorded[] = {" + ", ".join(f'"{n}"' for n in recorded) + "};")
    print("static const char *const keys[] = {" + ", ".join(f'"{k}"' for k in File(rows).keys) + "};")
    unused = sorted(set(off) - used)
    if unused:
        sys.exit(f"{rows[0]}: QEMU has none of these that are off: {' '.join(unused)}")


if __name__ == "__main__":
    main()
