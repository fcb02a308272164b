/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing a campaign and its provenance, before its first experiment. */
#include <errno.h>

#include "store/campaign.h"
#include "store/internal.h"

struct campaign_writer {
	struct upset_store *store;
	const struct upset_campaign_row *row;
	const struct upset_provenance *provenance;
	int64_t campaign;
};

/* 0 is kept as NULL: it says that the number is not known. */
static void bind_known(struct upset_insert *insert, uint64_t value)
{
	if (value == 0)
		upset_bind_null(insert);
	else
		upset_bind_count(insert, value < INT64_MAX ? value : INT64_MAX);
}

static void bind_plan(struct upset_insert *insert, const struct upset_campaign_row *row)
{
	upset_bind_string(insert, row->identity);
	upset_bind_string(insert, row->engine);
	upset_bind_string(insert, row->engine_version);
	upset_bind_string(insert, row->source);
	upset_bind_string(insert, row->options);
	upset_bind_count(insert, row->seed);
	upset_bind_count(insert, row->planned);
	bind_known(insert, row->population);
	upset_bind_real(insert, row->confidence);
	upset_bind_real(insert, row->z);
}

static void bind_golden(struct upset_insert *insert, const struct upset_campaign_row *row)
{
	bind_known(insert, (uint64_t)row->run);
	upset_bind_string(insert, row->golden_end);
	upset_bind_integer(insert, row->golden_status);
	bind_known(insert, row->golden_instructions);
	upset_bind_count(insert, row->golden_time_ns);
	upset_bind_count(insert, row->stdout_bytes);
	upset_bind_string(insert, row->stdout_sha256);
	upset_bind_count(insert, row->stderr_bytes);
	upset_bind_string(insert, row->stderr_sha256);
}

static void bind_provenance(struct upset_insert *insert, const struct upset_provenance *p)
{
	upset_bind_string(insert, p->upset_version);
	upset_bind_string(insert, p->program);
	upset_bind_optional(insert, p->program_sha256);
	upset_bind_string(insert, p->folder);
	upset_bind_string(insert, p->host_system);
	upset_bind_string(insert, p->host_cpu);
	upset_bind_string(insert, p->started);
}

static int write_row(struct campaign_writer *w, struct upset_error *error)
{
	struct upset_insert insert;
	int result = upset_insert_init(&insert, w->store, "campaign", 33, error);

	if (result != 0)
		return result;
	upset_bind_integer(&insert, w->campaign);
	bind_plan(&insert, w->row);
	bind_golden(&insert, w->row);
	bind_provenance(&insert, w->provenance);
	upset_bind_optional(&insert, w->row->golden_reason);
	upset_bind_optional(&insert, w->row->selection);
	if (w->row->shards == 0) {
		upset_bind_null(&insert);
		upset_bind_null(&insert);
	} else {
		upset_bind_count(&insert, w->row->shard);
		upset_bind_count(&insert, w->row->shards);
	}
	upset_bind_string(&insert, w->row->isa);
	upset_bind_optional(&insert, w->provenance->sysroot);
	result = upset_insert_row(&insert, NULL);
	if (result != 0)
		result = upset_store_is_duplicate(w->store)
				 ? upset_error_set(error, EEXIST,
					   "%s holds a campaign with the same identity already: "
					   "add experiments to that one",
					   w->store->path)
				 : upset_store_failed(w->store, "cannot write to", error);
	upset_insert_fini(&insert);
	return result;
}

static int write_all(void *context, struct upset_error *error)
{
	struct campaign_writer *w = context;
	const struct upset_provenance *p = w->provenance;
	int result = upset_store_next_id(w->store, "campaign", &w->campaign, error);

	if (result == 0)
		result = write_row(w, error);
	if (result == 0)
		result = upset_store_write_strings(
			w->store, "campaign_argument", w->campaign, p->arguments, error);
	if (result == 0)
		result = upset_store_write_strings(
			w->store, "campaign_environment", w->campaign, p->environment, error);
	if (result == 0)
		result =
			upset_store_write_inputs(w->store, "campaign_input", w->campaign, p, error);
	return result;
}

int upset_store_add_campaign(struct upset_store *store, const struct upset_campaign_row *row,
	const struct upset_provenance *provenance, int64_t *campaign, struct upset_error *error)
{
	struct campaign_writer writer = {.store = store, .row = row, .provenance = provenance};
	int result = upset_store_transact(store, write_all, &writer, error);

	if (result == 0)
		*campaign = writer.campaign;
	return result;
}
