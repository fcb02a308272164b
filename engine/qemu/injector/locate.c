/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where many triggers come, in one run without faults. */
#include <errno.h>
#include <stdlib.h>

#include "engine/qemu/injector/messages.h"
#include "engine/qemu/injector/modes.h"
#include "engine/sought.h"
#include "fault/fault.h"

static struct upset_sought *sought;
static struct upset_faults *faults; /* [item_count] */

/* Those at instructions by number are left out: the driver knows where they come. */
static int begin(void)
{
	struct upset_injector_item *items = upset_injector_items(injector.shm);
	uint64_t count = injector.shm->item_count;
	unsigned int column;

	faults = calloc(count + 1, sizeof(*faults));
	sought = upset_sought_new(count);
	if (faults == NULL || sought == NULL)
		return -ENOMEM;
	for (uint64_t i = 0; i < count; i++) {
		const char *text = (const char *)injector.shm + items[i].faults;

		if (upset_faults_parse(text, &faults[i], &column, NULL) != 0)
			return -EINVAL;
		if (faults[i].faults[0].trigger == UPSET_FAULT_AT_PLACE)
			upset_sought_add(sought, i, &faults[i].faults[0], &items[i].trigger);
	}
	upset_sought_begin(sought);
	return 0;
}

static int find(void *context, size_t item, bool *found, uint64_t *address)
{
	(void)context;
	*found = injector_find(item, 0, true, address);
	return 0;
}

static void mapped(void)
{
	(void)upset_sought_resolve(sought, find, NULL);
}

static void *at(uint64_t pc)
{
	return upset_sought_at(sought, pc);
}

static bool arrive(struct thread *t, void *place, uint64_t pc, uint64_t instructions)
{
	(void)pc;
	(void)upset_sought_arrive(sought, place, t->number, instructions);
	return false;
}

const struct injector_mode injector_locate = {
	.begin = begin,
	.mapped = mapped,
	.sought = at,
	.arrive = arrive,
};
