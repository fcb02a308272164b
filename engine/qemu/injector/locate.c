/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding where many triggers come, in one run: items are grouped by place and
 * thread, and each group counts its hits.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/qemu/injector/messages.h"
#include "engine/qemu/injector/modes.h"
#include "fault/fault.h"

/* A place in a thread, and the items whose triggers are there, by rising hit. */
struct place {
	struct place *same; /* another one with the same address, of another thread or name */
	uint64_t pc, hits;
	size_t next, end; /* of sought[] */
	uint32_t thread;
	bool resolved;
};

struct sought {
	uint64_t item;
	struct upset_faults faults; /* one */
};

static struct {
	struct sought *sought;
	size_t count;
	struct place *places;
	size_t place_count, table_size;
	struct place **table; /* by address, open addressing */
	bool all_resolved;
} locate;

static const struct upset_fault *fault_of(const struct sought *s)
{
	return &s->faults.faults[0];
}

static int compare_text(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "");
}

static int compare_place(const struct upset_fault *a, const struct upset_fault *b)
{
	int order = compare_text(a->trigger_place.module, b->trigger_place.module);

	if (order == 0)
		order = compare_text(a->trigger_place.symbol, b->trigger_place.symbol);
	if (order != 0)
		return order;
	if (a->trigger_place.offset != b->trigger_place.offset)
		return a->trigger_place.offset < b->trigger_place.offset ? -1 : 1;
	return a->thread < b->thread ? -1 : a->thread > b->thread;
}

static int compare(const void *x, const void *y)
{
	const struct upset_fault *a = fault_of(x), *b = fault_of(y);
	int order = compare_place(a, b);

	return order != 0 ? order : a->count < b->count ? -1 : a->count > b->count;
}

static int parse_items(void)
{
	struct upset_injector *shm = injector.shm;
	unsigned int column;

	locate.sought = calloc(shm->item_count + 1, sizeof(*locate.sought));
	if (locate.sought == NULL)
		return -ENOMEM;
	for (uint64_t i = 0; i < shm->item_count; i++) {
		struct sought *s = &locate.sought[locate.count];
		const char *text = (const char *)shm + upset_injector_items(shm)[i].faults;

		*s = (struct sought){.item = i};
		if (upset_faults_parse(text, &s->faults, &column, NULL) != 0)
			return -EINVAL;
		/* The driver knows where the others come. */
		if (fault_of(s)->trigger == UPSET_FAULT_AT_PLACE)
			locate.count++;
		else
			upset_faults_free(&s->faults);
	}
	qsort(locate.sought, locate.count, sizeof(*locate.sought), compare);
	return 0;
}

static int group(void)
{
	locate.places = calloc(locate.count + 1, sizeof(*locate.places));
	for (locate.table_size = 64; locate.table_size < 4 * locate.count; locate.table_size *= 2)
		;
	locate.table = calloc(locate.table_size, sizeof(struct place *));
	if (locate.places == NULL || locate.table == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < locate.count; i++) {
		const struct upset_fault *f = fault_of(&locate.sought[i]);

		if (i == 0 || compare_place(fault_of(&locate.sought[i - 1]), f) != 0)
			locate.places[locate.place_count++] = (struct place){
				.next = i, .thread = f->thread < 0 ? 0 : (uint32_t)f->thread};
		locate.places[locate.place_count - 1].end = i + 1;
	}
	return 0;
}

static int begin(void)
{
	int rc = parse_items();

	return rc != 0 ? rc : group();
}

static struct place **slot_of(uint64_t pc)
{
	size_t i = (size_t)((pc * 0x9e3779b97f4a7c15ULL) >> 20) & (locate.table_size - 1);

	while (locate.table[i] != NULL && locate.table[i]->pc != pc)
		i = (i + 1) & (locate.table_size - 1);
	return &locate.table[i];
}

/* The driver's last answer: addresses in one module differ by the same from those in its file. */
struct known {
	const struct upset_fault *of;
	bool mapped;
	uint64_t bias;
};

static void resolve(struct place *p, struct known *known)
{
	const struct upset_fault *f = fault_of(&locate.sought[p->next]);
	const struct upset_fault_place *place = &f->trigger_place;
	bool again = known->of != NULL &&
		     compare_text(known->of->trigger_place.module, place->module) == 0;

	if (again && (!known->mapped || place->symbol == NULL)) {
		p->resolved = known->mapped;
		p->pc = known->bias + place->offset;
		return;
	}
	p->resolved = injector_find(locate.sought[p->next].item, 0, true, &p->pc);
	if (place->symbol == NULL || !p->resolved)
		*known = (struct known){f, p->resolved, p->pc - place->offset};
}

static void mapped(void)
{
	struct known known = {0};
	bool all = true;

	for (size_t i = 0; i < locate.place_count && !locate.all_resolved; i++) {
		struct place *p = &locate.places[i], **slot;

		if (p->resolved)
			continue;
		resolve(p, &known);
		all &= p->resolved;
		if (!p->resolved)
			continue;
		slot = slot_of(p->pc);
		p->same = *slot;
		*slot = p;
	}
	locate.all_resolved = all;
}

static void *sought(uint64_t pc)
{
	return *slot_of(pc);
}

static bool arrive(struct thread *t, void *place, uint64_t pc, uint64_t instructions)
{
	(void)pc;
	for (struct place *p = place; p != NULL; p = p->same) {
		if (p->thread != t->number)
			continue;
		p->hits++;
		for (; p->next < p->end && fault_of(&locate.sought[p->next])->count == p->hits;
			p->next++) {
			uint64_t item = locate.sought[p->next].item;

			upset_injector_items(injector.shm)[item].trigger =
				(struct upset_trigger){true, instructions, p->pc, p->hits};
		}
	}
	return false;
}

const struct injector_mode injector_locate = {
	.begin = begin,
	.mapped = mapped,
	.sought = sought,
	.arrive = arrive,
};
