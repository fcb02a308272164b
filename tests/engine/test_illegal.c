/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of an instruction at which SIGILL came: engine/illegal.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/illegal.h"

static struct upset_illegal of(const char *bytes, size_t size)
{
	struct upset_illegal illegal = {.address = 0x401234, .size = (uint8_t)size};

	memcpy(illegal.bytes, bytes, size);
	return illegal;
}

static void names_what_is_missing(void **state)
{
	/* vpaddd zmm2, zmm1, zmm1 */
	struct upset_illegal illegal = of("\x62\xf1\x75\x48\xfe\xd1", 6);
	char text[160] = "";

	(void)state;
	assert_true(upset_illegal_explain(&illegal, "engine qemu", text, sizeof(text)));
	assert_string_equal(text,
		"engine qemu does not have the instruction 'vpaddd zmm2, zmm1, zmm1', which came "
		"at 0x401234");
	illegal.called = true;
	assert_false(upset_illegal_explain(&illegal, "engine qemu", text, sizeof(text)));
}

static void leaves_the_rest_to_the_program(void **state)
{
	const struct upset_illegal nothing = {0},
				   traps[] = {of("\x0f\x0b", 2), of("\x0f\xb9\xc0", 3),
					   of("\x0f\xff\xc0", 3)},
				   none = of("\x06\x90", 2), cut = of("\x62\xf1", 2);
	char text[160] = "";

	(void)state;
	for (size_t i = 0; i < sizeof(traps) / sizeof(traps[0]); i++)
		assert_false(upset_illegal_explain(&traps[i], "engine qemu", text, sizeof(text)));
	assert_false(upset_illegal_explain(&nothing, "engine qemu", text, sizeof(text)));
	assert_false(upset_illegal_explain(&none, "engine qemu", text, sizeof(text)));
	assert_false(upset_illegal_explain(&cut, "engine qemu", text, sizeof(text)));
	assert_string_equal(text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_what_is_missing),
		cmocka_unit_test(leaves_the_rest_to_the_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
