# SPDX-License-Identifier: GPL-2.0-or-later
# Write the smallest program that proves a QEMU usable, one that exits with status 0, or of a machine
# the smallest firmware: selftest-program.py TARGET FILE.  Needs no compiler for that target.
import os
import struct
import sys

# ELF machine, bits, and the instructions of exit(0).
TARGETS = {
    "x86_64": (62, 64, "b83c000000 31ff 0f05"),  # mov eax, 60; xor edi, edi; syscall
    "i386": (3, 32, "b801000000 31db cd80"),  # mov eax, 1; xor ebx, ebx; int 0x80
    "aarch64": (183, 64, "a80b8052 00008052 010000d4"),  # mov w8, 93; mov w0, 0; svc 0
    "riscv64": (243, 64, "9308d005 13050000 73000000"),  # li a7, 93; li a0, 0; ecall
}
BASE = 0x400000


def elf(machine, bits, code):
    word = "Q" if bits == 64 else "I"
    sizes = (64, 56) if bits == 64 else (52, 32)
    start = sum(sizes)
    size = start + len(code)
    header = struct.pack(
        "<4s5B7xHHI3" + word + "I6H", b"\x7fELF", bits // 32, 1, 1, 0, 0, 2, machine, 1,
        BASE + start, sizes[0], 0, 0, sizes[0], sizes[1], 1, 0, 0, 0)
    if bits == 64:
        segment = struct.pack("<2I6Q", 1, 5, 0, BASE, BASE, size, size, 0x1000)
    else:
        segment = struct.pack("<8I", 1, 0, BASE, BASE, size, size, 5, 0x1000)
    return header + segment + code


def firmware(code):
    """64 KiB that are executed from 16 bytes before their end on."""
    return bytes(0xFFF0) + code + bytes(16 - len(code))


# Firmware of machines, which ends QEMU: mov dx, 0x501; out dx, al; hlt.
MACHINES = {"x86_64-softmmu": "ba0105 ee f4"}

if sys.argv[1] in MACHINES:
    content = firmware(bytes.fromhex(MACHINES[sys.argv[1]]))
else:
    machine, bits, code = TARGETS[sys.argv[1]]
    content = elf(machine, bits, bytes.fromhex(code))
with open(sys.argv[2], "wb") as file:
    file.write(content)
os.chmod(sys.argv[2], 0o755)
