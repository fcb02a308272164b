/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing experiments without a fault. */
#include "store/campaign.h"
#include "store/internal.h"

struct control_writer {
	struct upset_store *store;
	int64_t campaign;
	const struct upset_control_row *rows;
	size_t count;
	struct upset_insert insert;
	struct upset_interner labels;
};

static int bind_label(struct control_writer *w, const char *label, struct upset_error *error)
{
	return upset_bind_interned(&w->insert, &w->labels, label, error);
}

/* @value, or NULL when it is not @known. */
static void bind_if(struct control_writer *w, bool known, uint64_t value)
{
	if (known)
		upset_bind_count(&w->insert, value);
	else
		upset_bind_null(&w->insert);
}

static int write_control(
	struct control_writer *w, const struct upset_control_row *row, struct upset_error *error)
{
	int result;

	upset_bind_integer(&w->insert, w->campaign);
	upset_bind_count(&w->insert, row->number);
	upset_bind_string(&w->insert, row->faults);
	result = bind_label(w, row->result, error);
	upset_bind_optional(&w->insert, row->difference);
	if (result == 0)
		result = bind_label(w, row->end, error);
	bind_if(w, row->end != NULL, (uint64_t)row->status);
	bind_if(w, row->counted, row->insn);
	bind_if(w, row->counted, row->instructions);
	upset_bind_count(&w->insert, row->host_time_ns);
	if (result == 0)
		result = bind_label(w, row->way, error);
	return result == 0 ? upset_insert_row(&w->insert, error) : result;
}

static int write_all(void *context, struct upset_error *error)
{
	struct control_writer *w = context;
	int result = upset_insert_init(&w->insert, w->store, "control", 11, error);

	if (result == 0)
		result = upset_interner_init(&w->labels, w->store, "label", "name", error);
	for (size_t i = 0; result == 0 && i < w->count; i++)
		result = write_control(w, &w->rows[i], error);
	upset_insert_fini(&w->insert);
	upset_interner_fini(&w->labels);
	return result;
}

int upset_store_add_controls(struct upset_store *store, int64_t campaign,
	const struct upset_control_row *rows, size_t count, struct upset_error *error)
{
	struct control_writer writer = {
		.store = store, .campaign = campaign, .rows = rows, .count = count};

	return upset_store_transact(store, write_all, &writer, error);
}
