/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making machines: see make.h.  A folder is filled under another name, which it gets at the end. */
#include "machine/make.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "machine/disk.h"
#include "machine/initrd.h"
#include "machine/kernel.h"
#include "machine/parts.h"

/* What lies in a machine's folder. */
static const char kernel_name[] = "kernel", vmlinux_name[] = "vmlinux", initrd_name[] = "initrd";

enum {
	CHUNK = 1 << 20,
	COPIES = 3, /* of files in memory: as read, unpacked, and room to work */
	MEMORY_STEP = 64 << 20,
};

struct maker {
	const struct upset_machine_asked *asked;
	struct upset_error *error;
	struct upset_machine machine;
	char name[PATH_MAX];   /* of the folder at the end */
	char folder[PATH_MAX]; /* while it is filled; "": not yet made */
};

static int no_memory(struct upset_error *error)
{
	return upset_error_set(error, ENOMEM, "out of memory");
}

static int check_stop(const struct maker *m)
{
	if (upset_stop_reason(m->asked->stop) == 0)
		return 0;
	return upset_error_set(m->error, EINTR, "interrupted: no machine was made");
}

/* --- files ------------------------------------------------------------------------------------ */

static int join(const struct maker *m, const char *name, char path[PATH_MAX])
{
	if (snprintf(path, PATH_MAX, "%s/%s", m->folder, name) < PATH_MAX)
		return 0;
	return upset_error_set(m->error, ENAMETOOLONG, "'%.80s...' is too long", m->folder);
}

static int copy_bytes(const struct maker *m, int from, const char *source, int to, const char *path)
{
	char *chunk = malloc(CHUNK);
	ssize_t n = 0;
	int rc = chunk == NULL ? no_memory(m->error) : 0;

	while (rc == 0 && (n = read(from, chunk, CHUNK)) != 0) {
		if (n < 0 && errno != EINTR)
			rc = upset_error_set(
				m->error, errno, "cannot read %s: %s", source, strerror(errno));
		for (ssize_t done = 0; rc == 0 && done < n;) {
			ssize_t written = write(to, chunk + done, (size_t)(n - done));

			if (written < 0 && errno != EINTR)
				rc = upset_error_set(m->error, errno, "cannot write %s: %s", path,
					strerror(errno));
			done += written > 0 ? written : 0;
		}
		if (rc == 0)
			rc = check_stop(m);
	}
	free(chunk);
	return rc;
}

static int create(const struct maker *m, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	return fd >= 0 ? fd
		       : upset_error_set(
				 m->error, errno, "cannot make %s: %s", path, strerror(errno));
}

/* Copy the file @source to @name in the folder; the machine's text has it from now on. */
static int take_file(struct maker *m, const char *source, const char *name, char **said)
{
	char path[PATH_MAX];
	struct stat info;
	int from, to, rc = join(m, name, path);

	if (rc != 0)
		return rc;
	from = open(source, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (from < 0 || fstat(from, &info) != 0)
		rc = upset_error_set(
			m->error, errno, "cannot read %s: %s", source, strerror(errno));
	else if (!S_ISREG(info.st_mode))
		rc = upset_error_set(m->error, ENOTSUP, "%s is no regular file", source);
	to = rc == 0 ? create(m, path) : rc;
	if (to >= 0) {
		rc = copy_bytes(m, from, source, to, path);
		if (close(to) != 0 && rc == 0)
			rc = upset_error_set(
				m->error, errno, "cannot write %s: %s", path, strerror(errno));
	} else {
		rc = to;
	}
	if (from >= 0)
		(void)close(from);
	*said = strdup(name);
	return rc == 0 && *said == NULL ? no_memory(m->error) : rc;
}

/* Close what was written to @path: all of it must have arrived. */
static int finish_file(const struct maker *m, FILE *out, const char *path, int rc)
{
	const bool failed = ferror(out) != 0;

	if ((fclose(out) != 0 || failed) && rc == 0)
		return upset_error_set(
			m->error, errno, "cannot write %s: %s", path, strerror(errno));
	return rc;
}

static int open_file(const struct maker *m, const char *name, char path[PATH_MAX], FILE **out)
{
	int rc = join(m, name, path), fd = rc == 0 ? create(m, path) : rc;

	if (fd < 0)
		return fd;
	*out = fdopen(fd, "w");
	if (*out == NULL) {
		(void)close(fd);
		return no_memory(m->error);
	}
	return 0;
}

/* --- what is in a machine --------------------------------------------------------------------- */

static int take_kernel(struct maker *m)
{
	char path[PATH_MAX];
	uint64_t needed;
	int rc = 0;

	if (m->asked->kernel != NULL)
		(void)snprintf(path, sizeof(path), "%s", m->asked->kernel);
	else
		rc = upset_machine_find_part(m->asked->arch, "kernel", path, m->error);
	if (rc == 0)
		rc = machine_kernel_needs(path, &needed, m->error);
	return rc == 0 ? take_file(m, path, kernel_name, &m->machine.kernel) : rc;
}

/* Debian's kernel knows disks by a module; those of one's own are expected to know them. */
static int find_module(struct maker *m, char module[PATH_MAX])
{
	static const char name[] = "virtio_blk";
	const struct upset_machine_arch *arch = m->asked->arch;
	const bool own =
		m->asked->kernel != NULL || (upset_machine_part_is_named(arch, "kernel") &&
						    !upset_machine_part_is_named(arch, name));

	module[0] = '\0';
	if (m->asked->disk_count == 0 || own)
		return 0;
	return upset_machine_find_part(arch, name, module, m->error);
}

static int write_initrd(struct maker *m)
{
	char path[PATH_MAX], module[PATH_MAX];
	FILE *out = NULL;
	int rc = find_module(m, module);

	if (rc == 0)
		rc = open_file(m, initrd_name, path, &out);
	if (rc != 0)
		return rc;
	rc = machine_initrd_write(
		out, path, m->asked->program, module[0] != '\0' ? module : NULL, m->error);
	rc = finish_file(m, out, path, rc);
	m->machine.initrd = strdup(initrd_name);
	m->machine.result = UPSET_MACHINE_RESULT_SERIAL;
	return rc == 0 && m->machine.initrd == NULL ? no_memory(m->error) : rc;
}

/* @said is what is to be said, or NULL: it could not be had. */
static int check_said(const struct maker *m, const char *said)
{
	if (said == NULL)
		return no_memory(m->error);
	if (strchr(said, '\n') == NULL)
		return 0;
	return upset_error_set(m->error, EINVAL, "'%.40s' is more than one line", said);
}

static int take_text(struct maker *m, char **said, const char *asked, const char *usual)
{
	*said = strdup(asked != NULL ? asked : usual);
	return check_said(m, *said);
}

static int take_words(
	struct maker *m, struct upset_machine_words *words, const char *const *asked, size_t count)
{
	int rc = 0;

	words->items = calloc(count, sizeof(*words->items));
	if (count > 0 && words->items == NULL)
		return no_memory(m->error);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		words->items[words->count] = strdup(asked[i]);
		rc = check_said(m, words->items[words->count++]);
	}
	return rc;
}

/* By paths that mean the same from everywhere. */
static int take_disks(struct maker *m)
{
	struct upset_machine_words *words = &m->machine.disks;
	const char *format;
	int rc = take_words(m, words, m->asked->disks, m->asked->disk_count);

	for (size_t i = 0; rc == 0 && i < words->count; i++) {
		char *whole = realpath(words->items[i], NULL);

		if (whole == NULL)
			return upset_error_set(m->error, errno, "cannot use the disk %s: %s",
				words->items[i], strerror(errno));
		free(words->items[i]);
		words->items[i] = whole;
		rc = check_said(m, whole);
		if (rc == 0)
			rc = machine_disk_format(whole, &format, m->error);
	}
	return rc;
}

static int take_all(struct maker *m)
{
	const struct upset_machine_asked *a = m->asked;
	int rc = take_text(m, &m->machine.board, a->board, a->arch->board);

	m->machine.arch = a->arch;
	m->machine.region = a->region;
	if (rc == 0)
		rc = take_text(m, &m->machine.processor, a->processor, a->arch->processor);
	/* A kernel may have no command line, but a text has no empty values. */
	if (rc == 0 && (a->append == NULL || a->append[0] != '\0'))
		rc = take_text(m, &m->machine.append, a->append, a->arch->append);
	if (rc == 0)
		rc = take_disks(m);
	if (rc == 0)
		rc = take_words(m, &m->machine.devices, a->devices, a->device_count);
	if (rc == 0)
		rc = take_kernel(m);
	if (rc == 0 && a->vmlinux != NULL)
		rc = take_file(m, a->vmlinux, vmlinux_name, &m->machine.vmlinux);
	if (rc == 0 && a->initrd != NULL)
		rc = take_file(m, a->initrd, initrd_name, &m->machine.initrd);
	if (rc == 0 && a->program != NULL)
		rc = write_initrd(m);
	return rc;
}

/* --- memory ----------------------------------------------------------------------------------- */

static uint64_t file_size(const char *folder, const char *name)
{
	char *path = name == NULL ? NULL : upset_machine_path(folder, name);
	struct stat info = {0};

	if (path != NULL && stat(path, &info) != 0)
		info.st_size = 0;
	free(path);
	return (uint64_t)info.st_size;
}

int upset_machine_check_memory(
	const struct upset_machine *machine, const char *folder, struct upset_error *error)
{
	char *path = upset_machine_path(folder, machine->kernel), has[32], needs[32];
	uint64_t needed = 0;
	int rc = path == NULL ? no_memory(error) : machine_kernel_needs(path, &needed, error);

	free(path);
	if (rc != 0 || needed == 0)
		return rc;
	needed += file_size(folder, machine->initrd);
	if (machine->memory_bytes >= needed)
		return 0;
	upset_machine_memory_print(machine->memory_bytes, has);
	upset_machine_memory_print(((needed >> 20) + 1) << 20, needs);
	return upset_error_set(error, ENOMEM,
		"memory of %s is too little: the kernel and the files need %s before the kernel "
		"has "
		"begun; give the machine more, such as 128M",
		has, needs);
}

/* As much as is usual, or as many files need. */
static int choose_memory(struct maker *m)
{
	const uint64_t usual = m->asked->arch->memory_bytes;
	const uint64_t wanted = usual / 2 + COPIES * file_size(m->folder, m->machine.initrd);

	m->machine.memory_bytes = m->asked->memory_bytes;
	if (m->machine.memory_bytes == 0)
		m->machine.memory_bytes =
			wanted <= usual ? usual
					: (wanted + MEMORY_STEP - 1) / MEMORY_STEP * MEMORY_STEP;
	return upset_machine_check_memory(&m->machine, m->folder, m->error);
}

/* --- all of it -------------------------------------------------------------------------------- */

/* What is read of @text must be what it was written of: values may have what no text has. */
static int check_text(const struct maker *m, const char *text)
{
	struct upset_machine read;
	struct upset_error error = {0};
	int rc = upset_machine_parse(&read, UPSET_MACHINE_FILE, text, strlen(text), &error);
	char *again = rc == 0 ? upset_machine_print(&read) : NULL;

	if (rc == -ENOMEM || (rc == 0 && again == NULL))
		rc = no_memory(m->error);
	else if (rc != 0)
		rc = upset_error_set(m->error, EINVAL,
			"what is said of the machine cannot be written down: %s", error.message);
	else if (strcmp(again, text) != 0)
		rc = upset_error_set(m->error, EINVAL,
			"what is said of the machine cannot be written down: a text, or the name "
			"of a file, begins or ends with a blank");
	free(again);
	upset_machine_fini(&read);
	return rc;
}

static int write_text(struct maker *m)
{
	char path[PATH_MAX], *text = upset_machine_print(&m->machine);
	FILE *out = NULL;
	int rc = text == NULL ? no_memory(m->error) : check_text(m, text);

	if (rc == 0)
		rc = open_file(m, UPSET_MACHINE_FILE, path, &out);
	if (rc == 0) {
		(void)fprintf(out, "%s", text);
		rc = finish_file(m, out, path, 0);
	}
	free(text);
	return rc;
}

static int begin(struct maker *m, const char *folder)
{
	static const char unique[] = ".XXXXXX";
	size_t n = strlen(folder);
	struct stat info;
	mode_t mask = umask(0);

	(void)umask(mask);
	while (n > 1 && folder[n - 1] == '/')
		n--;
	if (n + sizeof(unique) > sizeof(m->folder))
		return upset_error_set(m->error, ENAMETOOLONG, "'%.80s...' is too long", folder);
	memcpy(m->name, folder, n);
	if (lstat(m->name, &info) == 0)
		return upset_error_set(m->error, EEXIST,
			"'%s' is there already: name another folder, or remove it", folder);
	(void)snprintf(m->folder, sizeof(m->folder), "%.*s%s", (int)n, folder, unique);
	if (mkdtemp(m->folder) == NULL) {
		m->folder[0] = '\0';
		return upset_error_set(
			m->error, errno, "cannot make '%s': %s", folder, strerror(errno));
	}
	(void)chmod(m->folder, 0777 & ~mask);
	return 0;
}

static void remove_all(const struct maker *m)
{
	static const char *const names[] = {
		kernel_name, vmlinux_name, initrd_name, UPSET_MACHINE_FILE};
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (join(m, names[i], path) == 0)
			(void)unlink(path);
	}
	(void)rmdir(m->folder);
}

/* Not every file system, NFS among them, can refuse to replace; there folders that are empty are.
 */
static int put_in_place(const struct maker *m)
{
	struct stat info;

	if (renameat2(AT_FDCWD, m->folder, AT_FDCWD, m->name, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno == EINVAL || errno == ENOSYS) {
		if (lstat(m->name, &info) == 0)
			errno = EEXIST;
		else if (rename(m->folder, m->name) == 0)
			return 0;
	}
	return upset_error_set(m->error, errno, "cannot make '%s': %s", m->name, strerror(errno));
}

int upset_machine_make(
	const char *folder, const struct upset_machine_asked *asked, struct upset_error *error)
{
	struct maker m = {.asked = asked, .error = error};
	int rc = begin(&m, folder);

	if (rc == 0)
		rc = take_all(&m);
	if (rc == 0)
		rc = choose_memory(&m);
	if (rc == 0)
		rc = write_text(&m);
	if (rc == 0)
		rc = check_stop(&m);
	if (rc == 0)
		rc = put_in_place(&m);
	if (rc != 0 && m.folder[0] != '\0')
		remove_all(&m);
	upset_machine_fini(&m.machine);
	return rc;
}
