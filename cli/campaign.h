/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside `upset campaign` only: what its files share. */
#ifndef UPSET_CLI_CAMPAIGN_H
#define UPSET_CLI_CAMPAIGN_H

#include "base/error.h"
#include "cli/limit_options.h"
#include "cli/options.h"
#include "upset/campaign.h"

/*
 * A gate: OUTCOME OP SHARE, as in "sdc > 1%", or "control > 0", the share of controls that
 * are not equal to the golden run.  0, or -EINVAL with a message that says where.
 */
struct campaign_gate {
	bool control; /* else .outcome */
	enum upset_outcome outcome;
	bool below, equal; /* < or >, and = */
	double share;
};

/* What the user asked for. */
struct campaign_options {
	struct upset_campaign_options asked;
	const char *output, *fail_if, *margin_text, *confidence_text;
	bool planning; /* of `upset plan`, which makes no experiments */
	bool carry;    /* files into the plan */
	const char *plan, *shard_text, *time_text, *save_text; /* NULL: not given */
	unsigned int seconds;			     /* of .time_text; 0: as long as it takes */
	char *functions, *modules, *lines, *exclude; /* owned; NULL: not given */
	int64_t count, seed, jobs, controls;
	bool json_progress, quiet;
	struct upset_limit_texts limits;
	struct upset_list variables; /* of the program's environment; owned */
	struct campaign_gate gate;   /* of .fail_if */
};

/* --- campaign_options.c: what is asked for ---------------------------------------------------- */

/* What holds when nothing is said, with room for @argc arguments; free it in any case. */
void campaign_options_init(struct campaign_options *options, int argc);

/* As upset_options_parse(): -1 to go on, else an exit status. */
int campaign_options_parse(const struct upset_command *command, struct campaign_options *options,
	int argc, char **argv);

void campaign_options_free(struct campaign_options *options);

/* --- campaign_tell.c: progress, summary, gate ------------------------------------------------- */

struct campaign_tally {
	struct upset_campaign_state state;
	uint64_t start_ns, shown_ns; /* 0: no experiment has been begun, nothing shown */
	uint64_t shown_made;	     /* in the line that was shown last */
	bool quiet, json, visible;   /* nothing, lines of JSON, a line that is drawn again; else
					lines now and then */
	bool drawn, estimated;	     /* the line stands there; the estimate was told */
};

/* Show how far it is, when it is time to, or @now. */
void campaign_tally_show(struct campaign_tally *tally, bool now);
void campaign_tally_summarise(const struct campaign_tally *tally);

/* --- campaign_progress.c: what is told in lines ----------------------------------------------- */

/* Say how long it will take, once that is known. */
void campaign_tally_estimate(struct campaign_tally *tally);
/* Say how far it is, when it is time to. */
void campaign_tally_line(struct campaign_tally *tally);
bool campaign_tally_line_is_due(const struct campaign_tally *tally, uint64_t now_ns);
/* What a terminal shows meanwhile; shares are in whole percents where @width has no room for more.
 */
void campaign_tally_format(
	const struct campaign_tally *tally, unsigned int width, char *line, size_t size);
/* Experiments a second. */
double campaign_tally_rate(const struct campaign_tally *tally);
/* Take the line away that is drawn again. */
void campaign_tally_wipe(struct campaign_tally *tally);
/* "12 s", "3 min", "2.5 h", as precise as an estimate is. */
void campaign_format_duration(double seconds, char *text, size_t size);
/* "0.07/s", "3.1/s", "238/s". */
void campaign_format_rate(double rate, char *text, size_t size);

int campaign_gate_parse(const char *text, struct campaign_gate *gate, struct upset_error *error);
/* Whether its condition, under which the command fails, holds. */
bool campaign_gate_holds(const struct campaign_gate *gate, const struct campaign_tally *tally);

#endif
