/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a stub can be asked for: see stub.h. */
#include "engine/gdb/stub.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	ANSWER_MS = 30000,
	WRITTEN_MOST = 256, /* bytes at one time */
	FIRST_MS = 10000,   /* whether there is a stub at all */
	PACKET_LEAST = 64,  /* bytes that every stub takes */
	PACKET_USUAL = 400, /* when nothing is said */
	MEMORY_ANSWER_BESIDES = 8,
};

static const char features[] = "qSupported:swbreak+;hwbreak+;vContSupported+;xmlRegisters=i386";

/* --- questions and answers -------------------------------------------------------------------- */

int gdb_stub_ask(struct gdb_stub *stub, const char *format, ...)
{
	char text[GDB_REQUEST_BYTES];
	va_list arguments;
	int size;

	va_start(arguments, format);
	size = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	(void)snprintf(stub->asked, sizeof(stub->asked), "%.*s", GDB_WORD_BYTES - 1, text);
	if (size < 0 || (size_t)size >= sizeof(text))
		return -EPROTO;
	return gdb_packets_send(&stub->packets, text, ANSWER_MS);
}

int gdb_stub_answer(struct gdb_stub *stub)
{
	return gdb_packets_receive(&stub->packets, ANSWER_MS);
}

bool gdb_stub_is_error(const struct gdb_stub *stub)
{
	const struct gdb_packets *p = &stub->packets;

	return p->data[0] == 'E' && p->size >= 2 && (p->size == 3 || p->data[1] == '.');
}

/* Of a question that is answered by OK. */
static int take_ok(struct gdb_stub *stub)
{
	int rc = gdb_stub_answer(stub);

	if (rc != 0)
		return rc;
	if (stub->packets.size == 0 || gdb_stub_is_error(stub))
		return -ENOTSUP;
	return strcmp(stub->packets.data, "OK") == 0 ? 0 : -EPROTO;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int gdb_stub_byte(const char *digits)
{
	int high = digit(digits[0]), low = high < 0 ? -1 : digit(digits[1]);

	return low < 0 ? -1 : high * 16 + low;
}

/* Printable, for messages. */
static void show_answer(const struct gdb_stub *stub, char *text, size_t size)
{
	size_t i;

	for (i = 0; i + 1 < size && i < stub->packets.size; i++) {
		char c = stub->packets.data[i];

		text[i] = (char)(c >= ' ' && c <= '~' ? c : '.');
	}
	text[i] = '\0';
}

int gdb_stub_error(const struct gdb_stub *stub, int result, struct upset_error *error)
{
	char text[GDB_WORD_BYTES];

	switch (-result) {
	case EPIPE:
		return upset_error_set(error, EIO,
			"the stub %s closed the connection before the program ended; start it "
			"again with the program, and look at what it says",
			stub->name);
	case ETIMEDOUT:
		return upset_error_set(error, EIO,
			"the stub %s does not answer '%s'; is it a stub of GDB's protocol, and "
			"nobody else connected to it?",
			stub->name, stub->asked);
	case EINTR:
		return upset_error_set(error, EINTR, "interrupted");
	case ENOMEM:
		return upset_error_set(error, ENOMEM, "no memory for what the stub tells");
	default:
		show_answer(stub, text, sizeof(text));
		return upset_error_set(error, EIO,
			"the stub %s answers '%s' to '%s', which is no answer to that; use "
			"another stub, or another engine",
			stub->name, text, stub->asked);
	}
}

/* --- registers and memory --------------------------------------------------------------------- */

static int take_digits(struct gdb_stub *stub, const char **digits, size_t *size)
{
	int rc = gdb_stub_answer(stub);

	if (rc != 0)
		return rc;
	*digits = stub->packets.data;
	*size = stub->packets.size / 2;
	if (gdb_stub_is_error(stub) || stub->packets.size == 0)
		return -ENODATA;
	return stub->packets.size % 2 == 0 ? 0 : -EPROTO;
}

int gdb_stub_registers(struct gdb_stub *stub, const char **digits, size_t *size)
{
	int rc = gdb_stub_ask(stub, "g");

	if (rc == 0)
		rc = take_digits(stub, digits, size);
	return rc == -ENODATA ? -EPROTO : rc;
}

int gdb_stub_register(struct gdb_stub *stub, uint32_t number, const char **digits, size_t *size)
{
	int rc = gdb_stub_ask(stub, "p%" PRIx32, number);

	return rc == 0 ? take_digits(stub, digits, size) : rc;
}

static int read_part(struct gdb_stub *stub, uint64_t address, uint8_t *bytes, size_t size)
{
	const char *digits;
	size_t told;
	int rc = gdb_stub_ask(stub, "m%" PRIx64 ",%zx", address, size);

	if (rc == 0)
		rc = take_digits(stub, &digits, &told);
	if (rc == -ENODATA || (rc == 0 && told < size))
		return -EFAULT;
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < size; i++) {
		int byte = gdb_stub_byte(digits + 2 * i);

		if (byte < 0)
			return -EPROTO;
		bytes[i] = (uint8_t)byte;
	}
	return told == size ? 0 : -EPROTO;
}

int gdb_stub_read(struct gdb_stub *stub, uint64_t address, void *bytes, size_t size)
{
	const size_t most = (stub->packet_bytes - MEMORY_ANSWER_BESIDES) / 2;
	uint8_t *to = bytes;

	while (size > 0) {
		size_t part = size < most ? size : most;
		int rc = read_part(stub, address, to, part);

		if (rc != 0)
			return rc;
		address += part;
		to += part;
		size -= part;
	}
	return 0;
}

static void put_digits(char *text, const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		(void)snprintf(text + 2 * i, 3, "%02x", bytes[i]);
}

int gdb_stub_write(struct gdb_stub *stub, uint64_t address, const uint8_t *bytes, size_t size)
{
	char digits[2 * WRITTEN_MOST + 1] = "";
	int rc;

	if (size > WRITTEN_MOST)
		return -EFAULT;
	put_digits(digits, bytes, size);
	rc = gdb_stub_ask(stub, "M%" PRIx64 ",%zx:%s", address, size, digits);
	if (rc == 0)
		rc = take_ok(stub);
	return rc == -ENOTSUP ? -EFAULT : rc;
}

int gdb_stub_write_register(
	struct gdb_stub *stub, uint32_t number, const uint8_t *bytes, size_t size)
{
	char digits[2 * WRITTEN_MOST + 1] = "";
	int rc;

	if (size > WRITTEN_MOST)
		return -ENOTSUP;
	put_digits(digits, bytes, size);
	rc = gdb_stub_ask(stub, "P%" PRIx32 "=%s", number, digits);
	return rc == 0 ? take_ok(stub) : rc;
}

/* --- running ---------------------------------------------------------------------------------- */

/* What a T packet says besides the signal. */
static void take_reason(const char *text, struct gdb_stop *stop)
{
	if (strstr(text, "syscall_entry:") != NULL)
		stop->kind = GDB_STOP_SYSCALL_ENTRY;
	else if (strstr(text, "syscall_return:") != NULL)
		stop->kind = GDB_STOP_SYSCALL_RETURN;
}

/* 1: this is none, another packet is to come. */
static int take_stop(const struct gdb_stub *stub, struct gdb_stop *stop)
{
	const char *text = stub->packets.data;
	int byte = stub->packets.size >= 3 ? gdb_stub_byte(text + 1) : -1;

	/* What the program prints: stubs on bare machines tell it so. */
	if (text[0] == 'O' && strcmp(text, "OK") != 0)
		return 1;
	if (byte < 0)
		return -EPROTO;
	stop->kind = GDB_STOP_SIGNAL;
	stop->value = byte;
	switch (text[0]) {
	case 'T':
		take_reason(text + 3, stop);
		return 0;
	case 'S':
		return 0;
	case 'W':
		stop->kind = GDB_STOP_EXITED;
		return 0;
	case 'X':
		stop->kind = GDB_STOP_KILLED;
		return 0;
	default:
		return -EPROTO;
	}
}

static int wait_for_stop(struct gdb_stub *stub, struct gdb_stop *stop, int timeout_ms)
{
	int rc;

	do {
		rc = gdb_packets_receive(&stub->packets, timeout_ms);
		if (rc == 0)
			rc = take_stop(stub, stop);
	} while (rc == 1);
	return rc;
}

int gdb_stub_go(struct gdb_stub *stub, bool step, int signal, struct gdb_stop *stop)
{
	const char *how = stub->resumes_threads ? "vCont;" : "";
	int rc;

	if (signal == 0)
		rc = gdb_stub_ask(stub, "%s%c", how, step ? 's' : 'c');
	else
		rc = gdb_stub_ask(stub, "%s%c%02x", how, step ? 'S' : 'C', (unsigned int)signal);
	if (rc == 0)
		rc = wait_for_stop(stub, stop, GDB_FOREVER);
	stub->timed_out |= rc == -ETIMEDOUT;
	return rc;
}

int gdb_stub_break(struct gdb_stub *stub, uint64_t address, bool set)
{
	int rc = gdb_stub_ask(stub, "%c0,%" PRIx64 ",1", set ? 'Z' : 'z', address);

	return rc == 0 ? take_ok(stub) : rc;
}

int gdb_stub_catch(struct gdb_stub *stub, int64_t number)
{
	int rc = number < 0 ? gdb_stub_ask(stub, "QCatchSyscalls:0")
			    : gdb_stub_ask(stub, "QCatchSyscalls:1;%" PRIx64, (uint64_t)number);

	return rc == 0 ? take_ok(stub) : rc;
}

/* --- the beginning ---------------------------------------------------------------------------- */

/* One question, the answer to which may be that there is none. */
static int ask_and_take(struct gdb_stub *stub, const char *question)
{
	int rc = gdb_stub_ask(stub, "%s", question);

	return rc == 0 ? gdb_stub_answer(stub) : rc;
}

static int take_features(struct gdb_stub *stub)
{
	const char *size;
	int rc = gdb_stub_ask(stub, "%s", features);

	if (rc == 0)
		rc = gdb_packets_receive(&stub->packets, FIRST_MS);
	if (rc != 0)
		return rc;
	size = strstr(stub->packets.data, "PacketSize=");
	stub->packet_bytes = PACKET_USUAL;
	if (size != NULL)
		stub->packet_bytes = strtoull(size + strlen("PacketSize="), NULL, 16);
	if (stub->packet_bytes < PACKET_LEAST)
		return -EPROTO;
	if (stub->packet_bytes > GDB_REQUEST_BYTES)
		stub->packet_bytes = GDB_REQUEST_BYTES;
	if (strstr(stub->packets.data, "QStartNoAckMode+") == NULL)
		return 0;
	rc = gdb_stub_ask(stub, "QStartNoAckMode");
	if (rc == 0)
		rc = take_ok(stub);
	if (rc == 0)
		stub->packets.acknowledged = false;
	return rc == -ENOTSUP ? 0 : rc;
}

/* Where and what the program is. */
static int take_state(struct gdb_stub *stub)
{
	struct gdb_stop stop;
	int rc = gdb_stub_ask(stub, "?");

	if (rc == 0)
		rc = wait_for_stop(stub, &stop, ANSWER_MS);
	if (rc == 0 && stop.kind != GDB_STOP_SIGNAL)
		rc = -EPROTO;
	if (rc == 0)
		rc = ask_and_take(stub, "qC");
	if (rc == 0 && strncmp(stub->packets.data, "QC", 2) == 0)
		stub->process = strtoull(stub->packets.data + 2, NULL, 16);
	if (rc == 0)
		rc = ask_and_take(stub, "vCont?");
	if (rc == 0)
		stub->resumes_threads = strstr(stub->packets.data, ";s") != NULL &&
					strstr(stub->packets.data, ";S") != NULL;
	if (rc == 0)
		rc = ask_and_take(stub, "qqemu.sstepbits");
	if (rc == 0)
		stub->steps_far = strncmp(stub->packets.data, "ENABLE=", 7) == 0;
	return rc;
}

static int give_document(void *context, const char *name, char **text, size_t *size)
{
	return gdb_stub_object(context, "features", name, text, size);
}

static int take_description(struct gdb_stub *stub, struct upset_error *error)
{
	int rc = gdb_description_read(&stub->description, give_document, stub, error);

	if (rc == -ENOTSUP || rc == -ENOENT)
		return upset_error_set(error, EIO,
			"the stub %s does not describe its registers (qXfer:features:read); "
			"use a newer one",
			stub->name);
	return rc == 0 ? 0 : gdb_stub_error(stub, rc, error);
}

int gdb_stub_open(struct gdb_stub *stub, int fd, struct upset_error *error)
{
	int rc;

	stub->packets.fd = fd;
	stub->packets.acknowledged = true;
	rc = take_features(stub);
	if (rc == 0)
		rc = take_state(stub);
	if (rc != 0)
		return gdb_stub_error(stub, rc, error);
	return take_description(stub, error);
}

void gdb_stub_detach(struct gdb_stub *stub)
{
	struct gdb_stop stop;

	/* It may run: then the answer to this is that it has stopped. */
	stub->packets.stop = NULL;
	if (gdb_packets_interrupt(&stub->packets) == 0)
		(void)wait_for_stop(stub, &stop, 1000);
	if (gdb_stub_ask(stub, "D") == 0)
		(void)gdb_packets_receive(&stub->packets, 1000);
}

void gdb_stub_close(struct gdb_stub *stub)
{
	if (stub->packets.fd >= 0)
		(void)close(stub->packets.fd);
	stub->packets.fd = -1;
	gdb_description_fini(&stub->description);
}
