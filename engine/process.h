/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What both engines share about the process they run: checking that the file
 * is a program, collecting its output, reading its memory map.
 */
#ifndef UPSET_ENGINE_PROCESS_H
#define UPSET_ENGINE_PROCESS_H

#include <limits.h>
#include <sys/types.h>

#include "base/error.h"
#include "profile/profile.h"

/*
 * Check that @path is an executable ELF file for Linux on an instruction set that upset
 * knows, whose interpreter exists, looked for in the folder @sysroot first unless that is
 * NULL.  0, or -ENOENT, -EACCES, -EISDIR, -ENOEXEC with a message that says which.
 */
int upset_process_check_program(const char *path, const char *sysroot, struct upset_error *error);
/* The instruction set that the header of the ELF file @path names; NULL: none that is known. */
const struct upset_isa *upset_process_isa(const char *path);
/* The interpreter that the ELF file @path names; "": none, or it cannot be read. */
void upset_process_interpreter(const char *path, char name[PATH_MAX]);

/*
 * The output collector: two pipes and a thread that reads them, hashes
 * (SHA-256), counts and passes on.
 */
struct upset_output;

/* Open; the write ends for the child are close-on-exec and given back in @child_fds[2]. */
struct upset_output *upset_output_open(
	int out_fd, int err_fd, int child_fds[2], struct upset_error *error);
/* The parent's copies of the write ends, to be called after fork. */
void upset_output_close_child_ends(struct upset_output *output);
/*
 * Wait for end of file on both pipes (at most @grace_ms after this call, for
 * grandchildren that keep them open), store sizes, hashes and what became of passing on
 * into @run->out and @run->err, free @output.
 */
void upset_output_finish(struct upset_output *output, int grace_ms, struct upset_run *run);

/*
 * Read /proc/@pid/maps and add every mapping to @profile (regions decided from
 * it: code, rodata, data, bss, heap, stack, mapping).  @pid 0: the text is read
 * from @maps_fd instead.  Mappings whose path equals an entry of
 * @skip_paths (NULL-terminated, may be NULL) are left out.  -errno.
 */
int upset_process_read_maps(
	pid_t pid, int maps_fd, const char *const *skip_paths, struct upset_profile *profile);

#endif
