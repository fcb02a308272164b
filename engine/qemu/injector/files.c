/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Descriptors of the program and of its copies: a copy has outputs of its own, and opens files
 * anew to have their offsets for itself.  See files.h.
 */
#include "engine/qemu/injector/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/qemu/guest/apart.h"
#include "engine/qemu/guest/guest.h"

/* A file of the program that a copy opens anew. */
struct file {
	int fd, status_flags, fd_flags;
	int output; /* which one it is; -1: none */
	off_t offset;
};

static struct {
	int outputs[FILES_OUTPUTS]; /* as they were given to the program */
	struct stat output_info[FILES_OUTPUTS];
	int highest_fd;
	struct file *files; /* [highest_fd + 1] at most */
	size_t file_count;
} files;

int files_begin(void)
{
	for (int i = 0; i < FILES_OUTPUTS; i++) {
		files.outputs[i] = apart_keep(i + 1);
		if (files.outputs[i] < 0 || fstat(files.outputs[i], &files.output_info[i]) != 0)
			return -errno;
	}
	files.highest_fd = STDERR_FILENO;
	return 0;
}

static int which_output(const struct stat *info)
{
	for (int i = 0; i < FILES_OUTPUTS; i++) {
		if (info->st_dev == files.output_info[i].st_dev &&
			info->st_ino == files.output_info[i].st_ino)
			return i;
	}
	return -1;
}

bool files_is_output(int fd)
{
	struct stat info;

	return fstat(fd, &info) == 0 && which_output(&info) >= 0;
}

void files_opened(int fd)
{
	if (fd > files.highest_fd)
		files.highest_fd = fd;
}

/* What a copy will open anew, with the offsets of now. */
static void note_files(void)
{
	free(files.files);
	files.file_count = 0;
	files.files = calloc((size_t)files.highest_fd + 1, sizeof(*files.files));
	if (files.files == NULL)
		injector_give_up("no memory for files");
	for (int fd = 0; fd <= files.highest_fd; fd++) {
		struct file *f = &files.files[files.file_count];
		struct stat info;

		if (apart_is(fd) || fstat(fd, &info) != 0 ||
			!(S_ISREG(info.st_mode) || S_ISDIR(info.st_mode)))
			continue;
		*f = (struct file){fd, fcntl(fd, F_GETFL), fcntl(fd, F_GETFD), which_output(&info),
			lseek(fd, 0, SEEK_CUR)};
		files.file_count++;
	}
}

/* A new output with what was written to output @i so far. */
static int continue_output(int i)
{
	int fd = memfd_create("output", MFD_CLOEXEC);
	struct stat info;
	off_t offset = 0;

	if (fd < 0 || fstat(files.outputs[i], &info) != 0)
		injector_give_up("no memory for an output");
	while (offset < info.st_size) {
		if (sendfile(fd, files.outputs[i], &offset, (size_t)(info.st_size - offset)) <= 0)
			injector_give_up("no memory for an output");
	}
	return fd;
}

/* In a copy: open descriptor @fd's file anew; what tells of its process is to tell of this one. */
static int open_again(int fd, int flags)
{
	char link[32], parent[32], path[PATH_MAX], own[PATH_MAX + 16];
	int length = snprintf(parent, sizeof(parent), "/proc/%d/", (int)getppid());
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n <= length || strncmp(path, parent, (size_t)length) != 0)
		return open(link, flags);
	path[n] = '\0';
	(void)snprintf(own, sizeof(own), "/proc/self/%s", path + length);
	return open(own, flags);
}

static void reopen(const struct file *f, const int outputs[FILES_OUTPUTS])
{
	int fd = f->output >= 0
			 ? outputs[f->output]
			 : open_again(f->fd, (f->status_flags & ~(O_CREAT | O_TRUNC)) | O_CLOEXEC);

	if (fd < 0 || dup3(fd, f->fd, f->fd_flags & FD_CLOEXEC ? O_CLOEXEC : 0) < 0 ||
		(f->offset >= 0 && lseek(f->fd, f->offset, SEEK_SET) < 0) ||
		(f->output >= 0 && fcntl(f->fd, F_SETFL, f->status_flags) < 0))
		injector_give_up("a copy cannot open its files");
	if (f->output < 0)
		(void)close(fd);
}

void files_before_copy(int outputs[FILES_OUTPUTS])
{
	note_files();
	for (int i = 0; i < FILES_OUTPUTS; i++)
		outputs[i] = continue_output(i);
}

void files_in_copy(const int outputs[FILES_OUTPUTS])
{
	for (size_t i = 0; i < files.file_count; i++)
		reopen(&files.files[i], outputs);
	for (int i = 0; i < FILES_OUTPUTS; i++) {
		struct stat before = files.output_info[i];

		(void)fstat(outputs[i], &files.output_info[i]);
		guest_replaces(&before, &files.output_info[i]);
		(void)close(outputs[i]);
		apart_close(files.outputs[i]);
	}
}
