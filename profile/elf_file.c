/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Segments and build id of an ELF file, through libelf: see elf_file.h. */
#include "profile/elf_file.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE_BYTES = 4096, MAX_BUILD_ID_BYTES = 64 };

static char *hex_text(const uint8_t *bytes, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	char *text = malloc(2 * size + 1);

	if (text == NULL)
		return NULL;
	for (size_t i = 0; i < size; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	text[2 * size] = '\0';
	return text;
}

static bool is_build_id(const GElf_Nhdr *note, const char *name)
{
	return note->n_type == NT_GNU_BUILD_ID && note->n_namesz == sizeof(ELF_NOTE_GNU) &&
	       memcmp(name, ELF_NOTE_GNU, sizeof(ELF_NOTE_GNU)) == 0 && note->n_descsz > 0 &&
	       note->n_descsz <= MAX_BUILD_ID_BYTES;
}

/* Look for a build id in the note segment @header. 0 or -ENOMEM. */
static int read_notes(Elf *elf, const GElf_Phdr *header, struct upset_elf_file *file)
{
	Elf_Data *data = elf_getdata_rawchunk(elf, (int64_t)header->p_offset, header->p_filesz,
		header->p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
	size_t offset = 0, name_offset, content_offset;
	GElf_Nhdr note;

	if (data == NULL || data->d_buf == NULL)
		return 0;
	while (file->build_id == NULL &&
		(offset = gelf_getnote(data, offset, &note, &name_offset, &content_offset)) > 0) {
		const char *bytes = data->d_buf;

		if (!is_build_id(&note, bytes + name_offset))
			continue;
		file->build_id = hex_text((const uint8_t *)bytes + content_offset, note.n_descsz);
		if (file->build_id == NULL)
			return -ENOMEM;
	}
	return 0;
}

static int read_header(Elf *elf, const GElf_Phdr *header, struct upset_elf_file *file)
{
	if (header->p_type == PT_NOTE)
		return read_notes(elf, header, file);
	if (header->p_type == PT_LOAD)
		file->segments[file->segment_count++] = (struct upset_elf_segment){
			.offset = header->p_offset,
			.file_bytes = header->p_filesz,
			.address = header->p_vaddr,
			.writable = (header->p_flags & PF_W) != 0,
			.executable = (header->p_flags & PF_X) != 0,
		};
	return 0;
}

static int read_elf(Elf *elf, struct upset_elf_file *file)
{
	size_t count;
	int result = 0;

	if (elf == NULL || elf_kind(elf) != ELF_K_ELF || elf_getphdrnum(elf, &count) != 0)
		return -ENOEXEC;
	file->segments = calloc(count + 1, sizeof(*file->segments));
	if (file->segments == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < count && result == 0; i++) {
		GElf_Phdr header;

		if (gelf_getphdr(elf, (int)i, &header) == NULL)
			return -ENOEXEC;
		result = read_header(elf, &header, file);
	}
	return result;
}

int upset_elf_file_read(const char *path, struct upset_elf_file *file)
{
	struct stat status;
	Elf *elf;
	int fd, result;

	*file = (struct upset_elf_file){0};
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
		(void)close(fd);
		return -ENOEXEC;
	}
	(void)elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	result = read_elf(elf, file);
	if (result != 0)
		file->segment_count = 0;
	(void)elf_end(elf);
	(void)close(fd);
	return result;
}

void upset_elf_file_free(struct upset_elf_file *file)
{
	free(file->segments);
	free(file->build_id);
	*file = (struct upset_elf_file){0};
}

/* Pages of two segments may share a page of the file: @offset lies in the pages of @segment? */
static bool covers(const struct upset_elf_segment *segment, uint64_t offset)
{
	uint64_t first = segment->offset - segment->offset % PAGE_BYTES;
	uint64_t past = segment->offset + segment->file_bytes + (PAGE_BYTES - 1);

	return segment->file_bytes > 0 && past >= segment->offset && offset >= first &&
	       offset < past - past % PAGE_BYTES;
}

bool upset_elf_file_bias(
	const struct upset_elf_file *file, const struct upset_mapping *mapping, uint64_t *bias)
{
	const struct upset_elf_segment *best = NULL;
	int best_match = -1;

	for (size_t i = 0; i < file->segment_count; i++) {
		const struct upset_elf_segment *segment = &file->segments[i];
		int match = 2 * (segment->executable == mapping->executable) +
			    (segment->writable == mapping->writable);

		if (covers(segment, mapping->offset) && match > best_match) {
			best = segment;
			best_match = match;
		}
	}
	if (best == NULL)
		return false;
	*bias = mapping->start - (best->address + mapping->offset - best->offset);
	return true;
}
