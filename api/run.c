/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Golden runs on their way into a study: see run.h. */
#include "api/run.h"

#include <errno.h>
#include <string.h>

#include "base/hash.h"
#include "symbols/symbols.h"

struct lookup {
	struct upset_symbols *symbols;
	const struct upset_module *module; /* whose symbols they are */
};

static void find_symbol(void *context, const struct upset_module *module, uint64_t address,
	struct upset_store_symbol *symbol)
{
	struct lookup *lookup = context;
	struct upset_place place = {0};

	if (lookup->module != module) {
		upset_symbols_close(lookup->symbols);
		lookup->symbols = upset_symbols_open(module->path);
		lookup->module = module;
	}
	if (lookup->symbols == NULL || upset_symbols_find(lookup->symbols, address, &place) != 0)
		return;
	*symbol = (struct upset_store_symbol){
		.function = place.function, .file = place.file, .line = place.line};
}

int upset_run_make(const struct upset_engine *engine, const struct upset_engine_info *info,
	const struct upset_golden_request *request, struct upset_provenance *provenance,
	struct upset_profile *profile, struct upset_error *error)
{
	struct upset_run *run = &profile->run;
	int rc;

	run->engine = strdup(engine->name);
	run->engine_version = strdup(info->version);
	if (run->engine == NULL || run->engine_version == NULL)
		return upset_error_set(error, ENOMEM, "no memory to describe the run");
	rc = engine->golden(request, profile, error);
	upset_provenance_end(provenance);
	return rc;
}

int upset_run_store(struct upset_store *store, const struct upset_provenance *provenance,
	struct upset_profile *profile, int64_t *run, struct upset_error *error)
{
	struct lookup lookup = {0};
	int rc = upset_profile_finish(profile, error);

	if (rc == 0)
		rc = upset_store_add_run(
			store, provenance, profile, find_symbol, &lookup, run, error);
	upset_symbols_close(lookup.symbols);
	return rc;
}

int upset_run_hash_outputs(
	const struct upset_trial *trial, char out[65], char err[65], struct upset_error *error)
{
	struct upset_hash *hash = upset_hash_new();

	if (hash == NULL)
		return upset_error_set(error, ENOMEM, "out of memory");
	upset_hash_update(hash, trial->result.seen.out.data, trial->result.seen.out.looked);
	upset_hash_finish(hash, out);
	upset_hash_update(hash, trial->result.seen.err.data, trial->result.seen.err.looked);
	upset_hash_finish(hash, err);
	upset_hash_free(hash);
	return 0;
}
