/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running a machine once, from where it is switched on to its end. */
#ifndef UPSET_MACHINE_BOOT_H
#define UPSET_MACHINE_BOOT_H

#include "base/stop.h"
#include "machine/machine.h"
#include "upset/program.h"

enum { UPSET_MACHINE_LINES_MOST = 8192 };

struct upset_machine_boot {
	const char *folder; /* of the machine, for its files */
	const struct upset_machine *machine;
	int out_fd;			   /* what its serial line says goes there; -1: nowhere */
	const struct upset_limits *limits; /* of its sandbox; NULL: it has none */
	const struct upset_stop *stop;	   /* or NULL */
};

/* How a machine has ended, if it has begun. */
struct upset_machine_ending {
	enum {
		UPSET_MACHINE_OFF,	 /* without having said more */
		UPSET_MACHINE_EXIT,	 /* the program has, with @number */
		UPSET_MACHINE_SIGNAL,	 /* the program was ended by signal @number */
		UPSET_MACHINE_NOT_BEGUN, /* a step before the program failed with error @number */
		UPSET_MACHINE_STOPPED,	 /* it was to be stopped, for the reason @number */
	} how;
	int number;
	char step[16];			      /* that failed */
	char message[256];		      /* why, as the emulator says; "" */
	char lines[UPSET_MACHINE_LINES_MOST]; /* the last ones of its serial line */
};

/*
 * Boot a machine and wait for its end.  0, and @ending tells how; -ENOENT: the emulator or a file
 * is missing; -ENOSYS: no sandbox is possible; -ENOMEM, -ENOEXEC, see upset_machine_check_memory();
 * -EIO: the emulator could not go on, or a limit was reached; with a message.
 */
int upset_machine_boot(const struct upset_machine_boot *boot, struct upset_machine_ending *ending,
	struct upset_error *error);

#endif
