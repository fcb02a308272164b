/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file
 * All of the library: golden runs, experiments, campaigns, and studies.
 *
 * doc/library.md is the guide.  Functions print nothing, end nothing and install no signal
 * handlers; what goes wrong is returned as a negative errno value with a message in a struct
 * upset_error.  Different threads may work with different studies.
 */
#ifndef UPSET_UPSET_H
#define UPSET_UPSET_H

#include "upset/campaign.h"
#include "upset/error.h"
#include "upset/experiment.h"
#include "upset/export.h"
#include "upset/fault.h"
#include "upset/golden.h"
#include "upset/outcome.h"
#include "upset/program.h"
#include "upset/study.h"

UPSET_BEGIN_DECLS

/** Version of the library, "0.1.0". */
UPSET_API const char *upset_version(void);

UPSET_END_DECLS

#endif
