/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Triggers at places that are looked for in one run: see sought.h. */
#include "engine/sought.h"

#include <stdlib.h>
#include <string.h>

enum { LEAST_SLOTS = 64, SLOTS_FOR_EACH = 4 };

struct sought {
	size_t item;
	const struct upset_fault *fault;
	struct upset_trigger *trigger;
};

/* A place in a thread, and what is looked for there, by rising hit. */
struct upset_sought_place {
	struct upset_sought_place *same; /* with the same address, of another thread or name */
	uint64_t pc, hits;
	size_t next, end; /* of sought[] */
	uint32_t thread;
	bool resolved;
};

struct upset_sought {
	struct sought *sought;
	size_t count;
	struct upset_sought_place *places;
	size_t place_count, resolved;
	struct upset_sought_place **slots; /* by address, open addressing */
	size_t slot_count;		   /* a power of 2 */
};

struct upset_sought *upset_sought_new(size_t count)
{
	struct upset_sought *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	for (s->slot_count = LEAST_SLOTS; s->slot_count < SLOTS_FOR_EACH * count;)
		s->slot_count *= 2;
	s->sought = calloc(count + 1, sizeof(*s->sought));
	s->places = calloc(count + 1, sizeof(*s->places));
	s->slots = calloc(s->slot_count, sizeof(struct upset_sought_place *));
	if (s->sought != NULL && s->places != NULL && s->slots != NULL)
		return s;
	upset_sought_free(s);
	return NULL;
}

void upset_sought_free(struct upset_sought *s)
{
	if (s == NULL)
		return;
	free(s->sought);
	free(s->places);
	free(s->slots);
	free(s);
}

/* --- places ----------------------------------------------------------------------------------- */

static uint32_t thread_of(const struct sought *s)
{
	return s->fault->thread < 0 ? 0 : (uint32_t)s->fault->thread;
}

static int compare_number(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_text(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "");
}

static int compare_place(const struct sought *a, const struct sought *b)
{
	const struct upset_fault_place *x = &a->fault->trigger_place;
	const struct upset_fault_place *y = &b->fault->trigger_place;
	int order = compare_text(x->module, y->module);

	if (order == 0)
		order = compare_text(x->symbol, y->symbol);
	if (order == 0)
		order = compare_number(x->offset, y->offset);
	return order != 0 ? order : compare_number(thread_of(a), thread_of(b));
}

static int compare(const void *x, const void *y)
{
	const struct sought *a = x, *b = y;
	int order = compare_place(a, b);

	return order != 0 ? order : compare_number(a->fault->count, b->fault->count);
}

void upset_sought_add(struct upset_sought *s, size_t item, const struct upset_fault *fault,
	struct upset_trigger *trigger)
{
	s->sought[s->count++] = (struct sought){item, fault, trigger};
}

void upset_sought_begin(struct upset_sought *s)
{
	qsort(s->sought, s->count, sizeof(*s->sought), compare);
	for (size_t i = 0; i < s->count; i++) {
		if (i == 0 || compare_place(&s->sought[i - 1], &s->sought[i]) != 0)
			s->places[s->place_count++] = (struct upset_sought_place){
				.next = i, .thread = thread_of(&s->sought[i])};
		s->places[s->place_count - 1].end = i + 1;
	}
}

/* --- addresses -------------------------------------------------------------------------------- */

static struct upset_sought_place **slot_of(const struct upset_sought *s, uint64_t pc)
{
	size_t i = (size_t)((pc * 0x9e3779b97f4a7c15ULL) >> 20) & (s->slot_count - 1);

	while (s->slots[i] != NULL && s->slots[i]->pc != pc)
		i = (i + 1) & (s->slot_count - 1);
	return &s->slots[i];
}

struct upset_sought_place *upset_sought_at(const struct upset_sought *s, uint64_t pc)
{
	return *slot_of(s, pc);
}

bool upset_sought_is_resolved(const struct upset_sought *s)
{
	return s->resolved == s->place_count;
}

/* The last answer: addresses in one module differ by the same from those in its file. */
struct known {
	const struct upset_fault_place *of;
	bool mapped;
	uint64_t bias;
};

/* Whether @known tells of @place, too. */
static bool is_known(const struct known *known, const struct upset_fault_place *place)
{
	return known->of != NULL && compare_text(known->of->module, place->module) == 0 &&
	       (!known->mapped || place->symbol == NULL);
}

int upset_sought_resolve(struct upset_sought *s,
	int (*find)(void *context, size_t item, bool *found, uint64_t *address), void *context)
{
	struct known known = {0};

	for (size_t i = 0; i < s->place_count && !upset_sought_is_resolved(s); i++) {
		struct upset_sought_place *p = &s->places[i], **slot;
		const struct sought *first = &s->sought[p->next];
		const struct upset_fault_place *place = &first->fault->trigger_place;
		int rc;

		if (p->resolved)
			continue;
		if (is_known(&known, place)) {
			p->resolved = known.mapped;
			p->pc = known.bias + place->offset;
		} else {
			rc = find(context, first->item, &p->resolved, &p->pc);
			if (rc != 0)
				return rc;
			if (place->symbol == NULL || !p->resolved)
				known = (struct known){place, p->resolved, p->pc - place->offset};
		}
		if (!p->resolved)
			continue;
		s->resolved++;
		slot = slot_of(s, p->pc);
		p->same = *slot;
		*slot = p;
	}
	return 0;
}

/* --- arrivals --------------------------------------------------------------------------------- */

size_t upset_sought_arrive(const struct upset_sought *s, struct upset_sought_place *place,
	uint32_t thread, uint64_t instructions)
{
	size_t found = 0;

	for (struct upset_sought_place *p = place; p != NULL; p = p->same) {
		if (p->thread != thread)
			continue;
		p->hits++;
		for (; p->next < p->end && s->sought[p->next].fault->count == p->hits; p->next++) {
			*s->sought[p->next].trigger =
				(struct upset_trigger){true, instructions, p->pc, p->hits};
			found++;
		}
	}
	return found;
}

void upset_sought_leave(struct upset_sought_place *place, uint32_t thread)
{
	for (struct upset_sought_place *p = place; p != NULL; p = p->same) {
		if (p->thread == thread && p->hits > 0)
			p->hits--;
	}
}
