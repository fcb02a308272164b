/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Experiments under QEMU, each in a process of its own, and where triggers come. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/qemu/session.h"

/* --- one experiment --------------------------------------------------------------------------- */

static const struct upset_fault *fault_of_request(void *context, uint64_t item, unsigned int fault)
{
	const struct upset_experiment_request *request = context;

	return item == 0 && fault < request->faults->count ? &request->faults->faults[fault] : NULL;
}

int qemu_check(const struct upset_faults *faults, struct upset_error *error)
{
	if (faults->count > UPSET_INJECTOR_FAULTS)
		return upset_error_set(error, EINVAL,
			"engine qemu takes up to %d faults in an experiment",
			UPSET_INJECTOR_FAULTS);
	return 0;
}

int qemu_experiment(const struct upset_experiment_request *request,
	struct upset_experiment_result *result, struct upset_error *error)
{
	struct qemu_session s = {.request = request,
		.result = result,
		.error = error,
		.fault = fault_of_request,
		.context = (void *)(uintptr_t)request};
	char *text;
	int rc = qemu_check(request->faults, error);

	if (rc != 0)
		return rc;
	text = request->faults->count > 0 ? upset_faults_print(request->faults) : strdup("");
	if (text == NULL)
		return upset_error_set(error, ENOMEM, "no memory for faults");
	rc = qemu_session_run(&s, UPSET_INJECTOR_EXPERIMENT, &text, NULL, 1, 0);
	for (size_t i = 0; rc == 0 && i < request->faults->count; i++)
		result->injections[i] = s.shm->run.injections[i];
	qemu_session_end(&s);
	free(text);
	return rc;
}

/* --- triggers --------------------------------------------------------------------------------- */

struct locate {
	const struct upset_fault *const *faults;
	size_t count;
};

static const struct upset_fault *fault_sought(void *context, uint64_t item, unsigned int fault)
{
	const struct locate *l = context;

	return item < l->count && fault == 0 ? l->faults[item] : NULL;
}

static void take_triggers(
	struct qemu_session *s, const struct locate *l, struct upset_trigger *triggers)
{
	for (size_t i = 0; i < l->count; i++) {
		const struct upset_fault *f = l->faults[i];

		triggers[i] = upset_injector_items(s->shm)[i].trigger;
		/* Of the first thread: others count for themselves. */
		if (f->trigger == UPSET_FAULT_AT_INSN)
			triggers[i] = (struct upset_trigger){
				.reached = f->count < s->result->instructions, .insn = f->count};
	}
}

int qemu_locate(const struct upset_experiment_request *request,
	const struct upset_fault *const *faults, size_t count, struct upset_trigger *triggers,
	struct upset_experiment_result *result, struct upset_error *error)
{
	struct locate l = {faults, count};
	struct qemu_session s = {.request = request,
		.result = result,
		.error = error,
		.fault = fault_sought,
		.context = &l};
	char **texts = calloc(count + 1, sizeof(*texts));
	int rc = 0;

	for (size_t i = 0; texts != NULL && i < count; i++) {
		const struct upset_faults one = {(struct upset_fault *)(uintptr_t)faults[i], 1};

		texts[i] = upset_faults_print(&one);
		if (texts[i] == NULL)
			rc = -ENOMEM;
	}
	if (texts == NULL || rc != 0) {
		rc = upset_error_set(error, ENOMEM, "no memory for faults");
	} else {
		rc = qemu_session_run(&s, UPSET_INJECTOR_LOCATE, texts, NULL, count, 0);
		if (rc == 0)
			take_triggers(&s, &l, triggers);
		qemu_session_end(&s);
	}
	for (size_t i = 0; texts != NULL && i < count; i++)
		free(texts[i]);
	free(texts);
	return rc;
}
