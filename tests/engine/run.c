/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running a tiny guest under an engine, and asking its profile: see run.h. */
#include "tests/engine/run.h"
#include "isa/x86/x86.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *guest_folder;

bool can_trace(void)
{
	struct upset_engine_info info;

	if (upset_engine_native.probe(upset_isa_at(0), &info) == 0)
		return true;
	(void)fprintf(stderr, "skipped: %s\n", info.detail);
	return false;
}

struct upset_profile *run_guest_with(const struct guest_run *run)
{
	char path[4096];
	char *arguments[] = {path, (char *)run->argument, NULL};
	char *environment[] = {NULL};
	struct upset_error error = {0};
	const struct upset_engine *engine =
		run->engine != NULL ? run->engine : &upset_engine_native;
	const struct upset_isa *isa = run->isa != NULL ? run->isa : &upset_isa_x86_64;
	struct upset_profile *profile = upset_profile_new(isa, run->detail);
	const struct upset_golden_request request = {
		.target = {.isa = isa,
			.program = path,
			.arguments = arguments,
			.environment = environment,
			.in_fd = -1},
		.detail = run->detail,
		.out_fd = run->out_fd,
		.err_fd = -1,
		.stop = run->stop,
		.progress = run->progress,
		.progress_context = run->stop,
	};

	assert_non_null(profile);
	(void)snprintf(path, sizeof(path), "%s/guest_%s", guest_folder, run->name);
	if (engine->golden(&request, profile, &error) != 0 ||
		upset_profile_finish(profile, &error) != 0)
		fail_msg("%s: %s", path, error.message);
	assert_int_equal(error.code, 0);
	assert_int_equal(profile->run.lost, 0);
	return profile;
}

struct upset_profile *run_guest(const char *name, const char *argument)
{
	const struct guest_run run = {
		.name = name, .argument = argument, .detail = UPSET_DETAIL_FULL, .out_fd = -1};

	return run_guest_with(&run);
}

static bool has_text(const struct upset_profile *profile, size_t i, const char *text)
{
	char own[128];

	upset_isa_format(profile->isa, &profile->insns[i]->insn, own, sizeof(own));
	return strcmp(own, text) == 0;
}

size_t count_insns(const struct upset_profile *profile, const char *text)
{
	size_t count = 0;

	for (size_t i = 0; i < profile->insn_count; i++)
		count += has_text(profile, i, text);
	return count;
}

const struct upset_profile_insn *find_insn(const struct upset_profile *profile, const char *text)
{
	const struct upset_profile_insn *found = NULL;

	for (size_t i = 0; i < profile->insn_count; i++) {
		if (!has_text(profile, i, text))
			continue;
		if (found != NULL)
			fail_msg("there are several instructions '%s'", text);
		found = profile->insns[i];
	}
	if (found == NULL)
		fail_msg("there is no instruction '%s'", text);
	return found;
}

static unsigned int find_row_number(
	const struct upset_profile_insn *insn, enum upset_access access, unsigned int resource)
{
	unsigned int row = 0;

	while (row < insn->insn.operand_count &&
		(insn->insn.operands[row].access != access ||
			insn->insn.operands[row].resource != resource))
		row++;
	if (row == insn->insn.operand_count)
		fail_msg("no row of resource %u, access %d", resource, (int)access);
	return row;
}

const struct upset_tally *find_row(
	const struct upset_profile_insn *insn, enum upset_access access, unsigned int resource)
{
	return &insn->tallies[find_row_number(insn, access, resource)];
}

/* Writes "bit:count" for every bit that was ever 1. */
static void format_ones(char *text, size_t size, const uint64_t *ones, unsigned int bits)
{
	size_t used = 0;

	text[0] = '\0';
	for (unsigned int bit = 0; bit < bits && used < size; bit++)
		if (ones[bit] != 0)
			used += (size_t)snprintf(text + used, size - used, "%s%u:%llu",
				used > 0 ? " " : "", bit, (unsigned long long)ones[bit]);
}

void assert_row(const struct upset_profile_insn *insn, enum upset_access access,
	unsigned int resource, uint64_t samples, const char *ones)
{
	unsigned int row = find_row_number(insn, access, resource);
	char text[8192] = "";

	assert_int_equal(insn->tallies[row].samples, samples);
	if (insn->tallies[row].ones != NULL)
		format_ones(
			text, sizeof(text), insn->tallies[row].ones, insn->insn.operands[row].bits);
	assert_string_equal(text, ones);
}

static uint64_t count_of(const struct upset_number_count *counts, size_t n, int64_t number)
{
	uint64_t count = 0;

	for (size_t i = 0; i < n; i++)
		if (number < 0 || counts[i].number == number)
			count += counts[i].count;
	return count;
}

uint64_t syscalls_of(const struct upset_profile *profile, int64_t number)
{
	return count_of(profile->syscalls, profile->syscall_count, number);
}

uint64_t signals_of(const struct upset_profile *profile, int64_t number)
{
	return count_of(profile->signals, profile->signal_count, number);
}

uint64_t all_syscalls(const struct upset_profile *profile)
{
	return syscalls_of(profile, -1);
}

uint64_t all_signals(const struct upset_profile *profile)
{
	return signals_of(profile, -1);
}
