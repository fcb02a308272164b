/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing a run, its provenance, modules and mappings; the transaction around it all. */
#include <errno.h>

#include "store/internal.h"

static const char *const end_names[] = {
	[UPSET_END_EXITED] = "exited",
	[UPSET_END_SIGNALED] = "signaled",
	[UPSET_END_INTERRUPTED] = "interrupted",
	[UPSET_END_EXEC] = "exec",
};

static void bind_counts(struct upset_insert *insert, const struct upset_profile *profile)
{
	const struct upset_run *run = &profile->run;

	upset_bind_string(insert, end_names[run->seen.end]);
	upset_bind_integer(insert, run->seen.status);
	upset_bind_count(insert, profile->instructions);
	upset_bind_count(insert, profile->block_executions);
	upset_bind_count(insert, profile->calls);
	upset_bind_count(insert, profile->branches);
	upset_bind_count(insert, run->children_not_counted);
	upset_bind_count(insert, run->lost);
	upset_bind_count(insert, run->seen.out.bytes);
	upset_bind_string(insert, run->seen.out.sha256);
	upset_bind_count(insert, run->seen.err.bytes);
	upset_bind_string(insert, run->seen.err.sha256);
	upset_bind_count(insert, run->peak_memory_bytes);
	upset_bind_count(insert, run->seen.host_time_ns);
	if (profile->call_path_count > 0)
		upset_bind_count(insert, profile->calls_lost);
	else
		upset_bind_null(insert);
	upset_bind_optional(insert, run->seen.reason);
}

static int write_run_row(struct upset_store_writer *w, struct upset_error *error)
{
	const struct upset_provenance *p = w->provenance;
	struct upset_insert insert;
	int result = upset_insert_init(&insert, w->store, "run", 30, error);

	if (result != 0)
		return result;
	upset_bind_integer(&insert, w->run);
	upset_bind_string(&insert, w->profile->run.engine);
	upset_bind_string(&insert, w->profile->run.engine_version);
	upset_bind_string(&insert, upset_detail_name(w->profile->detail));
	upset_bind_string(&insert, p->upset_version);
	upset_bind_string(&insert, p->program);
	upset_bind_optional(&insert, p->program_sha256);
	upset_bind_string(&insert, p->folder);
	upset_bind_string(&insert, p->host_system);
	upset_bind_string(&insert, p->host_cpu);
	upset_bind_string(&insert, p->started);
	upset_bind_string(&insert, p->ended);
	bind_counts(&insert, w->profile);
	upset_bind_string(&insert, w->profile->isa->name);
	upset_bind_optional(&insert, p->sysroot);
	result = upset_insert_row(&insert, error);
	upset_insert_fini(&insert);
	return result;
}

int upset_store_write_strings(struct upset_store *store, const char *table, int64_t owner,
	char *const *strings, struct upset_error *error)
{
	struct upset_insert insert;
	int result = upset_insert_init(&insert, store, table, 3, error);

	for (int i = 0; result == 0 && strings[i] != NULL; i++) {
		upset_bind_integer(&insert, owner);
		upset_bind_integer(&insert, i);
		upset_bind_string(&insert, strings[i]);
		result = upset_insert_row(&insert, error);
	}
	upset_insert_fini(&insert);
	return result;
}

int upset_store_write_inputs(struct upset_store *store, const char *table, int64_t owner,
	const struct upset_provenance *provenance, struct upset_error *error)
{
	struct upset_insert insert;
	int result = upset_insert_init(&insert, store, table, 5, error);

	for (size_t i = 0; result == 0 && i < provenance->input_count; i++) {
		const struct upset_input_file *input = &provenance->inputs[i];

		upset_bind_integer(&insert, owner);
		upset_bind_count(&insert, input->position);
		upset_bind_string(&insert, input->path);
		upset_bind_count(&insert, input->bytes);
		upset_bind_string(&insert, input->sha256);
		result = upset_insert_row(&insert, error);
	}
	upset_insert_fini(&insert);
	return result;
}

static int write_written_files(struct upset_store_writer *w, struct upset_error *error)
{
	struct upset_insert insert;
	int result = upset_insert_init(&insert, w->store, "written_file", 6, error);

	for (size_t i = 0; result == 0 && i < w->profile->run.file_count; i++) {
		const struct upset_written_file *file = &w->profile->run.files[i];

		upset_bind_integer(&insert, w->run);
		upset_bind_count(&insert, i);
		upset_bind_string(&insert, file->path);
		upset_bind_integer(&insert, file->exists);
		if (file->exists)
			upset_bind_count(&insert, file->bytes);
		else
			upset_bind_null(&insert);
		upset_bind_optional(&insert, file->exists ? file->sha256 : NULL);
		result = upset_insert_row(&insert, error);
	}
	upset_insert_fini(&insert);
	return result;
}

static int write_modules(struct upset_store_writer *w, struct upset_error *error)
{
	struct upset_insert insert;
	int result = upset_insert_init(&insert, w->store, "module", 7, error);

	for (size_t i = 0; result == 0 && i < w->profile->module_count; i++) {
		const struct upset_module *module = &w->profile->modules[i];

		upset_bind_integer(&insert, w->first_module + (int64_t)i);
		upset_bind_integer(&insert, w->run);
		upset_bind_count(&insert, i);
		upset_bind_string(&insert, module->path);
		upset_bind_optional(&insert, module->sha256);
		upset_bind_optional(&insert, module->build_id);
		upset_bind_count(&insert, module->load_bias);
		result = upset_insert_row(&insert, error);
	}
	upset_insert_fini(&insert);
	return result;
}

static int write_mappings(struct upset_store_writer *w, struct upset_error *error)
{
	struct upset_insert insert;
	int result = upset_insert_init(&insert, w->store, "mapping", 8, error);

	for (size_t i = 0; result == 0 && i < w->profile->mapping_count; i++) {
		const struct upset_mapping *mapping = &w->profile->mappings[i];
		char permissions[4] = {mapping->readable ? 'r' : '-', mapping->writable ? 'w' : '-',
			mapping->executable ? 'x' : '-', '\0'};

		upset_bind_integer(&insert, w->run);
		upset_bind_count(&insert, i);
		upset_bind_count(&insert, mapping->start);
		upset_bind_count(&insert, mapping->end);
		upset_bind_count(&insert, mapping->offset);
		upset_bind_string(&insert, upset_region_name(mapping->region));
		upset_bind_string(&insert, permissions);
		upset_bind_string(&insert, mapping->path);
		result = upset_insert_row(&insert, error);
	}
	upset_insert_fini(&insert);
	return result;
}

int upset_store_write_run(struct upset_store_writer *w, struct upset_error *error)
{
	const struct upset_provenance *p = w->provenance;
	int result = write_run_row(w, error);

	if (result == 0)
		result = upset_store_write_strings(
			w->store, "argument", w->run, p->arguments, error);
	if (result == 0)
		result = upset_store_write_strings(
			w->store, "environment", w->run, p->environment, error);
	if (result == 0)
		result = upset_store_write_inputs(w->store, "input", w->run, p, error);
	if (result == 0)
		result = write_written_files(w, error);
	if (result == 0)
		result = write_modules(w, error);
	if (result == 0)
		result = write_mappings(w, error);
	return result;
}

static int write_all(void *context, struct upset_error *error)
{
	struct upset_store_writer *w = context;
	int result = upset_store_next_id(w->store, "run", &w->run, error);

	if (result == 0)
		result = upset_store_next_id(w->store, "module", &w->first_module, error);
	if (result == 0)
		result = upset_store_next_id(w->store, "instruction", &w->first_instruction, error);
	if (result == 0)
		result = upset_store_write_run(w, error);
	if (result == 0)
		result = upset_store_write_insns(w, error);
	if (result == 0)
		result = upset_store_write_counts(w, error);
	return result;
}

int upset_store_add_run(struct upset_store *store, const struct upset_provenance *provenance,
	const struct upset_profile *profile, upset_store_lookup lookup, void *context, int64_t *run,
	struct upset_error *error)
{
	struct upset_store_writer writer = {.store = store,
		.profile = profile,
		.provenance = provenance,
		.lookup = lookup,
		.context = context};
	int result = upset_store_transact(store, write_all, &writer, error);

	if (result == 0)
		*run = writer.run;
	return result;
}
