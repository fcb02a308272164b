/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening ELF files without trusting what they are: see elf_open.h. */
#include "symbols/elf_open.h"

#include <elfutils/libdwelf.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char debug_root[] = "/usr/lib/debug";

enum { MIN_BUILD_ID_BYTES = 2, MAX_BUILD_ID_BYTES = 64, READ_BYTES = 64 * 1024 };

static const struct upset_elf no_file = {.elf = NULL, .fd = -1};

static bool is_program(Elf *elf)
{
	GElf_Ehdr header;

	return elf != NULL && elf_kind(elf) == ELF_K_ELF && gelf_getehdr(elf, &header) != NULL &&
	       (header.e_type == ET_EXEC || header.e_type == ET_DYN);
}

struct upset_elf upset_elf_open(const char *path)
{
	struct upset_elf file = no_file;
	struct stat status;

	(void)elf_version(EV_CURRENT);
	file.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (file.fd >= 0 && fstat(file.fd, &status) == 0 && S_ISREG(status.st_mode))
		file.elf = elf_begin(file.fd, ELF_C_READ, NULL);
	if (!is_program(file.elf))
		upset_elf_close(&file);
	return file;
}

void upset_elf_close(struct upset_elf *file)
{
	(void)elf_end(file->elf);
	if (file->fd >= 0)
		(void)close(file->fd);
	*file = no_file;
}

/* --- by build id --------------------------------------------------------------- */

static bool same_build_id(Elf *elf, const uint8_t *id, size_t size)
{
	const void *other;

	return dwelf_elf_gnu_build_id(elf, &other) == (ssize_t)size && memcmp(other, id, size) == 0;
}

static struct upset_elf open_by_build_id(const uint8_t *id, size_t size)
{
	char path[sizeof(debug_root) + (size_t)2 * MAX_BUILD_ID_BYTES + 32];
	struct upset_elf file;
	int used;

	if (size < MIN_BUILD_ID_BYTES || size > MAX_BUILD_ID_BYTES)
		return no_file;
	used = snprintf(path, sizeof(path), "%s/.build-id/%02x/", debug_root, id[0]);
	for (size_t i = 1; i < size; i++)
		used += snprintf(path + used, sizeof(path) - (size_t)used, "%02x", id[i]);
	(void)snprintf(path + used, sizeof(path) - (size_t)used, ".debug");
	file = upset_elf_open(path);
	if (file.elf != NULL && !same_build_id(file.elf, id, size))
		upset_elf_close(&file);
	return file;
}

/* --- by .gnu_debuglink --------------------------------------------------------- */

/* One table entry of the CRC-32 that .gnu_debuglink uses (GDB manual, "Separate Debug Files"). */
static uint32_t crc_of_byte(uint32_t byte)
{
	for (int bit = 0; bit < 8; bit++)
		byte = (byte >> 1) ^ ((byte & 1) != 0 ? 0xedb88320U : 0U);
	return byte;
}

static bool has_crc(int fd, uint32_t wanted)
{
	uint8_t *buffer = malloc(READ_BYTES);
	uint32_t table[256], crc = UINT32_MAX;
	off_t offset = 0;
	ssize_t got = -1;

	for (uint32_t i = 0; i < 256; i++)
		table[i] = crc_of_byte(i);
	while (buffer != NULL && (got = pread(fd, buffer, READ_BYTES, offset)) > 0) {
		for (ssize_t i = 0; i < got; i++)
			crc = table[(crc ^ buffer[i]) & 0xff] ^ (crc >> 8);
		offset += got;
	}
	free(buffer);
	return got == 0 && ~crc == wanted;
}

static struct upset_elf open_link(
	const char *root, const char *module, const char *folder, const char *name, GElf_Word crc)
{
	const char *slash = strrchr(module, '/');
	struct upset_elf file = no_file;
	char *path;

	if (slash == NULL || asprintf(&path, "%s%.*s%s%s", root, (int)(slash + 1 - module), module,
				     folder, name) < 0)
		return file;
	file = upset_elf_open(path);
	free(path);
	if (file.elf != NULL && !has_crc(file.fd, crc))
		upset_elf_close(&file);
	return file;
}

static struct upset_elf open_by_link(Elf *elf, const char *path)
{
	GElf_Word crc = 0;
	const char *name = dwelf_elf_gnu_debuglink(elf, &crc);
	struct upset_elf file = no_file;

	if (name == NULL || name[0] == '\0' || strchr(name, '/') != NULL)
		return file;
	file = open_link("", path, "", name, crc);
	if (file.elf == NULL)
		file = open_link("", path, ".debug/", name, crc);
	if (file.elf == NULL)
		file = open_link(debug_root, path, "", name, crc);
	return file;
}

struct upset_elf upset_elf_open_debug(const struct upset_elf *module, const char *path)
{
	struct upset_elf file = no_file;
	const void *id;
	ssize_t size;

	if (module->elf == NULL)
		return file;
	size = dwelf_elf_gnu_build_id(module->elf, &id);
	if (size > 0)
		file = open_by_build_id(id, (size_t)size);
	if (file.elf == NULL)
		file = open_by_link(module->elf, path);
	return file;
}
