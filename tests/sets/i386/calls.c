/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System calls of 32-bit x86 that other sets have not, or whose arguments they pass otherwise: what
 * they tell is to be the same in each run.  Started in a folder that has "folder" with one file;
 * with an argument it also does what no copy may.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* As the kernel's headers have them for this set. */
struct old_stat {
	uint32_t dev, ino;
	uint16_t mode, nlink, uid, gid;
	uint32_t rdev, size, blksize, blocks, times[6], unused[2];
};

struct old_statfs {
	uint32_t type, bsize, blocks, bfree, bavail, files, ffree, fsid[2], namelen, frsize,
		rest[5];
};

struct __attribute__((packed)) new_statfs {
	uint32_t type, bsize;
	uint64_t blocks, bfree, bavail, files, ffree;
	uint32_t fsid[2], namelen, frsize, rest[5];
};

static void files(void)
{
	struct old_stat info, again, folder;
	struct old_statfs system;
	struct new_statfs large;
	char entries[512];
	int fd = open("folder", O_RDONLY);
	long size;

	printf("stat %ld", syscall(SYS_stat, "folder/file", &info));
	printf(" %ld", syscall(SYS_lstat, "folder/file", &again));
	printf(" %d\n", memcmp(&info, &again, sizeof(info)));
	printf("  %#x %#o %u %u accessed %u modified %u\n", info.dev, info.mode, info.nlink,
		info.size, info.times[0], info.times[2]);
	printf("fstat %ld", syscall(SYS_fstat, fd, &folder));
	printf(" %#x %d %#o\n", folder.dev, folder.ino != info.ino, folder.mode & S_IFMT);
	printf("statfs %ld", syscall(SYS_statfs, ".", &system));
	printf(" %#x %u %u %u %u %#x\n", system.type, system.bsize, system.blocks, system.bfree,
		system.ffree, system.fsid[0]);
	printf("statfs64 %ld", syscall(SYS_fstatfs64, fd, sizeof(large), &large));
	printf(" %#x %u %llu %llu %llu %#x %u\n", large.type, large.bsize,
		(unsigned long long)large.blocks, (unsigned long long)large.bfree,
		(unsigned long long)large.ffree, large.fsid[0], large.namelen);
	size = syscall(SYS_getdents, fd, entries, sizeof(entries));
	for (long at = 0; at < size;) {
		uint32_t inode;
		uint16_t length;

		memcpy(&inode, entries + at, sizeof(inode));
		memcpy(&length, entries + at + 8, sizeof(length));
		if (entries[at + 10] != '.')
			printf("entry %s %d\n", entries + at + 10, inode == info.ino);
		at += length;
	}
	close(fd);
}

/* Milliseconds since it was called last. */
static int passed(void)
{
	static int64_t last[2];
	int64_t now[2];
	int ms;

	syscall(SYS_clock_gettime64, CLOCK_MONOTONIC, now);
	ms = (int)((now[0] - last[0]) * 1000 + now[1] / 1000000 - last[1] / 1000000);
	last[0] = now[0], last[1] = now[1];
	return ms;
}

static void times_pass(void)
{
	static int zero;
	const int64_t most[2] = {0, 30000000};
	int64_t left[2] = {0, 40000000};
	uint32_t wait[2] = {0, 20000}, old[5] = {0, 0, 0, 0, (uint32_t)(uintptr_t)wait};
	uint32_t words[4], limits[2];
	uint64_t wide[2];

	passed();
	printf("select %ld", syscall(SYS_select, old));
	printf(" %d\n", passed());
	printf("pselect6_time64 %ld",
		syscall(SYS_pselect6_time64, 0, NULL, NULL, NULL, left, NULL));
	printf(" %d\n", passed());
	printf("futex_time64 %ld", syscall(SYS_futex_time64, &zero, 0, 0, most, NULL, 0));
	printf(" %d\n", passed());
	printf("clock_nanosleep_time64 %ld",
		syscall(SYS_clock_nanosleep_time64, CLOCK_MONOTONIC, 0, most, NULL));
	printf(" %d\n", passed());
	printf("time %ld\n", syscall(SYS_time, NULL));
	printf("times %d", syscall(SYS_times, words) > 0);
	printf(" %u %u %u\n", words[1], words[2], words[3]);
	syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, wide);
	printf("ugetrlimit %ld", syscall(SYS_ugetrlimit, RLIMIT_NOFILE, limits));
	printf(" %d\n", limits[0] == wide[0]);
	printf("getrlimit %ld", syscall(SYS_getrlimit, RLIMIT_NOFILE, limits));
	printf(" %d\n", limits[0] == wide[0]);
}

static volatile sig_atomic_t came;

static void handle(int signal)
{
	came += signal;
}

static void rest(void)
{
	struct sockaddr_un to = {AF_UNIX, "/run/none"};
	uint32_t map[6] = {
		0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, UINT32_MAX, 0};
	uint32_t words[3] = {AF_UNIX, SOCK_STREAM, 0};
	const uint32_t action[4] = {(uint32_t)(uintptr_t)handle, 0, 0, 0};
	char names[6][65], *memory;
	long fd;

	memory = (char *)syscall(SYS_mmap, map); /* NOLINT */
	strcpy(memory, "mapped");
	printf("%s", memory);
	printf(" %ld\n", syscall(SYS_munmap, memory, 8192));
	fd = syscall(SYS_socketcall, 1, words);
	words[0] = (uint32_t)fd, words[1] = (uint32_t)(uintptr_t)&to, words[2] = sizeof(to);
	printf("socket %d", fd > 2);
	printf(" connect %ld", syscall(SYS_socketcall, 3, words));
	printf(" %d\n", errno == ENOENT);
	printf("uname %ld", syscall(SYS_uname, names));
	printf(" %s\n", names[4]);
	printf("olduname %ld oldstat %ld\n", syscall(SYS_olduname, names),
		syscall(SYS_oldstat, "folder", names));
	printf("sigaction %ld", syscall(SYS_sigaction, SIGUSR1, action, NULL));
	kill(getpid(), SIGUSR1);
	printf(" %d\n", came);
}

int main(int argc, char **argv)
{
	(void)argv;
	files();
	times_pass();
	rest();
	if (argc > 1) { /* what no copy may do */
		printf("waitpid %ld", syscall(SYS_waitpid, -1, NULL, 0));
		printf(" %d\n", errno == ECHILD);
	}
	return 0;
}
