/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing what is counted for the run as a whole: registers, memory, threads, calls. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "linux/abi.h"
#include "store/internal.h"

/* Of resources that rows name. */
static const char *const kinds[UPSET_RESOURCE_INTERNAL + 1] = {
	[UPSET_RESOURCE_GENERAL] = "general",
	[UPSET_RESOURCE_FLAG] = "flag",
	[UPSET_RESOURCE_VECTOR] = "vector",
	[UPSET_RESOURCE_FLOAT] = "float",
	[UPSET_RESOURCE_X87] = "x87",
	[UPSET_RESOURCE_MMX] = "mmx",
	[UPSET_RESOURCE_CONTROL] = "control",
	[UPSET_RESOURCE_MEMORY] = "memory",
};

static int write_register(struct upset_insert *insert, struct upset_store_writer *w,
	unsigned int id, struct upset_error *error)
{
	const struct upset_register_counts *counts = &w->profile->registers[id];
	const struct upset_resource *resource = upset_isa_resource(w->profile->isa, id);
	bool has_values = w->profile->detail != UPSET_DETAIL_COUNTS;

	upset_bind_integer(insert, w->run);
	upset_bind_integer(insert, upset_store_resource(w, id));
	upset_bind_count(insert, counts->reads);
	upset_bind_count(insert, counts->writes);
	upset_bind_ones(insert, has_values ? counts->read_ones : NULL, resource->bits);
	upset_bind_ones(insert, has_values ? counts->write_ones : NULL, resource->bits);
	if (isnan(counts->live_share))
		upset_bind_null(insert);
	else
		upset_bind_real(insert, counts->live_share);
	return upset_insert_row(insert, error);
}

/* Whether resources of the set have been written; 1: they have.  -EIO, -ENOMEM. */
static int has_resources(struct upset_store_writer *w, struct upset_error *error)
{
	static const char *const columns[] = {"id"};
	char condition[64];
	const struct upset_store_query query = {.view = "resource",
		.columns = columns,
		.column_count = 1,
		.condition = condition,
		.limit = 1};
	struct upset_store_cursor *cursor = NULL;
	int result;

	(void)snprintf(condition, sizeof(condition), "isa = '%s'", w->profile->isa->name);
	result = upset_store_select(w->store, &query, &cursor, error);
	if (result == 0)
		result = upset_store_next(cursor, error);
	upset_store_cursor_close(cursor);
	return result;
}

/* Resource numbers are fixed, their names are written with the first run of a set. */
static int write_resources(struct upset_store_writer *w, struct upset_error *error)
{
	struct upset_insert insert;
	int result = has_resources(w, error);

	if (result != 0)
		return result < 0 ? result : 0;
	result = upset_insert_init(&insert, w->store, "resource", 5, error);
	for (unsigned int id = 0; result == 0 && id < w->profile->isa->resource_count; id++) {
		const struct upset_resource *resource = &w->profile->isa->resources[id];

		if (kinds[resource->kind] == NULL)
			continue;
		upset_bind_integer(&insert, upset_store_resource(w, id));
		upset_bind_string(&insert, resource->name);
		upset_bind_string(&insert, kinds[resource->kind]);
		upset_bind_integer(&insert, resource->bits);
		upset_bind_string(&insert, w->profile->isa->name);
		result = upset_insert_row(&insert, error);
	}
	upset_insert_fini(&insert);
	return result;
}

/* Those that rows name. */
static bool is_register(const struct upset_store_writer *w, unsigned int id)
{
	return w->profile->isa->resources[id].kind != UPSET_RESOURCE_MEMORY &&
	       kinds[w->profile->isa->resources[id].kind] != NULL;
}

static int write_registers(struct upset_store_writer *w, struct upset_error *error)
{
	struct upset_insert insert;
	int result = upset_insert_init(&insert, w->store, "register", 7, error);

	for (unsigned int id = 0; result == 0 && id < w->profile->isa->resource_count; id++)
		if (is_register(w, id))
			result = write_register(&insert, w, id, error);
	upset_insert_fini(&insert);
	return result;
}

static int write_live_part(struct upset_insert *insert, struct upset_store_writer *w,
	unsigned int id, unsigned int part, struct upset_error *error)
{
	unsigned int bytes = upset_live_part_bytes(w->profile->isa, id, part);

	if (bytes == 0)
		return 0;
	upset_bind_integer(insert, w->run);
	upset_bind_integer(insert, upset_store_resource(w, id));
	upset_bind_integer(insert, part);
	upset_bind_integer(insert, bytes);
	upset_bind_count(insert, w->profile->live[id][part]);
	return upset_insert_row(insert, error);
}

static int write_live(struct upset_store_writer *w, struct upset_error *error)
{
	struct upset_insert insert;
	int result;

	if (w->profile->detail != UPSET_DETAIL_FULL)
		return 0;
	result = upset_insert_init(&insert, w->store, "live_part", 5, error);
	for (unsigned int id = 0; id < w->profile->isa->resource_count; id++)
		for (unsigned int part = 0; part < UPSET_LIVE_PARTS; part++)
			if (result == 0 && is_register(w, id))
				result = write_live_part(&insert, w, id, part, error);
	upset_insert_fini(&insert);
	return result;
}

static int write_blocks(struct upset_store_writer *w, struct upset_error *error)
{
	struct upset_insert insert;
	int result = upset_insert_init(&insert, w->store, "block", 6, error);

	for (size_t i = 0; result == 0 && i < w->profile->block_count; i++) {
		const struct upset_block *block = &w->profile->blocks[i];

		upset_bind_integer(&insert, w->run);
		upset_bind_count(&insert, i);
		upset_bind_integer(&insert, w->first_instruction + block->first);
		upset_bind_count(&insert, block->instruction_count);
		upset_bind_count(&insert, block->size);
		upset_bind_count(&insert, block->executions);
		result = upset_insert_row(&insert, error);
	}
	upset_insert_fini(&insert);
	return result;
}

static int write_pages(struct upset_store_writer *w, struct upset_error *error)
{
	struct upset_insert insert;
	int result = upset_insert_init(&insert, w->store, "page", 8, error);

	for (size_t i = 0; result == 0 && i < w->profile->page_count; i++) {
		const struct upset_page *page = &w->profile->pages[i];

		upset_bind_integer(&insert, w->run);
		upset_bind_count(&insert, i);
		upset_bind_count(&insert, page->address);
		upset_bind_string(&insert, upset_region_name(page->region));
		upset_bind_count(&insert, page->reads);
		upset_bind_count(&insert, page->writes);
		upset_bind_count(&insert, page->bytes_read);
		upset_bind_count(&insert, page->bytes_written);
		result = upset_insert_row(&insert, error);
	}
	upset_insert_fini(&insert);
	return result;
}

static int write_regions(struct upset_store_writer *w, struct upset_error *error)
{
	uint64_t reads[UPSET_REGION_COUNT] = {0}, writes[UPSET_REGION_COUNT] = {0};
	struct upset_insert insert;
	int result = upset_insert_init(&insert, w->store, "region", 7, error);

	for (size_t i = 0; i < w->profile->page_count; i++) {
		reads[w->profile->pages[i].region] += w->profile->pages[i].reads;
		writes[w->profile->pages[i].region] += w->profile->pages[i].writes;
	}
	for (unsigned int i = 0; result == 0 && i < UPSET_REGION_COUNT; i++) {
		upset_bind_integer(&insert, w->run);
		upset_bind_integer(&insert, i);
		upset_bind_string(&insert, upset_region_name(i));
		upset_bind_count(&insert, reads[i]);
		upset_bind_count(&insert, writes[i]);
		upset_bind_count(&insert, w->profile->region_bytes_read[i]);
		upset_bind_count(&insert, w->profile->region_bytes_written[i]);
		result = upset_insert_row(&insert, error);
	}
	upset_insert_fini(&insert);
	return result;
}

enum { SIZE_MAX_BYTES = UINT16_MAX / 8 + 1 };
struct size_counts {
	uint64_t loads[SIZE_MAX_BYTES], stores[SIZE_MAX_BYTES];
};

static void count_sizes(struct size_counts *sizes, const struct upset_profile *profile)
{
	for (size_t i = 0; i < profile->insn_count; i++) {
		const struct upset_profile_insn *insn = profile->insns[i];

		for (unsigned int n = 0; n < insn->insn.operand_count; n++) {
			const struct upset_operand *row = &insn->insn.operands[n];
			uint64_t *side = row->access == UPSET_WRITE ? sizes->stores : sizes->loads;

			if (row->resource == UPSET_MEMORY)
				side[row->bits / 8] += insn->tallies[n].samples;
		}
	}
}

static int write_sizes(struct upset_store_writer *w, struct upset_error *error)
{
	static const struct size_counts none;
	struct size_counts *sizes = sqlite3_malloc64(sizeof(*sizes));
	struct upset_insert insert;
	int result = 0;

	if (sizes == NULL)
		return upset_error_set(error, ENOMEM, "cannot store the run: out of memory");
	*sizes = none;
	count_sizes(sizes, w->profile);
	result = upset_insert_init(&insert, w->store, "access_size", 4, error);
	for (unsigned int bytes = 0; result == 0 && bytes < SIZE_MAX_BYTES; bytes++) {
		if (sizes->loads[bytes] == 0 && sizes->stores[bytes] == 0)
			continue;
		upset_bind_integer(&insert, w->run);
		upset_bind_integer(&insert, bytes);
		upset_bind_count(&insert, sizes->loads[bytes]);
		upset_bind_count(&insert, sizes->stores[bytes]);
		result = upset_insert_row(&insert, error);
	}
	upset_insert_fini(&insert);
	sqlite3_free(sizes);
	return result;
}

static int write_threads(struct upset_store_writer *w, struct upset_error *error)
{
	struct upset_insert insert;
	int result = upset_insert_init(&insert, w->store, "thread", 3, error);

	for (size_t i = 0; result == 0 && i < w->profile->thread_count; i++) {
		upset_bind_integer(&insert, w->run);
		upset_bind_count(&insert, w->profile->threads[i].number);
		upset_bind_count(&insert, w->profile->threads[i].instructions);
		result = upset_insert_row(&insert, error);
	}
	upset_insert_fini(&insert);
	return result;
}

/* syscall and signal have the same shape. */
/* As Linux has them on the program's instruction set. */
static const char *syscall_name(const struct upset_store_writer *w, int64_t number)
{
	return upset_abi_call_name(upset_abi_find(w->profile->isa->qemu), number);
}

static const char *signal_name(const struct upset_store_writer *w, int64_t number)
{
	(void)w;
	return upset_signal_name(number);
}

static int write_numbers(struct upset_store_writer *w, const char *table,
	const struct upset_number_count *counts, size_t count,
	const char *(*name)(const struct upset_store_writer *, int64_t), struct upset_error *error)
{
	struct upset_insert insert;
	int result = upset_insert_init(&insert, w->store, table, 4, error);

	for (size_t i = 0; result == 0 && i < count; i++) {
		upset_bind_integer(&insert, w->run);
		upset_bind_integer(&insert, counts[i].number);
		upset_bind_optional(&insert, name(w, counts[i].number));
		upset_bind_count(&insert, counts[i].count);
		result = upset_insert_row(&insert, error);
	}
	upset_insert_fini(&insert);
	return result;
}

static void bind_insn(struct upset_insert *insert, struct upset_store_writer *w,
	const struct upset_call_place *place)
{
	if (place->insn == UPSET_NONE)
		upset_bind_null(insert);
	else
		upset_bind_integer(insert, w->first_instruction + place->insn);
}

static void bind_accesses(struct upset_insert *insert, const struct upset_work *work)
{
	for (unsigned int k = UPSET_WORK_REGISTER_READS; k < UPSET_WORK_KINDS; k++)
		upset_bind_count(insert, work->of[k]);
}

static int write_calls(struct upset_store_writer *w, struct upset_error *error)
{
	struct upset_insert insert;
	int result = upset_insert_init(&insert, w->store, "call_path", 16, error);

	for (size_t i = 0; result == 0 && i < w->profile->call_path_count; i++) {
		const struct upset_call_path *path = &w->profile->call_paths[i];

		upset_bind_integer(&insert, w->run);
		upset_bind_count(&insert, i);
		if (path->parent == UPSET_NONE)
			upset_bind_null(&insert);
		else
			upset_bind_count(&insert, path->parent);
		bind_insn(&insert, w, &path->site);
		bind_insn(&insert, w, &path->entry);
		upset_bind_count(&insert, path->calls);
		upset_bind_count(&insert, path->own.of[UPSET_WORK_INSTRUCTIONS]);
		upset_bind_count(&insert, path->inclusive.of[UPSET_WORK_INSTRUCTIONS]);
		bind_accesses(&insert, &path->own);
		bind_accesses(&insert, &path->inclusive);
		result = upset_insert_row(&insert, error);
	}
	upset_insert_fini(&insert);
	return result;
}

int upset_store_write_counts(struct upset_store_writer *w, struct upset_error *error)
{
	const struct upset_profile *p = w->profile;
	int result = write_resources(w, error);

	if (result == 0)
		result = write_registers(w, error);
	if (result == 0)
		result = write_live(w, error);
	if (result == 0)
		result = write_blocks(w, error);
	if (result == 0)
		result = write_pages(w, error);
	if (result == 0)
		result = write_regions(w, error);
	if (result == 0)
		result = write_sizes(w, error);
	if (result == 0)
		result = write_threads(w, error);
	if (result == 0)
		result = write_numbers(
			w, "syscall", p->syscalls, p->syscall_count, syscall_name, error);
	if (result == 0)
		result =
			write_numbers(w, "signal", p->signals, p->signal_count, signal_name, error);
	if (result == 0)
		result = write_calls(w, error);
	return result;
}
