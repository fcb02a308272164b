/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What becomes of a changed register, found by reading the code ahead.  The same
 * for both engines.
 */
#ifndef UPSET_ENGINE_LOOKAHEAD_H
#define UPSET_ENGINE_LOOKAHEAD_H

#include "engine/inject.h"

enum { UPSET_LOOKAHEAD_INSNS = 64 }; /* looked at, on all ways together */

/*
 * Whether the bits that @injection changed in the register @target are overwritten
 * on every way from @pc before anything reads them.  False also when that cannot
 * be seen: behind indirect jumps, returns and system calls, or too far ahead.
 * Only right while nothing but code looks at registers: no signal handlers.
 */
bool upset_lookahead_is_overwritten(const struct upset_inject_target *target,
	const struct upset_injection *injection, const struct upset_inject_state *state,
	uint64_t pc);

/* Whether @injection changed anything. */
bool upset_lookahead_is_changed(const struct upset_injection *injection);

#endif
