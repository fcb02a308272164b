/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a program with a fault in it may reach: namespaces of its own for
 * processes, network, IPC and mounts, in which everything is read-only but
 * copies of its working folder and of /tmp, and limits.  Knows nothing of
 * experiments.
 */
#ifndef UPSET_SANDBOX_SANDBOX_H
#define UPSET_SANDBOX_SANDBOX_H

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/hash.h"
#include "upset/program.h"

/* What is used where nothing else is said. */
extern const struct upset_limits upset_sandbox_default_limits;

/*
 * The limits of a run for which @asked is asked (0: nothing is said of it): when @needed is
 * NULL those of a run without faults, else those of an experiment whose golden run needed that.
 */
struct upset_limits upset_sandbox_limits_for(
	const struct upset_limits *asked, const struct upset_limits *needed);

/*
 * As fork(), but the child is in a sandbox: 0 in the child, its process id in
 * the parent, -ENOSYS with a message when the machine does not allow it.  The
 * child's parent is the sandbox's first process, *@keeper: when the child ends,
 * or the caller, everything in the sandbox ends.  *@status_fd becomes readable when
 * the child has ended; then upset_sandbox_end() is to be called, by the same thread.
 */
pid_t upset_sandbox_fork(const struct upset_limits *limits, pid_t *keeper, int *status_fd,
	struct upset_error *error);

/* How what ran in a sandbox has ended. */
struct upset_sandbox_ending {
	int status; /* the child's wait status; SIGKILL when the keeper was killed */
	enum upset_obstacle obstacle; /* a limit that ended it, or processes of it */
	struct upset_limits needed;   /* of it, but .processes */
	/*
	 * SHA-256 over what was done to files in the working folder and /tmp: path, type,
	 * permissions and content of each that is not as it was, and the paths of those
	 * that are gone; without times.  "" when that is not known.
	 */
	char files[UPSET_HASH_HEX_SIZE];
	struct rusage usage; /* of its processes, as wait4() has it */
};

/* Wait until nothing runs in the sandbox any more; closes @status_fd. */
void upset_sandbox_end(pid_t keeper, int status_fd, struct upset_sandbox_ending *ending);

/* Whether files below @path, which is absolute and without links, are not seen in a sandbox. */
bool upset_sandbox_hides(const char *path);

/* Whether sandboxes work here: 0, or -errno with a message that says what is missing. */
int upset_sandbox_probe(struct upset_error *error);

#endif
