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
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/read.h"

static const struct {
	uint16_t machine;
	const char *name;
} machines[] = {
	{EM_386, "32-bit x86"},
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

static int bad_machine(const char *path, const Elf64_Ehdr *header, struct upset_error *error)
{
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (machines[i].machine == header->e_machine)
			return upset_error_set(error, ENOEXEC,
				"'%s' is a program for %s; this engine runs x86-64 programs", path,
				machines[i].name);
	return upset_error_set(error, ENOEXEC,
		"'%s' is a program for ELF machine %u; this engine runs x86-64 programs", path,
		header->e_machine);
}

/* The fields of the file header that say what kind of file it is. */
static int check_header(const char *path, const Elf64_Ehdr *header, struct upset_error *error)
{
	if (header->e_ident[EI_DATA] != ELFDATA2LSB) {
		Elf64_Ehdr swapped = {
			.e_machine = (Elf64_Half)(header->e_machine >> 8 | header->e_machine << 8)};

		return bad_machine(path, &swapped, error);
	}
	if (header->e_machine == EM_X86_64 && header->e_ident[EI_CLASS] != ELFCLASS64)
		return upset_error_set(error, ENOEXEC,
			"'%s' is an x32 program; this engine runs x86-64 programs", path);
	if (header->e_machine != EM_X86_64)
		return bad_machine(path, header, error);
	if (header->e_type != ET_EXEC && header->e_type != ET_DYN)
		return upset_error_set(error, ENOEXEC,
			"'%s' is an ELF file but not a program (type %u); link it first", path,
			header->e_type);
	if (header->e_phnum == 0 || header->e_phentsize != sizeof(Elf64_Phdr))
		return upset_error_set(error, ENOEXEC,
			"'%s' is an ELF file without program headers; it cannot be run", path);
	return 0;
}

static int check_interpreter(
	int fd, const char *path, const Elf64_Phdr *segment, struct upset_error *error)
{
	char name[PATH_MAX];

	if (segment->p_filesz < 2 || segment->p_filesz > sizeof(name) ||
		!upset_read_whole_at(fd, name, segment->p_filesz, segment->p_offset) ||
		name[segment->p_filesz - 1] != '\0')
		return upset_error_set(error, ENOEXEC,
			"'%s' is a damaged ELF file: the name of its interpreter cannot be read",
			path);
	if (access(name, F_OK) != 0)
		return upset_error_set(error, ENOEXEC,
			"'%s' needs the interpreter '%.255s', which is missing; install it or link "
			"the program statically",
			path, name);
	if (access(name, X_OK) != 0)
		return upset_error_set(error, ENOEXEC,
			"'%s' needs the interpreter '%.255s', which is not executable", path, name);
	return 0;
}

static int check_segments(int fd, const char *path, const Elf64_Ehdr *header, uint64_t file_size,
	struct upset_error *error)
{
	bool loadable = false;

	for (unsigned int i = 0; i < header->e_phnum; i++) {
		Elf64_Phdr segment;
		int result;

		if (header->e_phoff > file_size ||
			!upset_read_whole_at(fd, &segment, sizeof(segment),
				header->e_phoff + i * sizeof(segment)))
			return upset_error_set(error, ENOEXEC,
				"'%s' is a truncated ELF file: its program headers are missing",
				path);
		if ((segment.p_type == PT_LOAD || segment.p_type == PT_INTERP) &&
			(segment.p_offset > file_size ||
				segment.p_filesz > file_size - segment.p_offset))
			return upset_error_set(error, ENOEXEC,
				"'%s' is a truncated ELF file: a segment ends after the file",
				path);
		if (segment.p_type == PT_INTERP) {
			result = check_interpreter(fd, path, &segment, error);
			if (result != 0)
				return result;
		}
		loadable |= segment.p_type == PT_LOAD;
	}
	if (!loadable)
		return upset_error_set(error, ENOEXEC,
			"'%s' is an ELF file with nothing to load; it cannot be run", path);
	return 0;
}

static int check_elf(int fd, const char *path, uint64_t file_size, struct upset_error *error)
{
	union {
		Elf64_Ehdr header;
		char text[sizeof(Elf64_Ehdr)];
		char line[256];
	} start;
	ssize_t size;
	size_t whole;
	int result;

	memset(&start, 0, sizeof(start));
	do {
		size = pread(fd, &start, sizeof(start), 0);
	} while (size < 0 && errno == EINTR);
	if (size < 0)
		return upset_error_set(
			error, EACCES, "cannot read '%s': %s", path, strerror(errno));
	if (size >= 2 && memcmp(start.text, "#!", 2) == 0)
		return bad_script(path, start.line, (size_t)size, error);
	if (size < SELFMAG || memcmp(start.text, ELFMAG, SELFMAG) != 0)
		return upset_error_set(error, ENOEXEC, "'%s' is not an ELF program%s", path,
			size == 0 ? " (it is empty)" : "");
	whole = start.text[EI_CLASS] == ELFCLASS32 ? sizeof(Elf32_Ehdr) : sizeof(Elf64_Ehdr);
	if ((size_t)size < whole)
		return upset_error_set(error, ENOEXEC,
			"'%s' is a truncated ELF file: its header is incomplete", path);
	result = check_header(path, &start.header, error);
	if (result != 0)
		return result;
	return check_segments(fd, path, &start.header, file_size, error);
}

int upset_process_check_program(const char *path, struct upset_error *error)
{
	struct stat status;
	int fd, result;

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
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return upset_error_set(
			error, EACCES, "cannot read '%s': %s", path, strerror(errno));
	result = check_elf(fd, path, (uint64_t)status.st_size, error);
	close(fd);
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
	return upset_isa_find_elf(
		header.e_machine, header.e_ident[EI_CLASS], header.e_ident[EI_DATA]);
}
