/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What came of experiments, on its way into the study. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/campaign.h"
#include "base/clock.h"
#include "symbols/symbols.h"

enum { KEPT_AT_ONCE = 512, KEEP_EVERY_NS = 250 * 1000 * 1000 };

/* A result, copied: the row and what it points to. */
struct kept {
	struct upset_experiment_row row;
	struct upset_injection_row *injections;
	struct upset_injection *values;
	char *faults;
};

/* The same of a control. */
struct kept_control {
	struct upset_control_row row;
	char *faults;
	char difference[UPSET_DIFFERENCE_SIZE];
};

struct campaign_keeper {
	struct upset_store *store;
	int64_t campaign;
	char *program;
	struct upset_symbols *symbols; /* of the program */
	struct kept pending[KEPT_AT_ONCE];
	size_t count;
	struct kept_control controls[KEPT_AT_ONCE];
	size_t control_count;
	uint64_t last_ns;
};

struct campaign_keeper *campaign_keeper_new(
	struct upset_store *store, int64_t campaign, const char *program)
{
	struct campaign_keeper *k = calloc(1, sizeof(*k));

	if (k == NULL)
		return NULL;
	k->store = store;
	k->campaign = campaign;
	k->program = strdup(program);
	k->symbols = upset_symbols_open(program);
	k->last_ns = upset_now_ns();
	if (k->program == NULL || k->symbols == NULL) {
		campaign_keeper_free(k);
		return NULL;
	}
	return k;
}

/* --- rows ------------------------------------------------------------------------------------- */

static const char *state_name(enum upset_injection_state state)
{
	switch (state) {
	case UPSET_INJECTION_DONE:
		return "done";
	case UPSET_INJECTION_REFUSED:
		return "refused";
	case UPSET_INJECTION_IMPOSSIBLE:
		return "impossible";
	default:
		return "not-reached";
	}
}

static int lowest_bit(const struct upset_fault *f)
{
	for (int bit = 0; bit < UPSET_FAULT_BITS; bit++) {
		if (f->bits[bit / 64] >> bit % 64 & 1)
			return bit;
	}
	return -1;
}

static const char *copy_text(const char *text)
{
	return text == NULL ? NULL : strdup(text);
}

/* Where the trigger is in the program's source; strings are copied. */
static void set_place(const struct campaign_keeper *k, const struct upset_fault *f,
	const struct upset_injection *i, struct upset_injection_row *row)
{
	const struct upset_fault_place *p = &f->trigger_place;
	struct upset_place found = {0};
	uint64_t symbol = 0;

	if (f->trigger == UPSET_FAULT_AT_PLACE && p->module != NULL) {
		row->module = strdup(p->module);
		row->module_address = p->offset;
		row->function = copy_text(p->symbol);
		return;
	}
	if (f->trigger == UPSET_FAULT_AT_PLACE && p->symbol != NULL)
		(void)upset_symbols_address(k->symbols, p->symbol, &symbol);
	row->module_address = f->trigger == UPSET_FAULT_AT_PLACE ? symbol + p->offset : i->address;
	if (upset_symbols_find(k->symbols, row->module_address, &found) != 0)
		return;
	/* Of an address at run time it is not known in which file it is. */
	if (f->trigger != UPSET_FAULT_AT_PLACE && found.function == NULL)
		return;
	row->module = strdup(k->program);
	row->function = copy_text(found.function);
	row->file = copy_text(found.file);
	row->line = found.line;
}

static void fill_injection(const struct campaign_keeper *k, const struct upset_fault *f,
	const struct upset_injection *i, struct upset_injection_row *row)
{
	const struct upset_faults one = {(struct upset_fault *)(uintptr_t)f, 1};
	bool has_values = i->state == UPSET_INJECTION_DONE || i->state == UPSET_INJECTION_REFUSED;

	*row = (struct upset_injection_row){
		.state = state_name(i->state),
		.fault = upset_faults_print(&one),
		.model = upset_fault_model_name(f->model),
		.location = upset_fault_location_name(f),
		.bit = f->model == UPSET_FAULT_SKIP || f->model == UPSET_FAULT_SET ? -1
										   : lowest_bit(f),
		.reached = i->state != UPSET_INJECTION_NOT_REACHED,
		.address = i->address,
		.old_value = i->old_value,
		.new_value = i->new_value,
		.read_back = i->read_back,
		.value_bytes = has_values ? (i->bits + 7U) / 8 : 0,
		.reason = i->state == UPSET_INJECTION_IMPOSSIBLE ? i->reason : NULL,
	};
	if (row->reached || f->trigger == UPSET_FAULT_AT_PLACE)
		set_place(k, f, i, row);
}

static const char *end_name(const struct upset_made *made)
{
	if (!made->ran)
		return NULL;
	return made->result.seen.end == UPSET_END_HUNG	     ? "hung"
	       : made->result.seen.end == UPSET_END_SIGNALED ? "signaled"
							     : "exited";
}

static void free_kept(struct kept *kept)
{
	for (size_t i = 0; i < kept->row.injection_count; i++) {
		free((char *)(uintptr_t)kept->injections[i].fault);
		free((char *)(uintptr_t)kept->injections[i].module);
		free((char *)(uintptr_t)kept->injections[i].function);
		free((char *)(uintptr_t)kept->injections[i].file);
	}
	free(kept->injections);
	free(kept->values);
	free(kept->faults);
	*kept = (struct kept){0};
}

static int copy(const struct campaign_keeper *k, const struct upset_made *made, struct kept *kept)
{
	size_t n = made->faults->count;

	kept->faults = upset_faults_print(made->faults);
	kept->injections = calloc(n, sizeof(*kept->injections));
	kept->values = calloc(n, sizeof(*kept->values));
	if (kept->faults == NULL || kept->injections == NULL || kept->values == NULL)
		return -ENOMEM;
	memcpy(kept->values, made->result.injections, n * sizeof(*kept->values));
	for (size_t i = 0; i < n; i++)
		fill_injection(k, &made->faults->faults[i], &kept->values[i], &kept->injections[i]);
	kept->row = (struct upset_experiment_row){
		.number = made->number,
		.faults = kept->faults,
		.outcome = upset_outcome_name(made->outcome),
		.cause = upset_cause_name(made->cause),
		.letter = upset_cause_letter(made->cause),
		.end = end_name(made),
		.status = made->result.seen.status,
		.counted = made->counted,
		.insn = made->insn,
		.instructions = made->instructions,
		.latency = made->latency,
		.host_time_ns = made->result.seen.host_time_ns,
		.way = made->carried ? "carried" : "fresh",
		.injections = kept->injections,
		.injection_count = n,
	};
	return 0;
}

static const char *control_result(const struct upset_made *made)
{
	return made->outcome == UPSET_OUTCOME_TOOL_ERROR ? "error"
	       : made->difference[0] != '\0'		 ? "different"
	       : made->cause == UPSET_CAUSE_NOT_REACHED	 ? "not-reached"
							 : "equal";
}

static int copy_control(const struct upset_made *made, struct kept_control *kept)
{
	kept->faults = upset_faults_print(made->faults);
	if (kept->faults == NULL)
		return -ENOMEM;
	memcpy(kept->difference, made->difference, sizeof(kept->difference));
	kept->row = (struct upset_control_row){
		.number = made->number,
		.faults = kept->faults,
		.result = control_result(made),
		.difference = kept->difference,
		.end = end_name(made),
		.status = made->result.seen.status,
		.counted = made->counted,
		.insn = made->insn,
		.instructions = made->instructions,
		.host_time_ns = made->result.seen.host_time_ns,
		.way = made->carried ? "carried" : "fresh",
	};
	return 0;
}

/* --- keeping ---------------------------------------------------------------------------------- */

static bool is_full(const struct campaign_keeper *k)
{
	return k->count == KEPT_AT_ONCE || k->control_count == KEPT_AT_ONCE;
}

int campaign_keeper_add(
	struct campaign_keeper *k, const struct upset_made *made, struct upset_error *error)
{
	int rc = is_full(k) ? campaign_keeper_flush(k, error) : 0;

	if (rc != 0)
		return rc;
	rc = made->control ? copy_control(made, &k->controls[k->control_count])
			   : copy(k, made, &k->pending[k->count]);
	if (rc != 0)
		return upset_error_set(error, ENOMEM, "no memory for results");
	if (made->control)
		k->control_count++;
	else
		k->count++;
	return 0;
}

bool campaign_keeper_is_due(const struct campaign_keeper *k)
{
	return is_full(k) || upset_now_ns() - k->last_ns > KEEP_EVERY_NS;
}

static int flush_controls(struct campaign_keeper *k, struct upset_error *error)
{
	struct upset_control_row rows[KEPT_AT_ONCE];
	int rc;

	if (k->control_count == 0)
		return 0;
	for (size_t i = 0; i < k->control_count; i++)
		rows[i] = k->controls[i].row;
	rc = upset_store_add_controls(k->store, k->campaign, rows, k->control_count, error);
	if (rc != 0)
		return rc;
	while (k->control_count > 0)
		free(k->controls[--k->control_count].faults);
	return 0;
}

static int flush_experiments(struct campaign_keeper *k, struct upset_error *error)
{
	struct upset_experiment_row *rows;
	int rc;

	if (k->count == 0)
		return 0;
	rows = calloc(k->count, sizeof(*rows));
	if (rows == NULL)
		return upset_error_set(error, ENOMEM, "no memory for results");
	for (size_t i = 0; i < k->count; i++)
		rows[i] = k->pending[i].row;
	rc = upset_store_add_experiments(k->store, k->campaign, rows, k->count, error);
	free(rows);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < k->count; i++)
		free_kept(&k->pending[i]);
	k->count = 0;
	return 0;
}

int campaign_keeper_flush(struct campaign_keeper *k, struct upset_error *error)
{
	int rc = flush_experiments(k, error);

	if (rc == 0)
		rc = flush_controls(k, error);
	if (rc == 0)
		k->last_ns = upset_now_ns();
	return rc;
}

void campaign_keeper_free(struct campaign_keeper *k)
{
	if (k == NULL)
		return;
	for (size_t i = 0; i < KEPT_AT_ONCE; i++)
		free_kept(&k->pending[i]);
	while (k->control_count > 0)
		free(k->controls[--k->control_count].faults);
	upset_symbols_close(k->symbols);
	free(k->program);
	free(k);
}
