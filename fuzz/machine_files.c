/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libFuzzer target: files that claim to be kernels or disks of machines. */
#include <stdlib.h>
#include <string.h>

#include "fuzz/file.h"
#include "machine/disk.h"
#include "machine/kernel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_both(const char *path)
{
	struct upset_error error = {0};
	const char *format = NULL;
	uint64_t bytes = 1;

	if (machine_kernel_needs(path, &bytes, &error) != 0 && bytes != 0)
		abort();
	if (machine_disk_format(path, &format, &error) == 0 && strcmp(format, "raw") != 0 &&
		strcmp(format, "qcow2") != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_file(data, size, read_both);
}
