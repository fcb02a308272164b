/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Descriptors that are upset's within the program's process: to the program they
 * are not open, and it cannot take their numbers.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/qemu/guest/apart.h"
#include "engine/qemu/guest/guest.h"

enum {
	ENTRIES_BYTES = 32768,
	BEHIND_DESCRIPTOR = 3, /* entries of the kernel: two for folders, then by number */
};

static struct {
	int first;
	atomic_bool open[APART_DESCRIPTORS];
} apart;

/* Those that take a descriptor first. */
static const uint16_t with_descriptor[] = {SYS_read, SYS_write, SYS_close, SYS_fstat, SYS_lseek,
	SYS_ioctl, SYS_pread64, SYS_pwrite64, SYS_readv, SYS_writev, SYS_dup, SYS_sendfile,
	SYS_connect, SYS_accept, SYS_sendto, SYS_recvfrom, SYS_sendmsg, SYS_recvmsg, SYS_shutdown,
	SYS_bind, SYS_listen, SYS_getsockname, SYS_getpeername, SYS_setsockopt, SYS_getsockopt,
	SYS_fcntl, SYS_flock, SYS_fsync, SYS_fdatasync, SYS_ftruncate, SYS_getdents, SYS_fchdir,
	SYS_fchmod, SYS_fchown, SYS_fstatfs, SYS_readahead, SYS_fsetxattr, SYS_fgetxattr,
	SYS_flistxattr, SYS_fremovexattr, SYS_getdents64, SYS_fadvise64, SYS_epoll_wait,
	SYS_epoll_ctl, SYS_openat, SYS_mkdirat, SYS_mknodat, SYS_fchownat, SYS_newfstatat,
	SYS_unlinkat, SYS_readlinkat, SYS_fchmodat, SYS_faccessat, SYS_splice, SYS_tee,
	SYS_sync_file_range, SYS_vmsplice, SYS_utimensat, SYS_epoll_pwait, SYS_fallocate,
	SYS_timerfd_settime, SYS_timerfd_gettime, SYS_accept4, SYS_preadv, SYS_pwritev,
	SYS_recvmmsg, SYS_syncfs, SYS_sendmmsg, SYS_copy_file_range, SYS_statx, SYS_faccessat2};

static bool takes_descriptor(int64_t number)
{
	for (size_t i = 0; i < sizeof(with_descriptor) / sizeof(with_descriptor[0]); i++) {
		if (with_descriptor[i] == number)
			return true;
	}
	return false;
}

/* --- setting apart ---------------------------------------------------------------------------- */

void apart_begin(int first)
{
	apart.first = first;
	for (int i = 0; i < APART_DESCRIPTORS; i++)
		atomic_store(&apart.open[i], fcntl(first + i, F_SETFD, FD_CLOEXEC) == 0);
	apart_begin_limits();
}

bool apart_is(int fd)
{
	int i = fd - apart.first;

	return apart.first > 0 && i >= 0 && i < APART_DESCRIPTORS && atomic_load(&apart.open[i]);
}

int apart_keep(int fd)
{
	int kept, i;

	apart_lift_limits();
	kept = fcntl(fd, F_DUPFD_CLOEXEC, apart.first);
	if (kept < 0)
		kept = -errno;
	apart_put_back_limits();
	i = kept - apart.first;
	if (kept >= 0 && i >= APART_DESCRIPTORS) {
		(void)close(kept);
		return -EMFILE;
	}
	if (kept >= 0)
		atomic_store(&apart.open[i], true);
	return kept;
}

void apart_close(int fd)
{
	if (!apart_is(fd))
		return;
	(void)close(fd);
	atomic_store(&apart.open[fd - apart.first], false);
}

/* --- what the program does with them ---------------------------------------------------------- */

/* All from @first to @last, but those set apart. */
static int64_t close_range_around(uint64_t first, uint64_t last, uint64_t flags)
{
	uint64_t from = first;

	if ((unsigned int)first > (unsigned int)last)
		return -EINVAL;
	for (uint64_t fd = (uint64_t)apart.first;
		fd < (uint64_t)apart.first + APART_DESCRIPTORS && fd <= (unsigned int)last; fd++) {
		if (!apart_is((int)fd) || fd < from)
			continue;
		if (fd > from && syscall(SYS_close_range, from, fd - 1, flags) != 0)
			return -errno;
		from = fd + 1;
	}
	if (from <= (unsigned int)last &&
		syscall(SYS_close_range, from, (unsigned int)last, flags) != 0)
		return -errno;
	return 0;
}

/* Whether @fd is a folder of this process's descriptors. */
static bool lists_descriptors(int fd)
{
	char link[32], path[64];
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n <= 0)
		return false;
	path[n] = '\0';
	return strncmp(path, "/proc/", 6) == 0 &&
	       (strcmp(path + n - 3, "/fd") == 0 ||
		       (n > 7 && strcmp(path + n - 7, "/fdinfo") == 0));
}

/*
 * Leave out of @size bytes of entries at @entries those of descriptors set apart; where
 * the next entry is does not tell of them either.
 */
static int64_t drop_entries(char *entries, int64_t size)
{
	int64_t kept = 0;

	for (int64_t at = 0; at < size;) {
		struct dirent64 *entry = (struct dirent64 *)(entries + at);
		unsigned short length = entry->d_reclen;
		bool is_number = entry->d_name[0] >= '0' && entry->d_name[0] <= '9';

		if (is_number)
			entry->d_off = atoi(entry->d_name) + BEHIND_DESCRIPTOR;
		if (!is_number || !apart_is(atoi(entry->d_name))) {
			memmove(entries + kept, entries + at, length);
			kept += length;
		}
		at += length;
	}
	return kept;
}

static int64_t list_descriptors(int fd, uint64_t address, uint64_t size)
{
	_Alignas(struct dirent64) char entries[ENTRIES_BYTES];
	int64_t n, kept = 0;

	do {
		n = syscall(SYS_getdents64, fd, entries,
			size < sizeof(entries) ? size : sizeof(entries));
		if (n < 0)
			return -errno;
		kept = drop_entries(entries, n);
	} while (n > 0 && kept == 0);
	return kept == 0 || guest_write(address, entries, (uint64_t)kept) ? kept : -EFAULT;
}

/* Whether the system call names a descriptor that is set apart. */
static bool names_one(const struct call *call)
{
	switch (call->number) {
	case SYS_dup2:
	case SYS_dup3:
		return apart_is((int)call->a1) || apart_is((int)call->a2);
	case SYS_mmap:
		return (call->a4 & MAP_ANONYMOUS) == 0 && apart_is((int)call->a5);
	default:
		return takes_descriptor(call->number) && apart_is((int)call->a1);
	}
}

bool apart_answer(const struct call *call, int64_t *result)
{
	if (names_one(call))
		*result = -EBADF;
	else if (call->number == SYS_close_range)
		*result = close_range_around(
			(unsigned int)call->a1, (unsigned int)call->a2, call->a3);
	else if (call->number == SYS_getdents64 && lists_descriptors((int)call->a1))
		*result = list_descriptors((int)call->a1, call->a2, call->a3);
	else
		return apart_answer_limits(call, guest_process(), result);
	return true;
}
