/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Objects of the program and files of the stub's machine, part by part: see stub.h. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/gdb/stub.h"

enum { TEXT_MOST = 16 << 20 }; /* bytes in all */

static int append(char **text, size_t *size, const char *data, size_t count)
{
	char *more;

	if (count > TEXT_MOST - *size)
		return -EPROTO;
	more = realloc(*text, *size + count + 1);
	if (more == NULL)
		return -ENOMEM;
	memcpy(more + *size, data, count);
	*text = more;
	*size += count;
	more[*size] = '\0';
	return 0;
}

/* 1: that was the last part. */
static int take_object_part(struct gdb_stub *stub, char **text, size_t *size)
{
	const struct gdb_packets *p = &stub->packets;
	int rc = gdb_stub_answer(stub);

	if (rc != 0)
		return rc;
	if (p->size == 0)
		return -ENOTSUP;
	if (gdb_stub_is_error(stub))
		return -ENOENT;
	if ((p->data[0] != 'm' && p->data[0] != 'l') || (p->data[0] == 'm' && p->size == 1))
		return -EPROTO;
	rc = append(text, size, p->data + 1, p->size - 1);
	return rc == 0 && p->data[0] == 'l' ? 1 : rc;
}

int gdb_stub_object(
	struct gdb_stub *stub, const char *object, const char *annex, char **text, size_t *size)
{
	int rc;

	*text = NULL;
	*size = 0;
	do {
		rc = gdb_stub_ask(stub, "qXfer:%s:read:%s:%zx,%zx", object, annex, *size,
			stub->packet_bytes / 2);
		if (rc == 0)
			rc = take_object_part(stub, text, size);
	} while (rc == 0);
	if (rc == 1)
		return 0;
	free(*text);
	*text = NULL;
	return rc;
}

/* "F" and a number that is not negative. */
static int take_file_result(struct gdb_stub *stub, uint64_t *result, const char **rest)
{
	int rc = gdb_stub_answer(stub);
	char *end;

	if (rc != 0)
		return rc;
	if (stub->packets.size == 0)
		return -ENOTSUP;
	if (gdb_stub_is_error(stub) || strncmp(stub->packets.data, "F-", 2) == 0)
		return -ENOENT;
	if (stub->packets.data[0] != 'F' || !isxdigit((unsigned char)stub->packets.data[1]))
		return -EPROTO;
	*result = strtoull(stub->packets.data + 1, &end, 16);
	*rest = end;
	return 0;
}

static int read_file(struct gdb_stub *stub, uint64_t file, char **text, size_t *size)
{
	for (;;) {
		uint64_t count;
		const char *rest;
		int rc = gdb_stub_ask(stub, "vFile:pread:%" PRIx64 ",%zx,%zx", file,
			stub->packet_bytes / 2, *size);

		if (rc == 0)
			rc = take_file_result(stub, &count, &rest);
		if (rc == 0 && count == 0)
			return append(text, size, "", 0);
		if (rc == 0 && (*rest != ';' || stub->packets.size - (size_t)(rest + 1 -
									      stub->packets.data) !=
							count))
			rc = -EPROTO;
		if (rc == 0)
			rc = append(text, size, rest + 1, count);
		if (rc != 0)
			return rc;
	}
}

int gdb_stub_file(struct gdb_stub *stub, const char *path, char **text, size_t *size)
{
	char name[512] = "";
	uint64_t file;
	const char *rest;
	int rc = 0, closed;

	*text = NULL;
	*size = 0;
	for (size_t i = 0; path[i] != '\0' && 2 * i + 3 < sizeof(name); i++)
		(void)snprintf(name + 2 * i, 3, "%02x", (unsigned int)(uint8_t)path[i]);
	rc = gdb_stub_ask(stub, "vFile:open:%s,0,0", name);
	if (rc == 0)
		rc = take_file_result(stub, &file, &rest);
	if (rc != 0)
		return rc;
	rc = read_file(stub, file, text, size);
	closed = gdb_stub_ask(stub, "vFile:close:%" PRIx64, file);
	if (closed == 0)
		closed = gdb_stub_answer(stub);
	if (rc == 0)
		rc = closed;
	if (rc != 0) {
		free(*text);
		*text = NULL;
	}
	return rc;
}
