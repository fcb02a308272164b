/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs without faults for what experiments are to know: see engine/engine.h. */
#include <errno.h>

#include "engine/native/experiment.h"
#include "fault/fault.h"

static const struct upset_faults none;

int native_locate(const struct upset_experiment_request *request,
	const struct upset_fault *const *faults, size_t count, struct upset_trigger *triggers,
	struct upset_experiment_result *result, struct upset_error *error)
{
	struct upset_experiment_request without = *request;
	struct native_locate *locate = native_locate_new(faults, count, triggers);
	int rc;

	if (locate == NULL)
		return upset_error_set(error, ENOMEM, "no memory for triggers");
	without.faults = &none;
	without.trigger = NULL;
	rc = native_execute(&without, locate, NULL, result, error);
	native_locate_free(locate);
	return rc;
}

int native_survey(const struct upset_experiment_request *request, bool *hidden,
	struct upset_experiment_result *result, struct upset_error *error)
{
	struct upset_experiment_request without = *request;
	struct native_survey survey;
	enum native_means means;
	int rc = native_means_find(&means, error);

	*hidden = false;
	if (rc != 0 || means != NATIVE_SOFTWARE)
		return rc;
	if (!native_survey_begin(&survey, request->target.isa))
		return upset_error_set(error, ENOMEM, "no memory to look at the program");
	without.faults = &none;
	without.trigger = NULL;
	rc = native_execute(&without, NULL, &survey, result, error);
	native_survey_end(&survey);
	*hidden = rc == 0 && !survey.tells;
	return rc;
}
