/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where triggers come: one run, stepped until the last of them was found.  Those at places are in
 * engine/sought.h; for those at instructions by number executions are counted by thread and
 * address, as breakpoints would count them.
 */
#include "engine/native/locate.h"

#include <errno.h>
#include <stdlib.h>

#include "engine/places.h"
#include "engine/sought.h"
#include "fault/fault.h"

enum { FIRST_SLOTS = 1 << 12 };

/* A trigger at an instruction by number. */
struct by_insn {
	uint64_t insn;
	struct upset_trigger *trigger;
	uint32_t thread;
};

/* Executions of an instruction. */
struct slot {
	uint64_t pc, hits;
	uint32_t thread;
	bool used;
};

struct thread_left {
	uint32_t thread;
	size_t left; /* triggers not found yet */
};

struct native_locate {
	const struct upset_fault *const *faults;
	struct upset_sought *by_place;
	struct by_insn *by_insn; /* sorted */
	size_t insn_count;
	struct thread_left *threads; /* sorted */
	size_t thread_count;
	struct slot *slots; /* hash table */
	size_t slot_count, slots_used;
};

static int compare_number(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_insn(const void *x, const void *y)
{
	const struct by_insn *a = x, *b = y;
	int order = compare_number(a->thread, b->thread);

	return order != 0 ? order : compare_number(a->insn, b->insn);
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
		*slot = (struct slot){.pc = pc, .thread = thread, .used = true};
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
	return upset_sought_is_resolved(l->by_place);
}

/* What upset_place_find_in() is to know. */
struct search {
	const struct native_locate *locate;
	pid_t pid;
	const struct upset_experiment_request *request;
	struct upset_error *error;
};

static int find(void *context, size_t item, bool *found, uint64_t *address)
{
	const struct search *s = context;

	return upset_place_find_in(s->pid, &s->locate->faults[item]->trigger_place, s->request,
		found, address, s->error);
}

int native_locate_resolve(struct native_locate *l, pid_t pid,
	const struct upset_experiment_request *request, struct upset_error *error)
{
	struct search s = {l, pid, request, error};

	return upset_sought_resolve(l->by_place, find, &s);
}

static void find_by_insn(
	struct native_locate *l, uint32_t thread, uint64_t instructions, uint64_t pc, uint64_t hit)
{
	size_t low = 0, high = l->insn_count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct by_insn *s = &l->by_insn[middle];

		if (s->thread < thread || (s->thread == thread && s->insn < instructions))
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < l->insn_count && l->by_insn[low].thread == thread &&
		l->by_insn[low].insn == instructions;
		low++) {
		if (l->by_insn[low].trigger->reached)
			continue;
		*l->by_insn[low].trigger = (struct upset_trigger){true, instructions, pc, hit};
		left_of(l, thread)->left--;
	}
}

/* How often the thread has come to @pc, with this time; 0: nothing asks for it.  False: no memory.
 */
static bool count_hit(
	struct native_locate *l, uint32_t thread, uint64_t pc, bool resumes, uint64_t *hits)
{
	struct slot *slot;

	*hits = 0;
	if (l->insn_count == 0)
		return true;
	slot = slot_of(l, thread, pc);
	if (slot == NULL)
		return false;
	slot->hits += !resumes;
	*hits = resumes ? 0 : slot->hits;
	return true;
}

bool native_locate_arrive(
	struct native_locate *l, uint32_t thread, uint64_t instructions, uint64_t pc, bool resumes)
{
	uint64_t hits;

	if (!count_hit(l, thread, pc, resumes, &hits))
		return false;
	if (!resumes)
		left_of(l, thread)->left -= upset_sought_arrive(
			l->by_place, upset_sought_at(l->by_place, pc), thread, instructions);
	find_by_insn(l, thread, instructions, pc, hits);
	return true;
}

void native_locate_leave(struct native_locate *l, uint32_t thread, uint64_t pc)
{
	struct slot *slot = probe(l, thread, pc);

	if (slot->used && slot->hits > 0)
		slot->hits--;
	upset_sought_leave(upset_sought_at(l->by_place, pc), thread);
}

/* --- from start to end ------------------------------------------------------------------------ */

static uint32_t thread_of(const struct upset_fault *fault)
{
	return fault->thread < 0 ? 0 : (uint32_t)fault->thread;
}

static void sort_faults(struct native_locate *l, size_t count, struct upset_trigger *triggers)
{
	for (size_t i = 0; i < count; i++) {
		const struct upset_fault *f = l->faults[i];

		triggers[i] = (struct upset_trigger){0};
		if (f->trigger == UPSET_FAULT_AT_PLACE)
			upset_sought_add(l->by_place, i, f, &triggers[i]);
		else
			l->by_insn[l->insn_count++] =
				(struct by_insn){f->count, &triggers[i], thread_of(f)};
	}
	upset_sought_begin(l->by_place);
	qsort(l->by_insn, l->insn_count, sizeof(*l->by_insn), compare_insn);
}

static int by_thread(const void *x, const void *y)
{
	const struct thread_left *a = x, *b = y;

	return compare_number(a->thread, b->thread);
}

static void count_threads(struct native_locate *l, size_t count)
{
	for (size_t i = 0; i < count; i++)
		l->threads[i] = (struct thread_left){thread_of(l->faults[i]), 1};
	qsort(l->threads, count, sizeof(*l->threads), by_thread);
	for (size_t i = 0; i < count; i++) {
		struct thread_left *last = &l->threads[l->thread_count];

		if (l->thread_count > 0 && last[-1].thread == l->threads[i].thread)
			last[-1].left++;
		else
			l->threads[l->thread_count++] = l->threads[i];
	}
}

struct native_locate *native_locate_new(
	const struct upset_fault *const *faults, size_t count, struct upset_trigger *triggers)
{
	struct native_locate *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->faults = faults;
	l->by_place = upset_sought_new(count);
	l->by_insn = calloc(count + 1, sizeof(*l->by_insn));
	l->threads = calloc(count + 1, sizeof(*l->threads));
	if (l->by_place == NULL || l->by_insn == NULL || l->threads == NULL || !grow(l)) {
		native_locate_free(l);
		return NULL;
	}
	sort_faults(l, count, triggers);
	count_threads(l, count);
	return l;
}

void native_locate_free(struct native_locate *l)
{
	if (l == NULL)
		return;
	upset_sought_free(l->by_place);
	free(l->by_insn);
	free(l->threads);
	free(l->slots);
	free(l);
}
