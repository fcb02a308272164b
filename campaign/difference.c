/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What differs between runs without faults: see difference.h. */
#include "campaign/difference.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

size_t upset_difference_first(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size)
{
	size_t i = 0;

	while (i < a_size && i < b_size && a[i] == b[i])
		i++;
	return i;
}

static void describe_end(const struct upset_seen *r, char *text, size_t size)
{
	const char *name = sigabbrev_np(r->status);

	if (r->end == UPSET_END_HUNG)
		(void)snprintf(text, size, "no end in time");
	else if (r->end == UPSET_END_SIGNALED)
		(void)snprintf(text, size, "signal SIG%s", name != NULL ? name : "?");
	else
		(void)snprintf(text, size, "exit status %d", r->status);
}

void upset_difference_describe(enum upset_cause cause, const struct upset_seen *golden,
	const struct upset_seen *r, char *text, size_t size)
{
	char ends[2][64];

	switch (cause) {
	case UPSET_CAUSE_STDOUT:
		(void)snprintf(text, size, "standard output, from byte %zu on",
			upset_difference_first(
				golden->out.data, golden->out.looked, r->out.data, r->out.looked));
		break;
	case UPSET_CAUSE_STDERR:
		(void)snprintf(text, size, "standard error, from byte %zu on",
			upset_difference_first(
				golden->err.data, golden->err.looked, r->err.data, r->err.looked));
		break;
	case UPSET_CAUSE_FILES:
		(void)snprintf(text, size, "the files that it writes");
		break;
	case UPSET_CAUSE_CHECK:
		(void)snprintf(text, size, "what the command of --check does not take for right");
		break;
	default:
		describe_end(golden, ends[0], sizeof(ends[0]));
		describe_end(r, ends[1], sizeof(ends[1]));
		(void)snprintf(text, size, "%s, not %s", ends[1], ends[0]);
		break;
	}
}

bool upset_difference(const struct upset_outcome_rules *rules, const struct upset_trial *golden,
	const struct upset_trial *trial, bool steady, char *text, size_t size)
{
	const struct upset_experiment_result *a = &golden->result, *b = &trial->result;
	enum upset_cause cause =
		upset_outcome_compare(rules, &golden->result.seen, &trial->result.seen);

	text[0] = '\0';
	if (cause != UPSET_CAUSE_EQUAL && cause != UPSET_CAUSE_ACCEPTED)
		upset_difference_describe(
			cause, &golden->result.seen, &trial->result.seen, text, size);
	else if (steady && a->instructions > 0 && a->instructions != b->instructions)
		(void)snprintf(text, size, "%" PRIu64 " instructions, not %" PRIu64,
			b->instructions, a->instructions);
	else if (steady && a->seen.state != 0 && b->seen.state != 0 &&
		 a->seen.state != b->seen.state)
		(void)snprintf(text, size, "registers or memory at its end");
	return text[0] != '\0';
}
