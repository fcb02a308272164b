/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside cli/ only: what upset machine tells. */
#ifndef UPSET_CLI_MACHINE_H
#define UPSET_CLI_MACHINE_H

#include "cli/commands.h"
#include "machine/boot.h"
#include "machine/make.h"
#include "sandbox/sandbox.h"

/* Boot the machine in @folder on this terminal, in a sandbox unless @limits is NULL: exit status.
 */
int upset_machine_tell_boot(const char *folder, const struct upset_limits *limits);

/* Print what the machine in @folder is: an exit status. */
int upset_machine_tell(const char *folder);

#endif
