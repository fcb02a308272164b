# SPDX-License-Identifier: GPL-2.0-or-later
# The devices that emulated machines have for x86_64: the board, and what a kernel
# needs to start, to be talked to, and to be given disks.
CONFIG_I440FX=y
CONFIG_ISA_DEBUG=y
CONFIG_VIRTIO_PCI=y
CONFIG_VIRTIO_BLK=y
CONFIG_VIRTIO_SERIAL=y
CONFIG_VIRTIO_RNG=y
