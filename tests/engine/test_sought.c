/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Triggers that are looked for in one run: engine/sought.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "engine/sought.h"

enum { COUNT = 7, BIAS = 0x7f0000 };

/* By item; m is mapped late, and has an f at 0x20. */
static struct upset_fault faults[COUNT];
static struct upset_trigger triggers[COUNT];
static struct upset_sought *sought;
static bool mapped;
static unsigned int questions;

static void look_for(
	size_t item, char *module, char *symbol, uint64_t offset, uint64_t count, int64_t thread)
{
	faults[item] = (struct upset_fault){.trigger = UPSET_FAULT_AT_PLACE,
		.trigger_place = {module, symbol, offset},
		.count = count,
		.thread = thread};
	upset_sought_add(sought, item, &faults[item], &triggers[item]);
}

static int set_up(void **state)
{
	static char module[] = "m", function[] = "f";

	(void)state;
	memset(triggers, 0, sizeof(triggers));
	mapped = false;
	questions = 0;
	sought = upset_sought_new(COUNT);
	if (sought == NULL)
		return -1;
	look_for(0, NULL, NULL, 0x1000, 3, -1);
	look_for(1, module, NULL, 0x10, 1, -1);
	look_for(2, NULL, NULL, 0x1000, 1, -1);
	look_for(3, NULL, NULL, 0x1000, 1, 1);
	look_for(4, module, NULL, 0x20, 2, -1);
	look_for(5, module, function, 0, 2, -1);
	look_for(6, NULL, NULL, 0x1000, 3, 0);
	upset_sought_begin(sought);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	upset_sought_free(sought);
	return 0;
}

static int find(void *context, size_t item, bool *found, uint64_t *address)
{
	const struct upset_fault_place *place = &faults[item].trigger_place;

	(void)context;
	questions++;
	*found = place->module == NULL || mapped;
	*address = place->offset + (place->module != NULL ? BIAS : 0) +
		   (place->symbol != NULL ? 0x20 : 0);
	return 0;
}

static size_t arrive(uint64_t pc, uint32_t thread, uint64_t instructions)
{
	return upset_sought_arrive(sought, upset_sought_at(sought, pc), thread, instructions);
}

static void assert_found(size_t item, uint64_t insn, uint64_t address, uint64_t hit)
{
	assert_true(triggers[item].reached);
	assert_int_equal(triggers[item].insn, insn);
	assert_int_equal(triggers[item].address, address);
	assert_int_equal(triggers[item].hit, hit);
}

static void counts_by_place_and_thread(void **state)
{
	(void)state;
	assert_null(upset_sought_at(sought, 0x1000));
	assert_int_equal(upset_sought_resolve(sought, find, NULL), 0);
	assert_false(upset_sought_is_resolved(sought));
	assert_non_null(upset_sought_at(sought, 0x1000));
	assert_null(upset_sought_at(sought, 0x1004));
	assert_int_equal(arrive(0x1000, 0, 10), 1);
	assert_found(2, 10, 0x1000, 1);
	assert_int_equal(arrive(0x1000, 1, 77), 1);
	assert_found(3, 77, 0x1000, 1);
	assert_int_equal(arrive(0x1000, 2, 5), 0);
	assert_int_equal(arrive(0x1000, 0, 20), 0);
	assert_int_equal(arrive(0x1000, 0, 30), 2);
	assert_found(0, 30, 0x1000, 3);
	assert_found(6, 30, 0x1000, 3);
	assert_found(2, 10, 0x1000, 1);
	assert_int_equal(arrive(0x1000, 0, 40), 0);
}

static void forgets_what_it_left(void **state)
{
	(void)state;
	assert_int_equal(upset_sought_resolve(sought, find, NULL), 0);
	assert_int_equal(arrive(0x1000, 0, 10), 1);
	assert_int_equal(arrive(0x1000, 0, 20), 0);
	upset_sought_leave(upset_sought_at(sought, 0x1000), 0);
	upset_sought_leave(upset_sought_at(sought, 0x1000), 1);
	assert_int_equal(arrive(0x1000, 0, 30), 0);
	assert_int_equal(arrive(0x1000, 0, 40), 2);
	assert_found(0, 40, 0x1000, 3);
	assert_int_equal(arrive(0x1000, 1, 1), 1);
}

/* Places with addresses in a module follow from one of them; symbols have to be looked up. */
static void asks_once_for_each_module(void **state)
{
	(void)state;
	assert_int_equal(upset_sought_resolve(sought, find, NULL), 0);
	assert_int_equal(questions, 2);
	assert_null(upset_sought_at(sought, BIAS + 0x10));
	mapped = true;
	questions = 0;
	assert_int_equal(upset_sought_resolve(sought, find, NULL), 0);
	assert_int_equal(questions, 2);
	assert_true(upset_sought_is_resolved(sought));
	assert_int_equal(upset_sought_resolve(sought, find, NULL), 0);
	assert_int_equal(questions, 2);
	assert_int_equal(arrive(BIAS + 0x10, 0, 1), 1);
	assert_found(1, 1, BIAS + 0x10, 1);
	/* The same address under two names. */
	assert_int_equal(arrive(BIAS + 0x20, 0, 2), 0);
	assert_int_equal(arrive(BIAS + 0x20, 0, 3), 2);
	assert_found(4, 3, BIAS + 0x20, 2);
	assert_found(5, 3, BIAS + 0x20, 2);
}

static int refuse(void *context, size_t item, bool *found, uint64_t *address)
{
	(void)context, (void)item, (void)found, (void)address;
	return -22;
}

static void ends_where_looking_fails(void **state)
{
	(void)state;
	assert_int_equal(upset_sought_resolve(sought, refuse, NULL), -22);
	assert_false(upset_sought_is_resolved(sought));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(counts_by_place_and_thread, set_up, tear_down),
		cmocka_unit_test_setup_teardown(forgets_what_it_left, set_up, tear_down),
		cmocka_unit_test_setup_teardown(asks_once_for_each_module, set_up, tear_down),
		cmocka_unit_test_setup_teardown(ends_where_looking_fails, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
