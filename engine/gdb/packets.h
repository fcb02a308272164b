/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside engine/gdb only: packets of GDB's remote serial protocol over a connection.
 * What comes may be anything.  Knows nothing of what packets mean.  The protocol: "Debugging
 * with GDB", appendix "GDB Remote Serial Protocol", "Overview".
 */
#ifndef UPSET_ENGINE_GDB_PACKETS_H
#define UPSET_ENGINE_GDB_PACKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/stop.h"

enum {
	GDB_PACKET_BYTES = 1 << 17, /* longer ones are nonsense */
	GDB_REQUEST_BYTES = 4096,   /* that are sent */
	GDB_FOREVER = -1,	    /* or until .is_late */
};

struct gdb_packets {
	int fd;
	const struct upset_stop *stop; /* NULL: nobody stops it */
	/* Whether what is waited for without another limit takes too long; NULL: it never does. */
	bool (*is_late)(void *context);
	void *context;
	bool lost;	   /* the connection */
	bool acknowledged; /* each side confirms what came whole */
	uint8_t in[4096];  /* [at, end): come and not looked at */
	size_t at, end;
	char data[GDB_PACKET_BYTES + 1]; /* the last packet, decoded, and a zero */
	size_t size;
};

/* All of these: 0, -EPIPE (connection lost), -ETIMEDOUT, -EPROTO (nonsense), -EINTR (@stop). */

/* Send @text, in which nothing needs escaping, of at most GDB_REQUEST_BYTES. */
int gdb_packets_send(struct gdb_packets *packets, const char *text, int timeout_ms);
/* Take the next packet; @timeout_ms may be GDB_FOREVER. */
int gdb_packets_receive(struct gdb_packets *packets, int timeout_ms);
/* Ask a program that runs to stop, which no packet does. */
int gdb_packets_interrupt(struct gdb_packets *packets);

#endif
