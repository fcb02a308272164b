/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Talking to the driver: see messages.h. */
#include "engine/qemu/injector/messages.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/qemu/guest/apart.h"

enum { FDS_MOST = 2 };

void injector_tell(const struct upset_injector_message *message, const int *fds, size_t count)
{
	struct iovec part = {(void *)(uintptr_t)message, sizeof(*message)};
	union {
		char bytes[CMSG_SPACE(FDS_MOST * sizeof(int))];
		struct cmsghdr header;
	} control = {0};
	struct msghdr packet = {.msg_iov = &part, .msg_iovlen = 1};
	ssize_t sent;

	if (count > 0) {
		control.header =
			(struct cmsghdr){CMSG_LEN(count * sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
		memcpy(CMSG_DATA(&control.header), fds, count * sizeof(int));
		packet.msg_control = control.bytes;
		packet.msg_controllen = CMSG_SPACE(count * sizeof(int));
	}
	/* The program's limit on descriptors is one on those under way, too. */
	apart_lift_limits();
	sent = sendmsg(injector.socket, &packet, MSG_NOSIGNAL);
	apart_put_back_limits();
	if (sent != sizeof(*message))
		injector_give_up("the driver is gone");
}

int injector_write_maps(void)
{
	int fd;

	apart_lift_limits();
	fd = memfd_create("maps", MFD_CLOEXEC);
	if (fd < 0)
		injector_give_up("no memory for the memory map");
	qemu_plugin_write_maps(fd);
	apart_put_back_limits();
	return fd;
}

bool injector_ask(const struct upset_injector_message *message, const int *fds, size_t count)
{
	struct upset_injector_answer answer = {0};

	injector_tell(message, fds, count);
	if (recv(injector.socket, &answer, sizeof(answer), 0) != sizeof(answer))
		injector_give_up("the driver is gone");
	return answer.found != 0;
}

bool injector_find(uint64_t item, unsigned int fault, bool trigger, uint64_t *address)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	const struct upset_injector_message question = {
		.kind = trigger ? UPSET_INJECTOR_FIND_TRIGGER : UPSET_INJECTOR_FIND_LOCATION,
		.item = item,
		.fault = fault,
	};
	struct upset_injector_answer answer = {0};
	int fd = injector_write_maps();

	/* One question at a time. */
	pthread_mutex_lock(&lock);
	injector_tell(&question, &fd, 1);
	/* NOLINTNEXTLINE(clang-analyzer-unix.BlockInCriticalSection) */
	if (recv(injector.socket, &answer, sizeof(answer), 0) != sizeof(answer))
		injector_give_up("the driver is gone");
	pthread_mutex_unlock(&lock);
	(void)close(fd);
	*address = answer.address;
	return answer.found != 0;
}
