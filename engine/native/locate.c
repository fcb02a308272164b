/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where triggers come: one run, stepped until the last of them was found, in which
 * executions are counted by thread and address as breakpoints would count them.
 */
#include "engine/native/locate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/places.h"
#include "fault/fault.h"

enum { FIRST_SLOTS = 1 << 12, NONE = -1 };

struct sought {
	const struct upset_fault *fault;
	struct upset_trigger *trigger;
	uint32_t thread;
};

/* Triggers at the same place in the same thread: by_place[next .. end), by rising hit. */
struct group {
	size_t next, end;
	bool resolved;
	uint64_t pc;
	int64_t same; /* another one with the same pc and thread, under another name; or NONE */
};

/* Executions of an instruction. */
struct slot {
	uint64_t pc, hits;
	int64_t group; /* or NONE */
	uint32_t thread;
	bool used;
};

struct thread_left {
	uint32_t thread;
	size_t left; /* triggers not found yet */
};

struct native_locate {
	struct sought *by_insn, *by_place; /* sorted */
	size_t insn_count, place_count;
	struct group *groups;
	size_t group_count;
	struct thread_left *threads; /* sorted */
	size_t thread_count;
	struct slot *slots; /* hash table */
	size_t slot_count, slots_used;
};

/* --- order ------------------------------------------------------------------------------------ */

static int compare_number(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_text(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "");
}

/* Of thread and place. */
static int compare_group(const struct sought *a, const struct sought *b)
{
	const struct upset_fault_place *x = &a->fault->trigger_place;
	const struct upset_fault_place *y = &b->fault->trigger_place;
	int order = compare_number(a->thread, b->thread);

	if (order == 0)
		order = compare_text(x->module, y->module);
	if (order == 0)
		order = compare_text(x->symbol, y->symbol);
	return order != 0 ? order : compare_number(x->offset, y->offset);
}

static int by_place(const void *x, const void *y)
{
	const struct sought *a = x, *b = y;
	int order = compare_group(a, b);

	return order != 0 ? order : compare_number(a->fault->count, b->fault->count);
}

static int by_insn(const void *x, const void *y)
{
	const struct sought *a = x, *b = y;
	int order = compare_number(a->thread, b->thread);

	return order != 0 ? order : compare_number(a->fault->count, b->fault->count);
}

/* --- executions ------------------------------------------------------------------------------- */

static struct slot *probe(const struct native_locate *l, uint32_t thread, uint64_t pc)
{
	size_t i = (size_t)((pc + thread) * 0x9e3779b97f4a7c15ULL >> 32) & (l->slot_count - 1);

	while (l->slots[i].used && (l->slots[i].pc != pc || l->slots[i].thread != thread))
		i = (i + 1) & (l->slot_count - 1);
	return &l->slots[i];
}

static bool grow(struct native_locate *l)
{
	struct native_locate old = *l;

	l->slot_count = old.slot_count == 0 ? FIRST_SLOTS : old.slot_count * 2;
	l->slots = calloc(l->slot_count, sizeof(*l->slots));
	if (l->slots == NULL) {
		*l = old;
		return false;
	}
	for (size_t i = 0; i < old.slot_count; i++) {
		if (old.slots[i].used)
			*probe(l, old.slots[i].thread, old.slots[i].pc) = old.slots[i];
	}
	free(old.slots);
	return true;
}

/* NULL: no memory. */
static struct slot *slot_of(struct native_locate *l, uint32_t thread, uint64_t pc)
{
	struct slot *slot;

	if (l->slots_used * 2 >= l->slot_count && !grow(l))
		return NULL;
	slot = probe(l, thread, pc);
	if (!slot->used) {
		*slot = (struct slot){.pc = pc, .thread = thread, .group = NONE, .used = true};
		l->slots_used++;
	}
	return slot;
}

/* --- what is sought --------------------------------------------------------------------------- */

static struct thread_left *left_of(const struct native_locate *l, uint32_t thread)
{
	size_t low = 0, high = l->thread_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (l->threads[middle].thread < thread)
			low = middle + 1;
		else
			high = middle;
	}
	return low < l->thread_count && l->threads[low].thread == thread ? &l->threads[low] : NULL;
}

bool native_locate_wants(const struct native_locate *l, uint32_t thread)
{
	const struct thread_left *left = left_of(l, thread);

	return left != NULL && left->left > 0;
}

bool native_locate_resolved(const struct native_locate *l)
{
	for (size_t i = 0; i < l->group_count; i++) {
		if (!l->groups[i].resolved)
			return false;
	}
	return true;
}

int native_locate_resolve(struct native_locate *l, pid_t pid,
	const struct upset_experiment_request *request, struct upset_error *error)
{
	int rc = 0;

	for (size_t i = 0; i < l->group_count && rc == 0; i++) {
		struct group *group = &l->groups[i];
		const struct sought *sought = &l->by_place[group->next];
		struct slot *slot;

		if (group->resolved)
			continue;
		rc = upset_place_find_in(pid, &sought->fault->trigger_place, request,
			&group->resolved, &group->pc, error);
		if (rc != 0 || !group->resolved)
			continue;
		slot = slot_of(l, sought->thread, group->pc);
		if (slot == NULL)
			return upset_error_set(error, ENOMEM, "no memory for triggers");
		group->same = slot->group;
		slot->group = (int64_t)i;
	}
	return rc;
}

static void found(struct native_locate *l, const struct sought *s, uint64_t instructions,
	uint64_t pc, uint64_t hit)
{
	if (s->trigger->reached)
		return;
	*s->trigger = (struct upset_trigger){true, instructions, pc, hit};
	left_of(l, s->thread)->left--;
}

static void find_by_insn(
	struct native_locate *l, uint32_t thread, uint64_t instructions, uint64_t pc, uint64_t hit)
{
	size_t low = 0, high = l->insn_count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct sought *s = &l->by_insn[middle];

		if (s->thread < thread || (s->thread == thread && s->fault->count < instructions))
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < l->insn_count && l->by_insn[low].thread == thread &&
		l->by_insn[low].fault->count == instructions;
		low++)
		found(l, &l->by_insn[low], instructions, pc, hit);
}

static void find_by_place(struct native_locate *l, const struct slot *slot, uint64_t instructions)
{
	for (int64_t i = slot->group; i != NONE; i = l->groups[i].same) {
		struct group *group = &l->groups[i];

		for (; group->next < group->end &&
			l->by_place[group->next].fault->count == slot->hits;
			group->next++)
			found(l, &l->by_place[group->next], instructions, slot->pc, slot->hits);
	}
}

bool native_locate_arrive(
	struct native_locate *l, uint32_t thread, uint64_t instructions, uint64_t pc, bool resumes)
{
	struct slot *slot = slot_of(l, thread, pc);

	if (slot == NULL)
		return false;
	if (!resumes) {
		slot->hits++;
		find_by_place(l, slot, instructions);
	}
	find_by_insn(l, thread, instructions, pc, resumes ? 0 : slot->hits);
	return true;
}

void native_locate_leave(struct native_locate *l, uint32_t thread, uint64_t pc)
{
	struct slot *slot = probe(l, thread, pc);

	if (slot->used && slot->hits > 0)
		slot->hits--;
}

/* --- from start to end ------------------------------------------------------------------------ */

static void sort_faults(struct native_locate *l, const struct upset_fault *const *faults,
	size_t count, struct upset_trigger *triggers)
{
	for (size_t i = 0; i < count; i++) {
		const struct upset_fault *f = faults[i];
		bool place = f->trigger == UPSET_FAULT_AT_PLACE;
		struct sought *to =
			place ? &l->by_place[l->place_count++] : &l->by_insn[l->insn_count++];

		triggers[i] = (struct upset_trigger){0};
		*to = (struct sought){f, &triggers[i], f->thread < 0 ? 0 : (uint32_t)f->thread};
	}
	qsort(l->by_insn, l->insn_count, sizeof(*l->by_insn), by_insn);
	qsort(l->by_place, l->place_count, sizeof(*l->by_place), by_place);
}

static void make_groups(struct native_locate *l)
{
	for (size_t i = 0; i < l->place_count; i++) {
		if (i == 0 || compare_group(&l->by_place[i - 1], &l->by_place[i]) != 0)
			l->groups[l->group_count++] = (struct group){.next = i, .same = NONE};
		l->groups[l->group_count - 1].end = i + 1;
	}
}

static int by_thread(const void *x, const void *y)
{
	const struct thread_left *a = x, *b = y;

	return compare_number(a->thread, b->thread);
}

static void count_threads(struct native_locate *l)
{
	size_t count = 0;

	for (size_t i = 0; i < l->insn_count; i++)
		l->threads[count++] = (struct thread_left){l->by_insn[i].thread, 1};
	for (size_t i = 0; i < l->place_count; i++)
		l->threads[count++] = (struct thread_left){l->by_place[i].thread, 1};
	qsort(l->threads, count, sizeof(*l->threads), by_thread);
	for (size_t i = 0; i < count; i++) {
		struct thread_left *last = &l->threads[l->thread_count];

		if (l->thread_count > 0 && last[-1].thread == l->threads[i].thread)
			last[-1].left++;
		else
			l->threads[l->thread_count++] = l->threads[i];
	}
}

int native_locate(const struct upset_experiment_request *request,
	const struct upset_fault *const *faults, size_t count, struct upset_trigger *triggers,
	struct upset_experiment_result *result, struct upset_error *error)
{
	static const struct upset_faults none = {0};
	struct upset_experiment_request without = *request;
	struct native_locate l = {.by_insn = calloc(count + 1, sizeof(*l.by_insn)),
		.by_place = calloc(count + 1, sizeof(*l.by_place)),
		.groups = calloc(count + 1, sizeof(*l.groups)),
		.threads = calloc(count + 1, sizeof(*l.threads))};
	int rc;

	without.faults = &none;
	if (l.by_insn == NULL || l.by_place == NULL || l.groups == NULL || l.threads == NULL ||
		!grow(&l)) {
		rc = upset_error_set(error, ENOMEM, "no memory for triggers");
	} else {
		sort_faults(&l, faults, count, triggers);
		make_groups(&l);
		count_threads(&l);
		rc = native_execute(&without, &l, NULL, result, error);
	}
	free(l.by_insn);
	free(l.by_place);
	free(l.groups);
	free(l.threads);
	free(l.slots);
	return rc;
}
