/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tree of calls in its final order: addresses become instructions. */
#include <errno.h>
#include <stdlib.h>

#include "profile/derive.h"

int upset_profile_take_calls(struct upset_profile *profile, const struct upset_calls *calls)
{
	const size_t count = 1 + (size_t)atomic_load(&calls->count);
	struct upset_call_path *paths = calloc(count, sizeof(*paths));

	if (paths == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const struct upset_call_node *node = &calls->nodes[i];

		paths[i] = (struct upset_call_path){
			.parent = i == 0 ? UPSET_NONE : node->parent,
			.site = {node->site, UPSET_NONE, UPSET_NONE},
			.entry = {node->entry, UPSET_NONE, UPSET_NONE},
			.calls = atomic_load(&node->calls),
		};
		for (unsigned int k = 0; k < UPSET_WORK_KINDS; k++)
			paths[i].own.of[k] = atomic_load(&node->work[k]);
	}
	profile->call_paths = paths;
	profile->call_path_count = count;
	profile->calls_lost = atomic_load(&calls->lost);
	return 0;
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* --- from run-time addresses to those in files ------------------------------------------ */

struct known {
	uint64_t at_run_time, address;
	uint32_t module;
};

static int compare_known(const void *left, const void *right)
{
	const struct known *a = left, *b = right;
	int order = compare_numbers(a->at_run_time, b->at_run_time);

	if (order == 0)
		order = compare_numbers(a->module, b->module);
	return order != 0 ? order : compare_numbers(a->address, b->address);
}

static size_t make_known(const struct upset_profile *profile, struct known *known)
{
	size_t count = 0;

	for (size_t i = 0; i < profile->insn_count; i++) {
		const struct upset_profile_insn *insn = profile->insns[i];

		if (insn->executions > 0)
			known[count++] =
				(struct known){insn->insn.address, insn->address, insn->module};
	}
	qsort(known, count, sizeof(*known), compare_known);
	return count;
}

/* The first of equal ones, so that it does not depend on the order of the run. */
static void find_place(struct upset_call_place *place, const struct known *known, size_t count)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (known[middle].at_run_time < place->address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == count || known[low].at_run_time != place->address)
		return;
	place->address = known[low].address;
	place->module = known[low].module;
}

int upset_profile_place_calls(struct upset_profile *profile)
{
	struct known *known;
	size_t count;

	if (profile->call_path_count == 0)
		return 0;
	known = malloc((profile->insn_count + 1) * sizeof(*known));
	if (known == NULL)
		return -ENOMEM;
	count = make_known(profile, known);
	for (size_t i = 0; i < profile->call_path_count; i++) {
		find_place(&profile->call_paths[i].site, known, count);
		find_place(&profile->call_paths[i].entry, known, count);
	}
	free(known);
	return 0;
}

/* --- instructions --------------------------------------------------------------------------- */

static int compare_place(
	const struct upset_profile_insn *insn, const struct upset_call_place *place)
{
	int order = compare_numbers(insn->module, place->module);

	return order != 0 ? order : compare_numbers(insn->address, place->address);
}

/* Of contents of one place the first that was executed and is of @class (0: any). */
static void find_insn(
	const struct upset_profile *profile, struct upset_call_place *place, unsigned int class)
{
	size_t low = 0, high = profile->insn_count;

	while (place->module != UPSET_NONE && low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_place(profile->insns[middle], place) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; place->module != UPSET_NONE && low < profile->insn_count; low++) {
		const struct upset_profile_insn *insn = profile->insns[low];

		if (compare_place(insn, place) != 0)
			return;
		if (insn->executions > 0 && (insn->insn.classes & class) == class) {
			place->insn = (uint32_t)low;
			return;
		}
	}
}

static void find_insns(struct upset_profile *profile)
{
	for (size_t i = 0; i < profile->call_path_count; i++) {
		find_insn(profile, &profile->call_paths[i].site, UPSET_CLASS_CALL);
		find_insn(profile, &profile->call_paths[i].entry, 0);
	}
}

/* --- order -------------------------------------------------------------------------------- */

/* Parents stand before their children. */
static void add_up(struct upset_call_path *paths, size_t count)
{
	for (size_t i = count; i-- > 0;) {
		upset_work_add(&paths[i].inclusive, &paths[i].own);
		if (i > 0)
			upset_work_add(&paths[paths[i].parent].inclusive, &paths[i].inclusive);
	}
}

static int compare_places(const struct upset_call_place *a, const struct upset_call_place *b)
{
	int order = compare_numbers(a->insn, b->insn);

	return order != 0 ? order : compare_numbers(a->address, b->address);
}

static int compare_siblings(const void *left, const void *right)
{
	const struct upset_call_path *a = *(const struct upset_call_path *const *)left;
	const struct upset_call_path *b = *(const struct upset_call_path *const *)right;
	int order = compare_numbers(a->parent, b->parent);

	if (order == 0)
		order = compare_places(&a->site, &b->site);
	return order != 0 ? order : compare_places(&a->entry, &b->entry);
}

/* What one pass over the tree needs, an entry for each node. */
struct walk {
	const struct upset_call_path **sorted; /* by parent and place */
	uint32_t *first;		       /* [count + 1], of its children in sorted */
	uint32_t *todo;			       /* nodes to visit, the last one first */
	uint32_t *number;		       /* old number -> new one */
};

/* A stub, all of whose calls were of what it leads to; a handler that was not reached. */
static bool is_empty(const struct walk *w, const struct upset_call_path *path, uint32_t i)
{
	return (path->calls == 0 || path->site.address == 0) &&
	       path->inclusive.of[UPSET_WORK_INSTRUCTIONS] == 0 && w->first[i] == w->first[i + 1];
}

static void sort_children(const struct upset_profile *profile, const struct walk *w)
{
	size_t count = profile->call_path_count, at = 0;

	for (size_t i = 0; i < count; i++)
		w->sorted[i] = &profile->call_paths[i];
	qsort(w->sorted, count, sizeof(struct upset_call_path *), compare_siblings);
	for (size_t parent = 0; parent <= count; parent++) {
		while (at < count && w->sorted[at]->parent < parent)
			at++;
		w->first[parent] = (uint32_t)at;
	}
}

/* Copy the tree into @ordered, depth first; the number of nodes. */
static size_t walk_tree(
	const struct upset_profile *profile, const struct walk *w, struct upset_call_path *ordered)
{
	const struct upset_call_path *paths = profile->call_paths;
	size_t kept = 0, todo = 1;

	w->todo[0] = 0;
	while (todo > 0) {
		uint32_t i = w->todo[--todo];

		w->number[i] = (uint32_t)kept;
		ordered[kept] = paths[i];
		if (i != 0)
			ordered[kept].parent = w->number[paths[i].parent];
		kept++;
		for (uint32_t at = w->first[i + 1]; at-- > w->first[i];) {
			uint32_t child = (uint32_t)(w->sorted[at] - paths);

			if (!is_empty(w, &paths[child], child))
				w->todo[todo++] = child;
		}
	}
	return kept;
}

static int order_paths(struct upset_profile *profile)
{
	const size_t count = profile->call_path_count;
	struct upset_call_path *ordered = calloc(count, sizeof(*ordered));
	const struct walk w = {
		.sorted = calloc(count, sizeof(struct upset_call_path *)),
		.first = calloc(count + 1, sizeof(uint32_t)),
		.todo = calloc(count, sizeof(uint32_t)),
		.number = calloc(count, sizeof(uint32_t)),
	};
	int result = -ENOMEM;

	if (ordered != NULL && w.sorted != NULL && w.first != NULL && w.todo != NULL &&
		w.number != NULL) {
		struct upset_call_path *old = profile->call_paths;

		sort_children(profile, &w);
		profile->call_path_count = walk_tree(profile, &w, ordered);
		profile->call_paths = ordered;
		ordered = old;
		result = 0;
	}
	free(w.sorted);
	free(w.first);
	free(w.todo);
	free(w.number);
	free(ordered);
	return result;
}

int upset_profile_derive_calls(struct upset_profile *profile)
{
	if (profile->call_path_count == 0)
		return 0;
	find_insns(profile);
	add_up(profile->call_paths, profile->call_path_count);
	return order_paths(profile);
}
