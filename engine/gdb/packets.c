/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets over a connection: see packets.h. */
#include "engine/gdb/packets.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"

enum {
	SLICE_MS = 100, /* so often it is looked at whether to stop */
	TRIES = 3,	/* for a packet that does not come whole */
	INTERRUPT = 3,
	RUN_BIAS = 29, /* of a run's length as it is sent */
	RUN_LEAST = ' ',
	RUN_MOST = '~',
	ESCAPED = 0x20,
};

/* When to give up; 0: never. */
static uint64_t deadline_after(int timeout_ms)
{
	return timeout_ms < 0 ? 0 : upset_now_ns() + (uint64_t)timeout_ms * 1000000U;
}

static int lose(struct gdb_packets *p)
{
	p->lost = true;
	return -EPIPE;
}

static int wait_for(struct gdb_packets *p, short events, uint64_t deadline)
{
	struct pollfd fd = {.fd = p->fd, .events = events};

	for (;;) {
		int ready = poll(&fd, 1, SLICE_MS);

		if (ready > 0)
			return 0;
		if (ready < 0 && errno != EINTR)
			return lose(p);
		if (upset_stop_reason(p->stop) != 0)
			return -EINTR;
		if (deadline != 0 ? upset_now_ns() > deadline
				  : p->is_late != NULL && p->is_late(p->context))
			return -ETIMEDOUT;
	}
}

static int put_bytes(struct gdb_packets *p, const char *bytes, size_t size, uint64_t deadline)
{
	while (size > 0) {
		ssize_t n = send(p->fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
		int rc = 0;

		if (n > 0) {
			bytes += n;
			size -= (size_t)n;
		} else if (errno == EAGAIN) {
			rc = wait_for(p, POLLOUT, deadline);
		} else if (errno != EINTR) {
			rc = lose(p);
		}
		if (rc != 0)
			return rc;
	}
	return 0;
}

static int fill(struct gdb_packets *p, uint64_t deadline)
{
	for (;;) {
		ssize_t n = recv(p->fd, p->in, sizeof(p->in), MSG_DONTWAIT);
		int rc = 0;

		if (n > 0) {
			p->at = 0;
			p->end = (size_t)n;
			return 0;
		}
		if (n == 0 || (errno != EAGAIN && errno != EINTR))
			return lose(p);
		rc = wait_for(p, POLLIN, deadline);
		if (rc != 0)
			return rc;
	}
}

/* The next byte, or -errno. */
static int next_byte(struct gdb_packets *p, uint64_t deadline)
{
	if (p->at == p->end) {
		int rc = fill(p, deadline);

		if (rc != 0)
			return rc;
	}
	return p->in[p->at++];
}

/* --- sending ---------------------------------------------------------------------------------- */

/* 0: it came whole; 1: it is to be sent again. */
static int wait_for_acknowledgement(struct gdb_packets *p, uint64_t deadline)
{
	for (;;) {
		int byte = next_byte(p, deadline);

		if (byte < 0)
			return byte;
		if (byte == '+')
			return 0;
		if (byte == '-')
			return 1;
		if (byte == '$') { /* the answer is here already */
			p->at--;
			return 0;
		}
	}
}

int gdb_packets_send(struct gdb_packets *p, const char *text, int timeout_ms)
{
	const uint64_t deadline = deadline_after(timeout_ms);
	const size_t size = strlen(text);
	char frame[GDB_REQUEST_BYTES + 8];
	uint8_t sum = 0;
	int rc = 1;

	if (size > GDB_REQUEST_BYTES)
		return -EPROTO;
	for (size_t i = 0; i < size; i++)
		sum = (uint8_t)(sum + (uint8_t)text[i]);
	(void)snprintf(frame, sizeof(frame), "$%s#%02x", text, sum);
	for (int i = 0; i < TRIES && rc == 1; i++) {
		rc = put_bytes(p, frame, size + 4, deadline);
		if (rc == 0 && p->acknowledged)
			rc = wait_for_acknowledgement(p, deadline);
	}
	return rc == 1 ? -EPROTO : rc;
}

int gdb_packets_interrupt(struct gdb_packets *p)
{
	const char byte = INTERRUPT;

	return send(p->fd, &byte, 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1 ? 0 : -EPIPE;
}

/* --- receiving -------------------------------------------------------------------------------- */

static int put_data(struct gdb_packets *p, int byte, size_t count)
{
	if (count > GDB_PACKET_BYTES - p->size)
		return -EPROTO;
	memset(p->data + p->size, byte, count);
	p->size += count;
	return 0;
}

/* What follows '*': how often the byte before comes again. */
static int repeat_last(struct gdb_packets *p, int length)
{
	if (p->size == 0 || length < RUN_LEAST || length > RUN_MOST)
		return -EPROTO;
	return put_data(p, p->data[p->size - 1], (size_t)(length - RUN_BIAS));
}

/* Up to '#'; *@sum is that of the bytes as they came. */
static int take_data(struct gdb_packets *p, uint64_t deadline, uint8_t *sum)
{
	p->size = 0;
	*sum = 0;
	for (;;) {
		int byte = next_byte(p, deadline), second = 0, rc;

		if (byte < 0)
			return byte;
		if (byte == '#')
			return 0;
		if (byte == '}' || byte == '*') {
			second = next_byte(p, deadline);
			if (second < 0)
				return second;
		}
		*sum = (uint8_t)(*sum + byte + second);
		if (byte == '}')
			rc = put_data(p, second ^ ESCAPED, 1);
		else
			rc = byte == '*' ? repeat_last(p, second) : put_data(p, byte, 1);
		if (rc != 0)
			return rc;
	}
}

static int hex_digit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* 1: it is @sum; 0: it is another one. */
static int take_sum(struct gdb_packets *p, uint64_t deadline, uint8_t sum)
{
	int value = 0;

	for (int i = 0; i < 2; i++) {
		int byte = next_byte(p, deadline), digit;

		if (byte < 0)
			return byte;
		digit = hex_digit(byte);
		if (digit < 0)
			return 0;
		value = value * 16 + digit;
	}
	return value == sum;
}

/* Notifications, which nobody has asked for, are passed over. */
static int find_start(struct gdb_packets *p, uint64_t deadline)
{
	int byte;

	do {
		byte = next_byte(p, deadline);
	} while (byte >= 0 && byte != '$');
	return byte < 0 ? byte : 0;
}

int gdb_packets_receive(struct gdb_packets *p, int timeout_ms)
{
	const uint64_t deadline = deadline_after(timeout_ms);

	for (int i = 0; i < TRIES; i++) {
		uint8_t sum;
		int rc = find_start(p, deadline);

		if (rc == 0)
			rc = take_data(p, deadline, &sum);
		if (rc != 0)
			return rc;
		p->data[p->size] = '\0';
		rc = take_sum(p, deadline, sum);
		if (rc < 0)
			return rc;
		if (rc == 0 && !p->acknowledged)
			return -EPROTO;
		/* A program that has ended does not wait for it. */
		if (p->acknowledged)
			(void)put_bytes(p, rc == 1 ? "+" : "-", 1, deadline);
		if (rc == 1)
			return 0;
	}
	return -EPROTO;
}
