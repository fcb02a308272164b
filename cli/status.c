/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upset status: how far the shards of a plan are. */
#include "cli/status.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/campaign.h"
#include "cli/commands.h"
#include "cli/signals.h"
#include "report/format.h"

const char upset_status_notes[] =
	"Where no studies are named, those beside the plan are taken whose names are its\n"
	"own without the ending, and .upset or -K.upset: of big.plan big-3.upset.  They\n"
	"are only read, and may be written to meanwhile.  The exit status is 1 when\n"
	"experiments are missing.";

enum { SHARDS_TOLD = 40 };

struct status_command {
	const char *plan;
	bool json;
	struct upset_list rest;
};

static int parse(
	const struct upset_command *command, struct status_command *c, int argc, char **argv)
{
	const struct upset_option options[] = {
		{"json", 0, UPSET_OPTION_FLAG, NULL, "write JSON: an object", &c->json},
	};
	int result = upset_options_parse(
		command, options, sizeof(options) / sizeof(options[0]), argc, argv, &c->rest, NULL);

	if (result >= 0)
		return result;
	if (c->rest.count == 0)
		return upset_usage_error(command, "of which plan? Name its file");
	c->plan = c->rest.items[0];
	return -1;
}

/* --- for eyes --------------------------------------------------------------------------------- */

static void print_text(const char *text, unsigned int width, bool last)
{
	char clean[1024];

	upset_text_clean(text, strlen(text), clean, sizeof(clean));
	upset_text_print(clean, width, false, last, stdout);
}

static void print_count(uint64_t value, int width)
{
	char text[32];

	upset_format_count(value, 11, text, sizeof(text));
	printf("%*s", width, text);
}

static void print_made(const struct campaign_status *s)
{
	double share = s->planned > 0 ? 100.0 * (double)s->made / (double)s->planned : 100;

	printf("experiments  ");
	print_count(s->planned, 11);
	printf("\n  made       ");
	print_count(s->made, 11);
	printf(" %6.2f %%\n  missing    ", share);
	print_count(s->planned - s->made, 11);
	printf("\n");
}

static void print_shards(const struct campaign_status *s)
{
	uint64_t not_begun = campaign_status_not_begun(s);
	bool some = false;

	printf("shards       ");
	if (s->of > 0)
		printf("%" PRIu64 ": ", s->of);
	for (int state = 0; state < CAMPAIGN_SHARD_STATES; state++) {
		uint64_t n = campaign_status_count(s, (enum campaign_shard_state)state);

		if (n == 0)
			continue;
		printf("%s%" PRIu64 " %s", some ? ", " : "", n,
			campaign_shard_state_name((enum campaign_shard_state)state));
		some = true;
	}
	if (not_begun > 0)
		printf("%s%" PRIu64 " not begun", some ? ", " : "", not_begun);
	printf("%s\n", some || not_begun > 0 ? "" : "none has been begun");
}

static void print_pace(const struct campaign_status *s)
{
	char rate[32], left[32];

	if (s->rate <= 0 || s->made == s->planned)
		return;
	campaign_format_rate(s->rate, rate, sizeof(rate));
	campaign_format_duration(campaign_status_left(s), left, sizeof(left));
	printf("rate         %s\ntime left    about %s\n", rate, left);
}

static void print_shard(const struct campaign_shard_status *shard)
{
	char number[48] = "all", rate[32] = "", left[32] = "", where[192] = "";

	if (shard->shards > 0)
		(void)snprintf(number, sizeof(number), "%" PRIu64 "/%" PRIu64, shard->shard,
			shard->shards);
	if (shard->rate > 0) {
		campaign_format_rate(shard->rate, rate, sizeof(rate));
		campaign_format_duration(
			(double)(shard->planned - shard->made) / shard->rate, left, sizeof(left));
	}
	if (shard->locked)
		(void)snprintf(where, sizeof(where), "%s%s%s", shard->holder.host,
			shard->holder.job[0] != '\0' ? " job " : "", shard->holder.job);
	printf("%11s ", number);
	print_count(shard->made, 10);
	printf(" ");
	print_count(shard->planned, 10);
	printf(" %-10s %7s %6s%s", campaign_shard_state_name(shard->state), rate, left,
		where[0] != '\0' ? " " : "");
	print_text(where, 19, true);
	printf("\n");
}

/* Those that are not complete. */
static void print_table(const struct campaign_status *s)
{
	uint64_t told = 0;

	for (size_t i = 0; i < s->count; i++) {
		if (s->shards[i].state == CAMPAIGN_SHARD_COMPLETE || told++ >= SHARDS_TOLD)
			continue;
		if (told == 1)
			printf("\n%11s %10s %10s %-10s %7s %6s where\n", "shard", "made", "of",
				"state", "rate", "left");
		print_shard(&s->shards[i]);
	}
	if (told > SHARDS_TOLD)
		printf("and %" PRIu64 " more; --json has them all\n", told - SHARDS_TOLD);
}

/* Words in lines of the width of a terminal, behind @name. */
static void print_words(const char *name, const char *words)
{
	enum { WIDTH = 80, INDENT = 13 };
	size_t at = INDENT;

	printf("%-*s", INDENT, name);
	for (const char *w = words; *w != '\0';) {
		size_t length = strcspn(w, " ");

		if (at > INDENT && at + length + 1 > WIDTH) {
			printf("\n%*s", INDENT, "");
			at = INDENT;
		}
		printf("%s%.*s", at > INDENT ? " " : "", (int)length, w);
		at += length + (at > INDENT ? 1 : 0);
		w += length + (w[length] == ' ' ? 1 : 0);
	}
	printf("\n");
}

static int print_missing(const struct campaign_status *s)
{
	char *again = NULL;
	size_t size = 0;
	FILE *out;

	if (s->missing.count == 0)
		return 0;
	print_words("missing", s->missing.words);
	out = open_memstream(&again, &size);
	if (out == NULL)
		return -1;
	campaign_missing_print_shards(&s->missing, out);
	if (fclose(out) != 0)
		return -1;
	if (again[0] != '\0')
		print_words("to make", again);
	free(again);
	return 0;
}

static void print_for_eyes(const struct campaign_status *s)
{
	print_made(s);
	print_shards(s);
	print_pace(s);
	(void)print_missing(s);
	print_table(s);
	for (size_t i = 0; i < s->count; i++) {
		if (s->shards[i].why != NULL)
			upset_say("%s", s->shards[i].why);
	}
}

/* --- as data ---------------------------------------------------------------------------------- */

static void write_text(const char *name, const char *text)
{
	printf(", \"%s\": ", name);
	upset_write_json_text(text, strlen(text), stdout);
}

static void write_holder(const struct upset_lock_holder *h)
{
	write_text("host", h->host);
	printf(", \"process\": %ld, \"since\": %" PRId64, h->process, h->since);
	if (h->job[0] != '\0')
		write_text("job", h->job);
}

static void write_shard(const struct campaign_shard_status *shard)
{
	printf("{\"shard\": %" PRIu64 ", \"shards\": %" PRIu64 ", \"planned\": %" PRIu64
	       ", \"made\": %" PRIu64 ", \"rate\": %.6g",
		shard->shard, shard->shards, shard->planned, shard->made, shard->rate);
	write_text("study", shard->study);
	write_text("state", campaign_shard_state_name(shard->state));
	if (shard->locked)
		write_holder(&shard->holder);
	if (shard->why != NULL)
		write_text("error", shard->why);
	printf("}");
}

static void write_again(const struct campaign_status *s)
{
	bool some = false;

	for (uint64_t i = 0; i < s->missing.shards; i++) {
		if (!s->missing.again[i])
			continue;
		printf("%s%" PRIu64, some ? ", " : "", i);
		some = true;
	}
}

static void write_json(const struct status_command *c, const struct campaign_status *s)
{
	printf("{\"planned\": %" PRIu64 ", \"made\": %" PRIu64 ", \"shards\": %" PRIu64
	       ", \"not_begun\": %" PRIu64 ", \"rate\": %.6g, \"seconds_left\": %.6g",
		s->planned, s->made, s->of, campaign_status_not_begun(s), s->rate,
		campaign_status_left(s));
	write_text("plan", c->plan);
	write_text("missing", s->missing.words);
	printf(", \"to_make\": [");
	write_again(s);
	printf("], \"studies\": [");
	for (size_t i = 0; i < s->count; i++) {
		printf("%s\n", i > 0 ? "," : "");
		write_shard(&s->shards[i]);
	}
	printf("]}\n");
}

int upset_status_main(const struct upset_command *command, int argc, char **argv)
{
	struct status_command c = {.rest = {calloc((size_t)argc + 1, sizeof(char *)), 0}};
	struct campaign_status s = {0};
	struct upset_error error = {0};
	int result;

	if (c.rest.items == NULL) {
		upset_say("out of memory");
		return UPSET_EXIT_FAILED;
	}
	result = parse(command, &c, argc, argv);
	if (result < 0) {
		upset_signals_catch_failed_writes();
		result = campaign_status_read(&s, c.plan,
			c.rest.count > 1 ? c.rest.items + 1 : NULL, c.rest.count - 1, &error);
		if (result == 0 && c.json)
			write_json(&c, &s);
		else if (result == 0)
			print_for_eyes(&s);
		if (result < 0)
			result = upset_report_error(&error);
		else
			result = s.made < s.planned ? UPSET_EXIT_GATE : UPSET_EXIT_DONE;
	}
	campaign_status_fini(&s);
	free(c.rest.items);
	return result;
}
