/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How far a campaign is, what came of it, and whether that is good enough. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "campaign/interval.h"
#include "cli/campaign.h"
#include "cli/options.h"
#include "cli/tell.h"
#include "cli/terminal.h"
#include "report/format.h"

enum { SHOW_EVERY_NS = 200 * 1000 * 1000, TELL_EVERY_NS = 1000 * 1000 * 1000 };

/* Experiments that have a result. */
static uint64_t results(const struct campaign_tally *t)
{
	uint64_t n = 0;

	for (unsigned int o = 0; o <= UPSET_OUTCOME_DUE; o++)
		n += t->state.outcomes[o];
	return n;
}

static double share_of(const struct campaign_tally *t, enum upset_outcome outcome)
{
	uint64_t n = results(t);

	return n == 0 ? 0 : (double)t->state.outcomes[outcome] / (double)n;
}

/* Intervals as they are: around a share of nothing it is not as far on both sides. */
static void print_intervals(const struct campaign_tally *t, int decimals, char *text, size_t size)
{
	size_t n = 0;

	for (unsigned int o = 0; o <= UPSET_OUTCOME_DUE && n < size; o++) {
		struct upset_interval i = upset_interval_wilson(
			t->state.outcomes[o], results(t), t->state.confidence);

		if (o == UPSET_OUTCOME_DETECTED && t->state.outcomes[o] == 0)
			continue; /* most programs detect nothing */
		n += (size_t)snprintf(text + n, size - n, " %s %.*f..%.*f%%",
			upset_outcome_name((enum upset_outcome)o), decimals, 100 * i.low, decimals,
			100 * i.high);
	}
}

/* By the rate so far; while there is none, by the estimate. */
static double seconds_left(const struct campaign_tally *t)
{
	double rate = campaign_tally_rate(t);

	if (t->state.made == t->state.planned)
		return 0;
	return rate > 0 ? (double)(t->state.planned - t->state.made) / rate
			: (double)t->state.estimate_ns / 1e9;
}

void campaign_tally_format(
	const struct campaign_tally *t, unsigned int width, char *line, size_t size)
{
	char shares[128] = "", duration[32], pace[32];

	campaign_format_duration(seconds_left(t), duration, sizeof(duration));
	campaign_format_rate(campaign_tally_rate(t), pace, sizeof(pace));
	for (int decimals = 1; decimals >= 0; decimals--) {
		print_intervals(t, decimals, shares, sizeof(shares));
		(void)snprintf(line, size, "%" PRIu64 "/%" PRIu64 " %s %s left:%s", t->state.made,
			t->state.planned, pace, duration, shares);
		if (strlen(line) <= width)
			break;
	}
}

static void show_line(struct campaign_tally *t)
{
	int width = (int)upset_terminal_width() - 1;
	char line[256];

	campaign_tally_format(t, (unsigned int)width, line, sizeof(line));
	fprintf(stderr, "\r%.*s\033[K", width, line);
	t->drawn = true;
}

static void show_json(const struct campaign_tally *t)
{
	fprintf(stderr,
		"{\"planned\":%" PRIu64 ",\"made\":%" PRIu64 ",\"rate\":%.3f,\"seconds\":%.3f,"
		"\"seconds_left\":%.3f",
		t->state.planned, t->state.made, campaign_tally_rate(t),
		(double)(upset_now_ns() - t->start_ns) / 1e9, seconds_left(t));
	for (unsigned int o = 0; o < UPSET_OUTCOMES; o++) {
		struct upset_interval i = upset_interval_wilson(
			t->state.outcomes[o], results(t), t->state.confidence);

		fprintf(stderr, ",\"%s\":{\"count\":%" PRIu64,
			upset_outcome_name((enum upset_outcome)o), t->state.outcomes[o]);
		if (o <= UPSET_OUTCOME_DUE)
			fprintf(stderr, ",\"share\":%.6f,\"low\":%.6f,\"high\":%.6f",
				share_of(t, (enum upset_outcome)o), i.low, i.high);
		fprintf(stderr, "}");
	}
	fprintf(stderr, "}\n");
}

void campaign_tally_show(struct campaign_tally *t, bool now)
{
	uint64_t ns = upset_now_ns(), every = t->json ? TELL_EVERY_NS : SHOW_EVERY_NS;

	if (t->quiet)
		return;
	if (!t->json)
		campaign_tally_estimate(t);
	if (!t->visible && !t->json) {
		campaign_tally_line(t);
		return;
	}
	if (!now && ns - t->shown_ns < every)
		return;
	t->shown_ns = ns;
	if (t->json)
		show_json(t);
	else
		show_line(t);
}

static void print_outcome(const struct campaign_tally *t, enum upset_outcome o)
{
	struct upset_interval wilson =
		upset_interval_wilson(t->state.outcomes[o], results(t), t->state.confidence);

	printf("%-13s %10" PRIu64, upset_outcome_name(o), t->state.outcomes[o]);
	if (o <= UPSET_OUTCOME_DUE && results(t) > 0) {
		printf("  %6.2f %%  %6.2f .. %6.2f %%", 100 * share_of(t, o), 100 * wilson.low,
			100 * wilson.high);
		if (t->state.population > 0)
			printf("  %12.4g", share_of(t, o) * (double)t->state.population);
	}
	printf("\n");
}

/* Of what was noticed or did harm in silence; only where the program notices anything. */
static void print_detection(const struct campaign_tally *t)
{
	uint64_t detected = t->state.outcomes[UPSET_OUTCOME_DETECTED];
	uint64_t n = detected + t->state.outcomes[UPSET_OUTCOME_SDC];
	struct upset_interval wilson = upset_interval_wilson(detected, n, t->state.confidence);

	if (detected > 0)
		printf("detection coverage, detected of detected and sdc: %.2f %%, %.2f .. "
		       "%.2f %%\n",
			100 * (double)detected / (double)n, 100 * wilson.low, 100 * wilson.high);
}

/* What was sampled, when it was not all; and where most of it lies, when that may not be meant. */
static void print_selection(const struct upset_campaign_state *s)
{
	char names[2 * sizeof(s->selection)];

	upset_text_clean(s->selection, strlen(s->selection), names, sizeof(names));
	if (s->selection[0] != '\0')
		printf("sampled %" PRIu64 " of %" PRIu64 " instructions (%.2f %%): %s\n",
			s->selected, s->executed,
			s->executed > 0 ? 100 * (double)s->selected / (double)s->executed : 0,
			names);
	if (s->in_libraries > s->planned / 2)
		printf("%" PRIu64 " of %" PRIu64 " faults are in the dynamic linker or the C "
		       "library; --modules program samples the program's own file only\n",
			s->in_libraries, s->planned);
}

static void print_golden(const struct upset_campaign_state *s)
{
	printf("without faults: ");
	upset_end_print(stdout, s->golden_end, s->golden_status);
	printf("%s%s\n", s->golden_reason[0] != '\0' ? ": " : "", s->golden_reason);
}

/* What takes worth from the shares stands beside them. */
static void print_warnings(const struct campaign_tally *t)
{
	const struct upset_campaign_state *s = &t->state;

	if (s->controls_different > 0)
		printf("warning: %" PRIu64 " of %" PRIu64
		       " controls, which have no fault, are not equal to the golden run: %s\n"
		       "  such a difference counts as a fault's work in these shares; see `upset "
		       "show STUDY controls`\n",
			s->controls_different, s->controls, s->difference);
	if (s->not_injected[0] != '\0')
		printf("warning: %" PRIu64 " of %" PRIu64
		       " faults were not injected and are in no share: %s\n"
		       "  see `upset show STUDY not_injected`\n",
			s->outcomes[UPSET_OUTCOME_NOT_INJECTED], s->made, s->not_injected);
}

static void print_controls(const struct campaign_tally *t)
{
	const struct upset_campaign_state *s = &t->state;

	if (s->controls_planned == 0 && s->controls == 0)
		return;
	printf("%" PRIu64 " controls without a fault, %" PRIu64 " equal to the golden run",
		s->controls, s->controls - s->controls_different - s->controls_not_reached);
	if (s->controls_not_reached > 0)
		printf(", %" PRIu64 " at places that did not come", s->controls_not_reached);
	printf("\n");
}

static void print_ways(const struct campaign_tally *t)
{
	const struct upset_campaign_state *s = &t->state;
	double seconds = (double)(upset_now_ns() - t->start_ns) / 1e9;
	char pace[32];

	campaign_format_rate(campaign_tally_rate(t), pace, sizeof(pace));
	printf("%" PRIu64 " of %" PRIu64 " experiments", s->made, s->planned);
	if (s->made > s->before)
		printf(", %" PRIu64 " of them now in %.1f s (%s)\n%" PRIu64 " in copies, %" PRIu64
		       " in processes of their own",
			s->made - s->before, seconds, pace, s->carried, s->fresh);
	printf("\n");
	if (s->fresh > 0 && s->why_fresh[0] != '\0')
		printf("not all in copies: %s\n", s->why_fresh);
}

void campaign_tally_summarise(const struct campaign_tally *t)
{
	printf("%-13s %10s  %8s  %18g %%%s\n", "outcome", "count", "share",
		100 * t->state.confidence, t->state.population > 0 ? "      faults in all" : "");
	for (unsigned int o = 0; o < UPSET_OUTCOMES; o++) {
		if (o <= UPSET_OUTCOME_DUE || t->state.outcomes[o] > 0)
			print_outcome(t, (enum upset_outcome)o);
	}
	print_detection(t);
	print_warnings(t);
	print_ways(t);
	print_controls(t);
	print_golden(&t->state);
	print_selection(&t->state);
}

/* --- gates ------------------------------------------------------------------------------------ */

static const char *skip_blanks(const char *at)
{
	while (isspace((unsigned char)*at))
		at++;
	return at;
}

static int gate_error(const char *text, const char *at, const char *what, struct upset_error *error)
{
	return upset_error_set(error, EINVAL,
		"--fail-if '%s', column %zu: %s; it is OUTCOME OPERATOR SHARE, as in 'sdc > 1%%'",
		text, (size_t)(at - text) + 1, what);
}

static const char *parse_word(const char *at, const char *word)
{
	size_t n = strlen(word);

	return strncmp(at, word, n) == 0 && !isalnum((unsigned char)at[n]) ? at + n : NULL;
}

static const char *parse_kind(const char *at, struct campaign_gate *gate)
{
	const char *next = parse_word(at, "control");

	gate->control = next != NULL;
	for (unsigned int o = 0; next == NULL && o <= UPSET_OUTCOME_DUE; o++) {
		next = parse_word(at, upset_outcome_name((enum upset_outcome)o));
		gate->outcome = (enum upset_outcome)o;
	}
	return next;
}

int campaign_gate_parse(const char *text, struct campaign_gate *gate, struct upset_error *error)
{
	const char *at = skip_blanks(text), *next = parse_kind(at, gate);
	char *end;

	if (next == NULL)
		return gate_error(
			text, at, "expected masked, detected, sdc, due or control", error);
	at = skip_blanks(next);
	if (*at != '<' && *at != '>')
		return gate_error(text, at, "expected <, <=, > or >=", error);
	gate->below = *at++ == '<';
	gate->equal = *at == '=';
	at = skip_blanks(at + gate->equal);
	gate->share = strtod(at, &end);
	if (end == at || !(gate->share >= 0))
		return gate_error(text, at, "expected a share, such as 1% or 0.01", error);
	at = skip_blanks(end);
	if (*at == '%') {
		gate->share /= 100;
		at = skip_blanks(at + 1);
	}
	if (gate->share > 1)
		return gate_error(text, end, "a share is at most 100%", error);
	return *at == '\0' ? 0 : gate_error(text, at, "expected nothing more", error);
}

static double control_share(const struct campaign_tally *t)
{
	return t->state.controls == 0
		       ? 0
		       : (double)t->state.controls_different / (double)t->state.controls;
}

bool campaign_gate_holds(const struct campaign_gate *gate, const struct campaign_tally *tally)
{
	double share = gate->control ? control_share(tally) : share_of(tally, gate->outcome);

	if (gate->equal && share == gate->share)
		return true;
	return gate->below ? share < gate->share : share > gate->share;
}
