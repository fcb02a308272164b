/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From counts to results: calls the steps of derive.h and checks the outcome. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "profile/derive.h"
#include "profile/index.h"

static int compare_threads(const void *left, const void *right)
{
	const struct upset_thread *a = left, *b = right;

	return (a->number > b->number) - (a->number < b->number);
}

static int compare_counts(const void *left, const void *right)
{
	const struct upset_number_count *a = left, *b = right;

	return (a->number > b->number) - (a->number < b->number);
}

static void sort_counts(struct upset_number_count *counts, size_t count)
{
	if (count > 0)
		qsort(counts, count, sizeof(*counts), compare_counts);
}

/* Sort the threads, add up those with the same number, and all of them. */
static void order_threads(struct upset_profile *profile)
{
	struct upset_thread *threads = profile->threads;
	size_t kept = 0;

	if (profile->thread_count > 0)
		qsort(threads, profile->thread_count, sizeof(*threads), compare_threads);
	for (size_t i = 0; i < profile->thread_count; i++) {
		profile->instructions += threads[i].instructions;
		if (kept > 0 && threads[kept - 1].number == threads[i].number)
			threads[kept - 1].instructions += threads[i].instructions;
		else
			threads[kept++] = threads[i];
	}
	profile->thread_count = kept;
}

static void add_up_branches(struct upset_profile *profile)
{
	for (size_t i = 0; i < profile->insn_count; i++) {
		const struct upset_profile_insn *insn = profile->insns[i];

		if (insn->insn.classes & UPSET_CLASS_BRANCH)
			profile->branches += insn->executions;
		if (insn->insn.classes & UPSET_CLASS_CALL)
			profile->calls += insn->executions;
	}
}

static int compare_files(const void *left, const void *right)
{
	const struct upset_written_file *a = left, *b = right;

	return strcmp(a->path, b->path);
}

/* Hash the files that the program wrote; what is not a regular file has no content to compare. */
static int hash_files(struct upset_run *run)
{
	size_t kept = 0;

	for (size_t i = 0; i < run->file_count; i++) {
		struct upset_written_file *file = &run->files[i];
		int result = upset_hash_file(file->path, file->sha256, &file->bytes);

		if (result == -ENOMEM)
			return result;
		file->exists = result != -ENOENT && result != -ENOTDIR;
		if (result == -EINVAL) {
			free(file->path);
			file->path = NULL;
			continue;
		}
		if (kept != i) {
			run->files[kept] = *file;
			file->path = NULL;
		}
		kept++;
	}
	run->file_count = kept;
	if (kept > 0)
		qsort(run->files, kept, sizeof(*run->files), compare_files);
	return 0;
}

static int derive(struct upset_profile *profile)
{
	if (profile->index->out_of_memory || upset_profile_derive_modules(profile) != 0 ||
		upset_profile_place_calls(profile) != 0 ||
		upset_profile_order_insns(profile) != 0 ||
		upset_profile_derive_calls(profile) != 0 ||
		upset_profile_derive_blocks(profile) != 0 ||
		upset_profile_derive_regions(profile) != 0 || hash_files(&profile->run) != 0)
		return -ENOMEM;
	sort_counts(profile->syscalls, profile->syscall_count);
	sort_counts(profile->signals, profile->signal_count);
	order_threads(profile);
	add_up_branches(profile);
	upset_profile_derive_registers(profile);
	return 0;
}

int upset_profile_finish(struct upset_profile *profile, struct upset_error *error)
{
	if (derive(profile) != 0)
		return upset_error_set(error, ENOMEM,
			"not enough memory for the statistics of %zu instructions; "
			"use a lower level of detail",
			profile->insn_count);
	return upset_profile_check(profile, error);
}
