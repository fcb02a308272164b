/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How results are told apart: see judging.h. */
#include "api/judging.h"

#include <errno.h>

#include "campaign/check.h"

enum { STATUS_MOST = 255 };

int upset_judging_check(const struct upset_judging *j, struct upset_error *error)
{
	if (j->detected_exit < -1 || j->detected_exit > STATUS_MOST)
		return upset_error_set(
			error, EINVAL, "--detected-exit is between 0 and %d", STATUS_MOST);
	return 0;
}

struct upset_outcome_rules upset_judging_rules(const struct upset_judging *j)
{
	return (struct upset_outcome_rules){
		.ignore_stdout = j->ignore_stdout,
		.ignore_stderr = j->ignore_stderr,
		.ignore_files = j->ignore_files,
		.detected_exit = (int)j->detected_exit,
		.detected_pattern = j->detected,
		.check = j->check != NULL ? upset_check_command : NULL,
		.check_context = (void *)(uintptr_t)j->check,
	};
}
