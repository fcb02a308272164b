/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the address of a stub to a connection: see connect.h. */
#include "engine/gdb/connect.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { CONNECT_S = 10, HOST_BYTES = 256 };

int gdb_connect_unix(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd, code;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	code = errno;
	(void)close(fd);
	return -code;
}

/* False: it has no port. */
static bool divide(const char *remote, char host[HOST_BYTES], const char **port)
{
	const char *colon = strrchr(remote, ':');
	size_t size;

	if (colon == NULL || colon[1] == '\0')
		return false;
	size = (size_t)(colon - remote);
	*port = colon + 1;
	if (size >= 2 && remote[0] == '[' && remote[size - 1] == ']') {
		remote++;
		size -= 2;
	}
	if (size >= HOST_BYTES)
		return false;
	(void)snprintf(host, HOST_BYTES, "%.*s", (int)size, size == 0 ? "" : remote);
	return true;
}

static int try_address(const struct addrinfo *address)
{
	const struct timeval most = {.tv_sec = CONNECT_S};
	const int on = 1;
	int fd = socket(
		address->ai_family, address->ai_socktype | SOCK_CLOEXEC, address->ai_protocol);
	int code;

	if (fd < 0)
		return -errno;
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof(most));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(fd, address->ai_addr, address->ai_addrlen) == 0)
		return fd;
	code = errno == EINPROGRESS ? ETIMEDOUT : errno;
	(void)close(fd);
	return -code;
}

static int connect_tcp(const char *remote, struct upset_error *error)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	char host[HOST_BYTES];
	struct addrinfo *found;
	const char *port;
	int fd = -ECONNREFUSED, rc;

	if (!divide(remote, host, &port))
		return upset_error_set(error, EINVAL,
			"'%s' is no address of a GDB stub; give HOST:PORT, or the path of a socket",
			remote);
	rc = getaddrinfo(host[0] == '\0' ? "localhost" : host, port, &hints, &found);
	if (rc != 0)
		return upset_error_set(
			error, EIO, "cannot find the GDB stub at %s: %s", remote, gai_strerror(rc));
	for (const struct addrinfo *a = found; a != NULL && fd < 0; a = a->ai_next)
		fd = try_address(a);
	freeaddrinfo(found);
	return fd;
}

int gdb_connect(const char *remote, struct upset_error *error)
{
	int fd =
		strchr(remote, '/') != NULL ? gdb_connect_unix(remote) : connect_tcp(remote, error);

	if (fd >= 0)
		return fd;
	/* Where there is a message already it stays. */
	(void)upset_error_set(error, EIO,
		"cannot connect to the GDB stub at %s: %s; start it with the program, such as "
		"qemu-riscv64 -g PORT PROGRAM",
		remote, strerror(-fd));
	return fd == -EINVAL ? fd : -EIO;
}
