/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets of GDB's remote protocol, whole and damaged.  Sums worked out by hand. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/gdb/packets.h"
#include "tests/engine/stub.h"

enum { SOON_MS = 5000, AT_ONCE_MS = 1 };

static struct gdb_packets packets;

/* What taking a packet comes to where the stub says @text and closes; @asked: what it is told. */
static int take(const char *text, size_t size, const char *asked)
{
	struct script script;
	char told[64];
	int rc;

	script_begin(&script, text, size, 1);
	packets = (struct gdb_packets){.fd = script.fd, .acknowledged = true};
	rc = gdb_packets_receive(&packets, SOON_MS);
	script_asked(&script, told, sizeof(told));
	assert_string_equal(told, asked);
	script_end(&script);
	return rc;
}

#define TAKE(text, asked) take(text, sizeof(text) - 1, asked)

static void takes_data(void **state)
{
	(void)state;
	assert_int_equal(TAKE("$OK#9a", "+"), 0);
	assert_string_equal(packets.data, "OK");
	assert_int_equal(packets.size, 2);
	assert_int_equal(TAKE("$#00", "+"), 0);
	assert_int_equal(packets.size, 0);
	/* What is not asked for comes before. */
	assert_int_equal(TAKE("++%Stop:T05#5b$OK#9a", "+"), 0);
	assert_string_equal(packets.data, "OK");
}

static void undoes_runs_and_escapes(void **state)
{
	(void)state;
	/* The protocol's own example: 30 + 2a + 20. */
	assert_int_equal(TAKE("$0* #7a", "+"), 0);
	assert_string_equal(packets.data, "0000");
	/* '~' is 97 more: 78 + 2a + 7e = 120. */
	assert_int_equal(TAKE("$x*~#20", "+"), 0);
	assert_int_equal(packets.size, 98);
	/* 7d + 03 = 80: '#'. */
	assert_int_equal(TAKE("$}\003#80", "+"), 0);
	assert_string_equal(packets.data, "#");
	/* 7d + 5d = da: '}'. */
	assert_int_equal(TAKE("$}]#da", "+"), 0);
	assert_string_equal(packets.data, "}");
	/* A run of nothing, one that is too short to be, and one that is none. */
	assert_int_equal(TAKE("$* #4a", ""), -EPROTO);
	assert_int_equal(TAKE("$0*\037#79", ""), -EPROTO);
	assert_int_equal(TAKE("$0*\177#d9", ""), -EPROTO);
}

static void asks_again_for_what_is_damaged(void **state)
{
	(void)state;
	assert_int_equal(TAKE("$OK#9b$OK#9a", "-+"), 0);
	assert_int_equal(TAKE("$OK#zz$OK#9A", "-+"), 0);
	assert_int_equal(TAKE("$OK#9b$OK#9b$OK#9b$OK#9a", "---"), -EPROTO);
}

static void tells_a_lost_connection(void **state)
{
	static const char *const parts[] = {"", "$", "$O", "$OK#", "$OK#9", "$0*", "$}", "+++"};

	(void)state;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		assert_int_equal(take(parts[i], strlen(parts[i]), ""), -EPIPE);
		assert_true(packets.lost);
	}
}

static void refuses_what_is_too_long(void **state)
{
	size_t runs = GDB_PACKET_BYTES / 97 + 2, size = 1 + 3 * runs;
	char *text = malloc(size);

	(void)state;
	assert_non_null(text);
	text[0] = '$';
	for (size_t i = 0; i < 3 * runs; i++)
		text[1 + i] = "x*~"[i % 3];
	assert_int_equal(take(text, size, ""), -EPROTO);
	free(text);
}

static void waits_no_longer_than_it_may(void **state)
{
	struct upset_stop stop = {0};
	struct script script;

	(void)state;
	script_begin(&script, "$O", 2, 0);
	packets = (struct gdb_packets){.fd = script.fd, .acknowledged = true, .stop = &stop};
	assert_int_equal(gdb_packets_receive(&packets, AT_ONCE_MS), -ETIMEDOUT);
	assert_int_equal(gdb_packets_send(&packets, "g", AT_ONCE_MS), -ETIMEDOUT);
	assert_false(packets.lost);
	atomic_store(&stop.reason, 2);
	assert_int_equal(gdb_packets_receive(&packets, GDB_FOREVER), -EINTR);
	script_end(&script);
}

/* Late at the third time that it is asked. */
static bool is_late(void *context)
{
	return ++*(unsigned int *)context == 3;
}

static void waits_until_it_is_late(void **state)
{
	struct script script;
	unsigned int asked = 0;

	(void)state;
	script_begin(&script, "$O", 2, 0);
	packets = (struct gdb_packets){
		.fd = script.fd, .acknowledged = true, .is_late = is_late, .context = &asked};
	assert_int_equal(gdb_packets_receive(&packets, AT_ONCE_MS), -ETIMEDOUT);
	assert_int_equal(asked, 0);
	assert_int_equal(gdb_packets_receive(&packets, GDB_FOREVER), -ETIMEDOUT);
	assert_int_equal(asked, 3);
	assert_false(packets.lost);
	script_end(&script);
}

static void sends_until_it_came(void **state)
{
	struct script script;
	char told[64];

	(void)state;
	script_begin(&script, "-+", 2, 0);
	packets = (struct gdb_packets){.fd = script.fd, .acknowledged = true};
	assert_int_equal(gdb_packets_send(&packets, "m10,4", SOON_MS), 0); /* 6d+31+30+2c+34 */
	script_asked(&script, told, sizeof(told));
	assert_string_equal(told, "$m10,4#2e$m10,4#2e");
	script_end(&script);
	script_begin(&script, "---", 3, 0);
	packets.fd = script.fd;
	assert_int_equal(gdb_packets_send(&packets, "g", SOON_MS), -EPROTO);
	script_end(&script);
	/* The answer may come without. */
	script_begin(&script, "$OK#9a", 6, 0);
	packets.fd = script.fd;
	assert_int_equal(gdb_packets_send(&packets, "g", SOON_MS), 0);
	assert_int_equal(gdb_packets_receive(&packets, SOON_MS), 0);
	assert_string_equal(packets.data, "OK");
	script_end(&script);
}

static void acknowledges_nothing_when_agreed(void **state)
{
	struct script script;
	char told[64];

	(void)state;
	script_begin(&script, "$OK#9a$OK#9b", 12, 0);
	packets = (struct gdb_packets){.fd = script.fd};
	assert_int_equal(gdb_packets_send(&packets, "g", SOON_MS), 0);
	assert_int_equal(gdb_packets_receive(&packets, SOON_MS), 0);
	assert_int_equal(gdb_packets_receive(&packets, SOON_MS), -EPROTO);
	script_asked(&script, told, sizeof(told));
	assert_string_equal(told, "$g#67");
	script_end(&script);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_data),
		cmocka_unit_test(undoes_runs_and_escapes),
		cmocka_unit_test(asks_again_for_what_is_damaged),
		cmocka_unit_test(tells_a_lost_connection),
		cmocka_unit_test(refuses_what_is_too_long),
		cmocka_unit_test(waits_no_longer_than_it_may),
		cmocka_unit_test(waits_until_it_is_late),
		cmocka_unit_test(sends_until_it_came),
		cmocka_unit_test(acknowledges_nothing_when_agreed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
