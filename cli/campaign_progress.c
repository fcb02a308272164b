/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long a campaign will take, and how far it is, in lines for those who read them later. */
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "cli/campaign.h"
#include "cli/options.h"

/* A line at least each minute, and with each tenth of the campaign, but not many at once. */
static const uint64_t line_most_ns = 60000000000, line_least_ns = 10000000000;
enum { PARTS = 10 };

void campaign_format_duration(double seconds, char *text, size_t size)
{
	if (seconds < 1)
		(void)snprintf(text, size, "a second");
	else if (seconds < 100)
		(void)snprintf(text, size, "%.0f s", seconds);
	else if (seconds < 100 * 60)
		(void)snprintf(text, size, "%.0f min", seconds / 60);
	else if (seconds < 100 * 3600)
		(void)snprintf(text, size, "%.1f h", seconds / 3600);
	else
		(void)snprintf(text, size, "%.0f days", seconds / 86400);
}

void campaign_format_rate(double rate, char *text, size_t size)
{
	(void)snprintf(text, size, "%.*f/s", rate < 1 ? 2 : rate < 10 ? 1 : 0, rate);
}

double campaign_tally_rate(const struct campaign_tally *t)
{
	double seconds = (double)(upset_now_ns() - t->start_ns) / 1e9;

	return seconds > 0 ? (double)(t->state.made - t->state.before) / seconds : 0;
}

void campaign_tally_wipe(struct campaign_tally *t)
{
	if (t->drawn)
		fprintf(stderr, "\r\033[K");
	t->drawn = false;
}

void campaign_tally_estimate(struct campaign_tally *t)
{
	char duration[32];

	if (t->estimated || t->state.estimate_ns == 0 || t->state.made == t->state.planned)
		return;
	t->estimated = true;
	campaign_format_duration((double)t->state.estimate_ns / 1e9, duration, sizeof(duration));
	campaign_tally_wipe(t);
	upset_say("%" PRIu64 " experiments are to be made, and will take about %s",
		t->state.planned - t->state.made, duration);
}

bool campaign_tally_line_is_due(const struct campaign_tally *t, uint64_t now_ns)
{
	uint64_t since = now_ns - (t->shown_ns != 0 ? t->shown_ns : t->start_ns);

	return since >= line_most_ns ||
	       (since >= line_least_ns &&
		       t->state.made - t->shown_made >= t->state.planned / PARTS);
}

void campaign_tally_line(struct campaign_tally *t)
{
	uint64_t now_ns = upset_now_ns();
	double rate = campaign_tally_rate(t);
	char duration[32], pace[32];

	if (!campaign_tally_line_is_due(t, now_ns) || t->state.made == t->state.planned)
		return;
	t->shown_ns = now_ns;
	t->shown_made = t->state.made;
	campaign_format_duration(rate > 0 ? (double)(t->state.planned - t->state.made) / rate : 0,
		duration, sizeof(duration));
	campaign_format_rate(rate, pace, sizeof(pace));
	upset_say("made %" PRIu64 " of %" PRIu64 " experiments, %s, about %s left", t->state.made,
		t->state.planned, pace, duration);
}
