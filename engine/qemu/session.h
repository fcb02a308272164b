/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside engine/qemu only: a QEMU that runs with the injector, and what both say to each other. */
#ifndef UPSET_ENGINE_QEMU_SESSION_H
#define UPSET_ENGINE_QEMU_SESSION_H

#include <sys/types.h>

#include "base/patience.h"
#include "engine/qemu/driver.h"
#include "engine/qemu/injector/layout.h"
#include "engine/qemu/process.h"
#include "fault/fault.h"

struct qemu_session {
	const struct upset_experiment_request *request;
	struct upset_experiment_result *result; /* of the process itself */
	struct upset_error *error;
	struct qemu_paths paths;
	char *program; /* as the memory map has it */
	struct upset_injector *shm;
	int shm_fd, sockets[2];
	struct qemu_process process;
	uint64_t begin_ns;		/* when it was started */
	struct upset_patience patience; /* since then */
	bool silent;			/* it sends no more messages */
	int rc;
	struct upset_injector_trace trace; /* of mode UPSET_INJECTOR_TRACE */
	/* The fault that a question is about; NULL: there is none such. */
	const struct upset_fault *(*fault)(void *context, uint64_t item, unsigned int fault);
	/* The scout has ended, as @message says; whether to go on. */
	bool (*scouted)(void *context, const struct upset_injector_message *message, int fds[2]);
	/* A message that is no question, with descriptors that it owns (-1: none). */
	void (*tell)(void *context, const struct upset_injector_message *message, int fds[2]);
	void *context;
};

/*
 * Run the program with the injector in @mode and wait for its end.  @texts[@count]:
 * the faults of each item, @triggers[@count] where they come (may be NULL).  The
 * shared memory stays until qemu_session_end(), which is to be called in any case.
 */
int qemu_session_run(struct qemu_session *session, enum upset_injector_mode mode,
	char *const *texts, const struct upset_trigger *triggers, size_t count, unsigned int jobs);
void qemu_session_end(struct qemu_session *session);

/* The same in parts, for several at one time: start it; */
int qemu_session_start(struct qemu_session *session, enum upset_injector_mode mode,
	char *const *texts, const struct upset_trigger *triggers, size_t count, unsigned int jobs);
/* wait up to @timeout_ms for a message, and answer it; false: the program has ended; */
bool qemu_session_attend(struct qemu_session *session, int timeout_ms);
/* then take its result. */
int qemu_session_finish(struct qemu_session *session);

#endif
