/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upset-mark: begins or ends the region of a machine from a script.  Has no C library. */
#include <stdbool.h>
#include <sys/syscall.h>

#include "machine/guest/system.h"
#include "upset/mark.h"

static const char usage[] = "usage: upset-mark begin|end\n";

static bool is_word(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

int guest_main(int argc, char **argv, char **envp)
{
	(void)envp;
	if (argc == 2 && is_word(argv[1], "begin")) {
		upset_mark(UPSET_MARK_BEGIN);
		return 0;
	}
	if (argc == 2 && is_word(argv[1], "end")) {
		upset_mark(UPSET_MARK_END);
		return 0;
	}
	(void)GUEST_CALL(SYS_write, 2, usage, sizeof(usage) - 1, 0, 0);
	return 2;
}

GUEST_START
