/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Classes of outcomes: see outcome.h. */
#include "campaign/outcome.h"

#include <string.h>

static const struct {
	const char *name, *letter;
	enum upset_outcome outcome;
} causes[UPSET_CAUSES] = {
	[UPSET_CAUSE_OVERWRITTEN] = {"overwritten", "C", UPSET_OUTCOME_MASKED},
	[UPSET_CAUSE_CONVERGED] = {"converged", "C", UPSET_OUTCOME_MASKED},
	[UPSET_CAUSE_LATENT] = {"latent", "C", UPSET_OUTCOME_MASKED},
	[UPSET_CAUSE_EQUAL] = {"equal", "C", UPSET_OUTCOME_MASKED},
	[UPSET_CAUSE_ACCEPTED] = {"accepted", "C", UPSET_OUTCOME_MASKED},
	[UPSET_CAUSE_STDOUT] = {"stdout", "INC", UPSET_OUTCOME_SDC},
	[UPSET_CAUSE_STDERR] = {"stderr", "INC", UPSET_OUTCOME_SDC},
	[UPSET_CAUSE_FILES] = {"files", "INC", UPSET_OUTCOME_SDC},
	[UPSET_CAUSE_CHECK] = {"check", "INC", UPSET_OUTCOME_SDC},
	[UPSET_CAUSE_SIGNAL] = {"signal", "S", UPSET_OUTCOME_DUE},
	[UPSET_CAUSE_STATUS] = {"exit-status", "U", UPSET_OUTCOME_DUE},
	[UPSET_CAUSE_DETECTED] = {"detected", "U", UPSET_OUTCOME_DETECTED},
	[UPSET_CAUSE_HANG] = {"hang", "T", UPSET_OUTCOME_DUE},
	[UPSET_CAUSE_NOT_REACHED] = {"not-reached", "", UPSET_OUTCOME_NOT_INJECTED},
	[UPSET_CAUSE_REFUSED] = {"refused", "", UPSET_OUTCOME_NOT_INJECTED},
	[UPSET_CAUSE_IMPOSSIBLE] = {"impossible", "", UPSET_OUTCOME_NOT_INJECTED},
	[UPSET_CAUSE_ERROR] = {"error", "", UPSET_OUTCOME_TOOL_ERROR},
	[UPSET_CAUSE_CONTRADICTION] = {"contradiction", "", UPSET_OUTCOME_TOOL_ERROR},
};

const char *upset_outcome_name(enum upset_outcome outcome)
{
	static const char *const names[UPSET_OUTCOMES] = {
		[UPSET_OUTCOME_MASKED] = "masked",
		[UPSET_OUTCOME_DETECTED] = "detected",
		[UPSET_OUTCOME_SDC] = "sdc",
		[UPSET_OUTCOME_DUE] = "due",
		[UPSET_OUTCOME_NOT_INJECTED] = "not-injected",
		[UPSET_OUTCOME_TOOL_ERROR] = "tool-error",
	};

	return outcome < UPSET_OUTCOMES ? names[outcome] : "";
}

const char *upset_cause_name(enum upset_cause cause)
{
	return cause < UPSET_CAUSES ? causes[cause].name : "";
}

const char *upset_cause_letter(enum upset_cause cause)
{
	return cause < UPSET_CAUSES ? causes[cause].letter : "";
}

enum upset_outcome upset_outcome_find(const char *name)
{
	unsigned int o = 0;

	while (o < UPSET_OUTCOMES && strcmp(upset_outcome_name((enum upset_outcome)o), name) != 0)
		o++;
	return (enum upset_outcome)o;
}

enum upset_cause upset_cause_find(const char *name)
{
	unsigned int c = 0;

	while (c < UPSET_CAUSES && strcmp(upset_cause_name((enum upset_cause)c), name) != 0)
		c++;
	return (enum upset_cause)c;
}

static bool contains(const uint8_t *text, size_t size, const char *pattern)
{
	return size > 0 && memmem(text, size, pattern, strlen(pattern)) != NULL;
}

/* The program says that it noticed, and did not in the golden run. */
static bool is_detected(const struct upset_outcome_rules *rules, const struct upset_seen *golden,
	const struct upset_seen *r)
{
	const char *pattern = rules->detected_pattern;

	if (rules->detected_exit >= 0 && r->end == UPSET_END_EXITED &&
		r->status == rules->detected_exit &&
		(golden->end != r->end || golden->status != r->status))
		return true;
	return pattern != NULL &&
	       (contains(r->out.data, r->out.looked, pattern) ||
		       contains(r->err.data, r->err.looked, pattern)) &&
	       !contains(golden->out.data, golden->out.looked, pattern) &&
	       !contains(golden->err.data, golden->err.looked, pattern);
}

/* The golden run's can be looked at whole, see upset_trial_run(). */
static bool differs(const uint8_t *a, size_t a_size, const uint8_t *golden, size_t golden_size)
{
	return a_size != golden_size || (a_size > 0 && memcmp(a, golden, a_size) != 0);
}

static bool outs_differ(const struct upset_seen *golden, const struct upset_seen *r)
{
	return r->out.bytes != r->out.looked ||
	       differs(r->out.data, r->out.bytes, golden->out.data, golden->out.bytes);
}

static bool errs_differ(const struct upset_seen *golden, const struct upset_seen *r)
{
	return r->err.bytes != r->err.looked ||
	       differs(r->err.data, r->err.bytes, golden->err.data, golden->err.bytes);
}

/* Files are compared where it is known of both what they did. */
static bool files_differ(const struct upset_seen *golden, const struct upset_seen *r)
{
	return golden->files[0] != '\0' && r->files[0] != '\0' &&
	       strcmp(golden->files, r->files) != 0;
}

static enum upset_cause first_difference(const struct upset_outcome_rules *rules,
	const struct upset_seen *golden, const struct upset_seen *r)
{
	if (!rules->ignore_stdout && outs_differ(golden, r))
		return UPSET_CAUSE_STDOUT;
	if (!rules->ignore_stderr && errs_differ(golden, r))
		return UPSET_CAUSE_STDERR;
	if (!rules->ignore_files && files_differ(golden, r))
		return UPSET_CAUSE_FILES;
	return UPSET_CAUSE_EQUAL;
}

enum upset_cause upset_outcome_compare(const struct upset_outcome_rules *rules,
	const struct upset_seen *golden, const struct upset_seen *r)
{
	enum upset_cause cause;

	if (r->end != golden->end || r->status != golden->status)
		return r->end == UPSET_END_SIGNALED ? UPSET_CAUSE_SIGNAL : UPSET_CAUSE_STATUS;
	cause = first_difference(rules, golden, r);
	if (cause == UPSET_CAUSE_EQUAL || rules->check == NULL)
		return cause;
	return rules->check(rules->check_context, golden, r) ? UPSET_CAUSE_ACCEPTED
							     : UPSET_CAUSE_CHECK;
}

/* How a fault can have left the result as it is. */
static enum upset_cause why_masked(const struct upset_seen *golden, const struct upset_seen *r)
{
	if (r->overwritten)
		return UPSET_CAUSE_OVERWRITTEN;
	if (r->end == UPSET_END_SAME)
		return golden->state != 0 ? UPSET_CAUSE_CONVERGED : UPSET_CAUSE_EQUAL;
	if (golden->state == 0 || r->state == 0)
		return UPSET_CAUSE_EQUAL;
	return golden->state == r->state ? UPSET_CAUSE_CONVERGED : UPSET_CAUSE_LATENT;
}

static enum upset_cause compare(const struct upset_outcome_rules *rules,
	const struct upset_seen *golden, const struct upset_seen *r)
{
	enum upset_cause cause;

	if (r->end == UPSET_END_SAME)
		return why_masked(golden, r);
	if (is_detected(rules, golden, r))
		return UPSET_CAUSE_DETECTED;
	if (r->end == UPSET_END_HUNG)
		return UPSET_CAUSE_HANG;
	cause = upset_outcome_compare(rules, golden, r);
	return cause == UPSET_CAUSE_EQUAL ? why_masked(golden, r) : cause;
}

/*
 * Whether the experiment is one.  Of several faults the later ones may not be
 * reached because of the earlier.
 */
static bool was_injected(
	const struct upset_injection *injections, size_t count, enum upset_cause *cause)
{
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		if (injections[i].state == UPSET_INJECTION_REFUSED) {
			*cause = UPSET_CAUSE_REFUSED;
			return false;
		}
		if (injections[i].state == UPSET_INJECTION_IMPOSSIBLE) {
			*cause = UPSET_CAUSE_IMPOSSIBLE;
			return false;
		}
		any |= injections[i].state == UPSET_INJECTION_DONE;
	}
	*cause = UPSET_CAUSE_NOT_REACHED;
	return any;
}

enum upset_outcome upset_outcome_of(const struct upset_outcome_rules *rules,
	const struct upset_seen *golden, const struct upset_seen *result,
	const struct upset_injection *injections, size_t count, enum upset_cause *cause)
{
	if (!was_injected(injections, count, cause))
		return UPSET_OUTCOME_NOT_INJECTED;
	*cause = compare(rules, golden, result);
	if (result->overwritten && causes[*cause].outcome != UPSET_OUTCOME_MASKED)
		*cause = UPSET_CAUSE_CONTRADICTION;
	return causes[*cause].outcome;
}
