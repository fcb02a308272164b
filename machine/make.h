/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making machines: a folder with the text, the kernel and the files. */
#ifndef UPSET_MACHINE_MAKE_H
#define UPSET_MACHINE_MAKE_H

#include "base/stop.h"
#include "machine/machine.h"

/* What the machine runs.  All of it is the caller's. */
struct upset_machine_program {
	const char *path;	  /* absolute */
	const char *folder;	  /* its working folder, absolute */
	char *const *arguments;	  /* argv, NULL-terminated */
	char *const *environment; /* envp, NULL-terminated */
	const char *const *files; /* more that it needs, @file_count of them */
	size_t file_count;
};

/* NULL or 0: what is usual. */
struct upset_machine_asked {
	const struct upset_machine_arch *arch;
	const struct upset_machine_program *program; /* NULL: what @initrd has */
	const char *kernel, *vmlinux, *initrd, *append, *processor, *board;
	const char *const *disks, *const *devices;
	size_t disk_count, device_count;
	uint64_t memory_bytes;
	enum upset_machine_region region;
	const struct upset_stop *stop; /* or NULL */
};

/*
 * Make a machine in @folder, which must not be there: whole, or not at all.  Its files are copied,
 * but for disks.  0; -EEXIST, -ENOENT, -ENOEXEC, -ENOSPC, -EINTR and others, with a message.
 */
int upset_machine_make(
	const char *folder, const struct upset_machine_asked *asked, struct upset_error *error);

/* Whether the memory suffices for the kernel and the files in @folder to begin.  0; -ENOMEM. */
int upset_machine_check_memory(
	const struct upset_machine *machine, const char *folder, struct upset_error *error);

#endif
