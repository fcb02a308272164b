/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prints what it sees of its descriptors and limits, takes all of them away, and
 * goes on: descriptors.sh runs it with and without upset.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MANY = 6000 };

static void count_open(const char *when)
{
	int open_count = 0, listed = 0;
	DIR *folder = opendir("/proc/self/fd");

	for (int fd = 0; fd < MANY; fd++)
		open_count += fcntl(fd, F_GETFD) >= 0;
	while (folder != NULL && readdir(folder) != NULL)
		listed++;
	printf("%s: %d open, %d listed\n", when, open_count, listed);
	if (folder != NULL)
		(void)closedir(folder);
}

static void limit(const char *name, int resource, rlim_t to)
{
	struct rlimit now = {to, to};
	int rc = setrlimit(resource, &now);

	(void)getrlimit(resource, &now);
	printf("%s: %d, then %llu of %llu\n", name, rc == 0 ? 0 : errno,
		(unsigned long long)now.rlim_cur, (unsigned long long)now.rlim_max);
}

static void take_away(void)
{
	int closed = 0, taken = 0;

	for (int fd = 3; fd < MANY; fd++)
		closed += close(fd) == 0;
	printf("closed %d\n", closed);
	for (int fd = 250; fd < 300; fd++)
		taken += dup2(0, fd) == fd;
	printf("taken %d, all closed %ld\n", taken, syscall(SYS_close_range, 3, ~0U, 0));
}

int main(int argc, char **argv)
{
	volatile unsigned int sum = 0;
	int first, second, third;

	count_open("at first");
	take_away();
	count_open("at last");
	limit("files", RLIMIT_NOFILE, 5);
	first = open("/dev/null", O_RDONLY);
	second = open("/dev/null", O_RDONLY);
	third = open("/dev/null", O_RDONLY);
	printf("opened %d %d %d: %d\n", first, second, third, errno);
	limit("raised", RLIMIT_NOFILE, 7);
	limit("none", RLIMIT_NOFILE, 0);
	(void)fflush(stdout);
	for (unsigned int i = 0; i < 1000; i++)
		sum += i;
	limit("sizes", RLIMIT_FSIZE, 1 << 20);
	(void)fflush(stdout);
	/* That has its limits. */
	if (argc > 1)
		(void)execv(argv[1], argv + 1);
	return sum == 499500 ? 0 : 1;
}
