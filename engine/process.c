/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Says whether a file is a program that an engine can run, and if not, why.
 * Reads headers of untrusted files: every offset and size is checked against
 * what was read.  Knows nothing of how the program is run.
 */
#include "engine/process.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/read.h"

enum { SETS_TEXT = 128, INSIDE_BYTES = 2 * PATH_MAX };

static const struct {
	uint16_t machine;
	const char *name;
} machines[] = {
	{EM_386, "x86"},
	{EM_AARCH64, "aarch64"},
	{EM_ARM, "arm"},
	{EM_RISCV, "riscv"},
	{EM_PPC64, "ppc64"},
	{EM_PPC, "ppc"},
	{EM_S390, "s390"},
	{EM_MIPS, "mips"},
	{EM_SPARCV9, "sparc64"},
	{EM_SPARC, "sparc"},
	{EM_IA_64, "ia64"},
	{EM_ALPHA, "alpha"},
	{EM_68K, "m68k"},
	{EM_SH, "sh4"},
	{EM_PARISC, "hppa"},
#ifdef EM_LOONGARCH
	{EM_LOONGARCH, "loongarch"},
#endif
};

/* What is looked at of a program. */
struct file {
	int fd;
	const char *path, *sysroot;
	uint64_t size;
	bool narrow;	   /* of class 32 */
	Elf64_Ehdr header; /* of a narrow one, widened */
};

static int bad_script(const char *path, const char *line, size_t size, struct upset_error *error)
{
	size_t start = 2, end;

	while (start < size && (line[start] == ' ' || line[start] == '\t'))
		start++;
	end = start;
	while (end < size && line[end] != '\0' && line[end] != '\n' && line[end] != ' ' &&
		line[end] != '\t')
		end++;
	if (end == start)
		return upset_error_set(error, ENOEXEC,
			"'%s' is a script, not an ELF program; run its interpreter instead", path);
	return upset_error_set(error, ENOEXEC,
		"'%s' is a script, not an ELF program; run its interpreter instead: %.*s %s", path,
		(int)(end - start), line + start, path);
}

/* "x86-64, i386 and riscv64" */
static const char *name_sets(char text[SETS_TEXT])
{
	const struct upset_isa *isa;
	size_t used = 0;

	text[0] = '\0';
	for (unsigned int i = 0; (isa = upset_isa_at(i)) != NULL && used < SETS_TEXT; i++)
		used += (size_t)snprintf(text + used, SETS_TEXT - used, "%s%s",
			i == 0			      ? ""
			: upset_isa_at(i + 1) == NULL ? " and "
						      : ", ",
			isa->name);
	return text;
}

static int bad_machine(const struct file *file, struct upset_error *error)
{
	const unsigned int machine = file->header.e_machine;
	char sets[SETS_TEXT];

	if (machine == EM_X86_64)
		return upset_error_set(error, ENOEXEC,
			"'%s' is an x32 program; upset runs programs for %s", file->path,
			name_sets(sets));
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (machines[i].machine == machine)
			return upset_error_set(error, ENOEXEC,
				"'%s' is a program for %d-bit %s; upset runs programs for %s",
				file->path, file->narrow ? 32 : 64, machines[i].name,
				name_sets(sets));
	return upset_error_set(error, ENOEXEC,
		"'%s' is a program for ELF machine %u; upset runs programs for %s", file->path,
		machine, name_sets(sets));
}

static const struct upset_isa *isa_of(const Elf64_Ehdr *header)
{
	return upset_isa_find_elf(
		header->e_machine, header->e_ident[EI_CLASS], header->e_ident[EI_DATA]);
}

/* The fields of the file header that say what kind of file it is. */
static int check_header(const struct file *file, struct upset_error *error)
{
	const Elf64_Ehdr *header = &file->header;
	const size_t segment = file->narrow ? sizeof(Elf32_Phdr) : sizeof(Elf64_Phdr);

	if (isa_of(header) == NULL)
		return bad_machine(file, error);
	if (header->e_type != ET_EXEC && header->e_type != ET_DYN)
		return upset_error_set(error, ENOEXEC,
			"'%s' is an ELF file but not a program (type %u); link it first",
			file->path, header->e_type);
	if (header->e_phnum == 0 || header->e_phentsize != segment)
		return upset_error_set(error, ENOEXEC,
			"'%s' is an ELF file without program headers; it cannot be run",
			file->path);
	return 0;
}

/* Where the interpreter @name lies: in the sysroot, if it has one. */
static const char *find_interpreter(
	const struct file *file, const char *name, char inside[INSIDE_BYTES])
{
	if (file->sysroot == NULL)
		return name;
	(void)snprintf(inside, INSIDE_BYTES, "%s/%s", file->sysroot, name);
	return access(inside, F_OK) == 0 ? inside : name;
}

static int no_interpreter(const struct file *file, const char *name, struct upset_error *error)
{
	if (isa_of(&file->header) != upset_isa_at(0) && file->sysroot == NULL)
		return upset_error_set(error, ENOEXEC,
			"'%s' needs the interpreter '%.255s', which is missing; name the folder "
			"that has it and the libraries with --sysroot, or link the program "
			"statically",
			file->path, name);
	if (file->sysroot != NULL)
		return upset_error_set(error, ENOEXEC,
			"'%s' needs the interpreter '%.255s', which is missing, in the sysroot "
			"'%.255s' too; name the folder that has it with --sysroot",
			file->path, name, file->sysroot);
	return upset_error_set(error, ENOEXEC,
		"'%s' needs the interpreter '%.255s', which is missing; install it or link "
		"the program statically",
		file->path, name);
}

static bool read_interpreter(
	const struct file *file, const Elf64_Phdr *segment, char name[PATH_MAX])
{
	return segment->p_filesz >= 2 && segment->p_filesz <= PATH_MAX &&
	       upset_read_whole_at(file->fd, name, segment->p_filesz, segment->p_offset) &&
	       name[segment->p_filesz - 1] == '\0';
}

static int check_interpreter(
	const struct file *file, const Elf64_Phdr *segment, struct upset_error *error)
{
	char name[PATH_MAX], inside[INSIDE_BYTES];
	const char *found;

	if (!read_interpreter(file, segment, name))
		return upset_error_set(error, ENOEXEC,
			"'%s' is a damaged ELF file: the name of its interpreter cannot be read",
			file->path);
	found = find_interpreter(file, name, inside);
	if (access(found, F_OK) != 0)
		return no_interpreter(file, name, error);
	if (access(found, X_OK) != 0)
		return upset_error_set(error, ENOEXEC,
			"'%s' needs the interpreter '%.255s', which is not executable", file->path,
			found);
	return 0;
}

static bool read_segment(const struct file *file, unsigned int index, Elf64_Phdr *segment)
{
	const uint64_t at = file->header.e_phoff + (uint64_t)index * file->header.e_phentsize;
	Elf32_Phdr narrow;

	if (file->header.e_phoff > file->size)
		return false;
	if (!file->narrow)
		return upset_read_whole_at(file->fd, segment, sizeof(*segment), at);
	if (!upset_read_whole_at(file->fd, &narrow, sizeof(narrow), at))
		return false;
	*segment = (Elf64_Phdr){
		.p_type = narrow.p_type, .p_offset = narrow.p_offset, .p_filesz = narrow.p_filesz};
	return true;
}

static int check_segments(const struct file *file, struct upset_error *error)
{
	bool loadable = false;

	for (unsigned int i = 0; i < file->header.e_phnum; i++) {
		Elf64_Phdr segment;
		int result;

		if (!read_segment(file, i, &segment))
			return upset_error_set(error, ENOEXEC,
				"'%s' is a truncated ELF file: its program headers are missing",
				file->path);
		if ((segment.p_type == PT_LOAD || segment.p_type == PT_INTERP) &&
			(segment.p_offset > file->size ||
				segment.p_filesz > file->size - segment.p_offset))
			return upset_error_set(error, ENOEXEC,
				"'%s' is a truncated ELF file: a segment ends after the file",
				file->path);
		if (segment.p_type == PT_INTERP) {
			result = check_interpreter(file, &segment, error);
			if (result != 0)
				return result;
		}
		loadable |= segment.p_type == PT_LOAD;
	}
	if (!loadable)
		return upset_error_set(error, ENOEXEC,
			"'%s' is an ELF file with nothing to load; it cannot be run", file->path);
	return 0;
}

/* The header as one of class 64 in this machine's byte order; in the other one e_machine alone. */
static Elf64_Ehdr widen(const Elf64_Ehdr *from)
{
	const Elf32_Ehdr *narrow = (const Elf32_Ehdr *)from;
	Elf64_Ehdr header = *from;

	if (from->e_ident[EI_CLASS] == ELFCLASS32) {
		header.e_phoff = narrow->e_phoff;
		header.e_phentsize = narrow->e_phentsize;
		header.e_phnum = narrow->e_phnum;
	}
	if (from->e_ident[EI_DATA] == ELFDATA2MSB)
		header.e_machine = (Elf64_Half)(from->e_machine >> 8 | from->e_machine << 8);
	return header;
}

static int check_elf(struct file *file, struct upset_error *error)
{
	union {
		Elf64_Ehdr header;
		char text[sizeof(Elf64_Ehdr)];
		char line[256];
	} start;
	ssize_t size;
	int result;

	memset(&start, 0, sizeof(start));
	do {
		size = pread(file->fd, &start, sizeof(start), 0);
	} while (size < 0 && errno == EINTR);
	if (size < 0)
		return upset_error_set(
			error, EACCES, "cannot read '%s': %s", file->path, strerror(errno));
	if (size >= 2 && memcmp(start.text, "#!", 2) == 0)
		return bad_script(file->path, start.line, (size_t)size, error);
	if (size < SELFMAG || memcmp(start.text, ELFMAG, SELFMAG) != 0)
		return upset_error_set(error, ENOEXEC, "'%s' is not an ELF program%s", file->path,
			size == 0 ? " (it is empty)" : "");
	file->narrow = start.text[EI_CLASS] == ELFCLASS32;
	if ((size_t)size < (file->narrow ? sizeof(Elf32_Ehdr) : sizeof(Elf64_Ehdr)))
		return upset_error_set(error, ENOEXEC,
			"'%s' is a truncated ELF file: its header is incomplete", file->path);
	file->header = widen(&start.header);
	result = check_header(file, error);
	return result != 0 ? result : check_segments(file, error);
}

int upset_process_check_program(const char *path, const char *sysroot, struct upset_error *error)
{
	struct file file = {.path = path, .sysroot = sysroot};
	struct stat status;
	int result;

	if (stat(path, &status) != 0) {
		if (errno == EACCES)
			return upset_error_set(error, EACCES,
				"cannot reach '%s': permission denied on a folder of its path",
				path);
		if (errno == ENOENT || errno == ENOTDIR)
			return upset_error_set(
				error, ENOENT, "there is no program '%s'; give its path", path);
		return upset_error_set(
			error, ENOENT, "cannot find '%s': %s", path, strerror(errno));
	}
	if (S_ISDIR(status.st_mode))
		return upset_error_set(error, EISDIR, "'%s' is a directory; give a program", path);
	if (!S_ISREG(status.st_mode))
		return upset_error_set(error, EACCES, "'%s' is not a regular file", path);
	if (access(path, X_OK) != 0)
		return upset_error_set(error, EACCES,
			"'%s' is not executable; set the permission with chmod +x", path);
	file.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (file.fd < 0)
		return upset_error_set(
			error, EACCES, "cannot read '%s': %s", path, strerror(errno));
	file.size = (uint64_t)status.st_size;
	result = check_elf(&file, error);
	(void)close(file.fd);
	return result;
}

const struct upset_isa *upset_process_isa(const char *path)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	Elf64_Ehdr header;
	bool whole;

	if (fd < 0)
		return NULL;
	/* Up to e_machine headers of both classes are alike. */
	whole = upset_read_whole_at(fd, &header, offsetof(Elf64_Ehdr, e_version), 0) &&
		memcmp(header.e_ident, ELFMAG, SELFMAG) == 0;
	(void)close(fd);
	if (!whole)
		return NULL;
	if (header.e_ident[EI_DATA] == ELFDATA2MSB)
		header.e_machine = (Elf64_Half)(header.e_machine >> 8 | header.e_machine << 8);
	return isa_of(&header);
}

/* The first interpreter that the segments name; "": there is none. */
static void find_interpreter_name(const struct file *file, char name[PATH_MAX])
{
	name[0] = '\0';
	for (unsigned int i = 0; i < file->header.e_phnum; i++) {
		Elf64_Phdr segment;

		if (!read_segment(file, i, &segment))
			return;
		if (segment.p_type != PT_INTERP)
			continue;
		if (!read_interpreter(file, &segment, name))
			name[0] = '\0';
		return;
	}
}

void upset_process_interpreter(const char *path, char name[PATH_MAX])
{
	struct file file = {.path = path, .fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
	struct stat status;
	Elf64_Ehdr header;

	name[0] = '\0';
	if (file.fd < 0)
		return;
	if (fstat(file.fd, &status) == 0 &&
		upset_read_whole_at(file.fd, &header, sizeof(header), 0) &&
		memcmp(header.e_ident, ELFMAG, SELFMAG) == 0) {
		file.size = (uint64_t)status.st_size;
		file.narrow = header.e_ident[EI_CLASS] == ELFCLASS32;
		file.header = widen(&header);
		find_interpreter_name(&file, name);
	}
	(void)close(file.fd);
}
