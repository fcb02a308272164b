/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prints where its mappings come to lie, in relation to each other, and what its
 * limits on memory refuse: memory.sh runs it with and without upset.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const size_t PAGE = 4096, MIB = 1 << 20, FAR = 1 << 30;

static int anonymous = MAP_PRIVATE | MAP_ANONYMOUS;

static char *map(char *at, size_t size, int protection, int flags)
{
	return mmap(at, size, protection, flags | anonymous, -1, 0);
}

static char *place(size_t size)
{
	return map(NULL, size, PROT_READ | PROT_WRITE, 0);
}

/* What a call said: 0, or which error. */
static int said(const char *result)
{
	return result == MAP_FAILED ? errno : 0;
}

/* --- where ------------------------------------------------------------------------------------ */

static void downwards(void)
{
	char *a = place(MIB), *b = place(MIB), *c = place(MIB);
	char *hint = a - FAR;

	printf("downwards %d %d\n", b == a - MIB, c == b - MIB);
	printf("below the stack %d, above the heap %d\n", a<(char *)&a, a>(char *) sbrk(0));
	(void)munmap(b, MIB);
	printf("highest place %d", place(MIB / 2) == b + MIB / 2);
	printf(", and the next %d\n", place(MIB / 2) == b);
	printf("hint %d", map(hint, PAGE, PROT_NONE, 0) == hint);
	printf(", rounded %d", map(hint - PAGE + 5, PAGE, PROT_NONE, 0) == hint - PAGE);
	printf(", in use %d\n", map(a, MIB, PROT_NONE, 0) == c - MIB);
	printf("in use and fixed %d\n", said(map(a, PAGE, PROT_NONE, MAP_FIXED_NOREPLACE)));
}

static void low(void)
{
	uintptr_t a = (uintptr_t)map(NULL, MIB, PROT_READ, MAP_32BIT);
	uintptr_t b = (uintptr_t)map(NULL, MIB, PROT_READ, MAP_32BIT);

	printf("second GiB %d, upwards %d\n", a >= FAR && a < 2 * FAR, b == a + MIB);
}

static void moved(void)
{
	char *a = place(8 * PAGE), *b;

	(void)munmap(a + 3 * PAGE, PAGE);
	a[0] = 7;
	b = mremap(a, 2 * PAGE, PAGE, MREMAP_MAYMOVE);
	printf("shrinks in place %d", b == a);
	b = mremap(a, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
	printf(", grows back %d", b == a);
	b = mremap(a, 2 * PAGE, 3 * PAGE, MREMAP_MAYMOVE);
	printf(", not over a mapping %d %d", b != a, b[0]);
	b = mremap(a + 2 * PAGE, PAGE, 2 * PAGE, 0);
	printf(", grows into a hole %d", b == a + 2 * PAGE);
	printf(", no further %d", said(mremap(a + 2 * PAGE, 2 * PAGE, 3 * PAGE, 0)));
	(void)munmap(a, 4 * PAGE);
	printf(", not what is not there %d\n", said(mremap(a, PAGE, PAGE, MREMAP_MAYMOVE)));
}

static void holes(void)
{
	char *a = place(4 * PAGE);
	int rc;

	(void)munmap(a + 2 * PAGE, PAGE);
	rc = mprotect(a, 4 * PAGE, PROT_NONE) == 0 ? 0 : errno;
	printf("protect over a hole %d", rc);
	printf(", its first part %d", access(a, F_OK) == 0 ? 0 : errno);
	a[3 * PAGE] = 1;
	printf(", not the last %d\n", a[3 * PAGE]);
	printf("unmap over a hole %d\n", munmap(a, 4 * PAGE));
}

/* Where nothing is, or what is upset's: as sanitizers keep others away from there. */
static void kept_away(void)
{
	char *a = (char *)0x300000000000;
	const size_t size = (size_t)32 << 40;

	printf("unmap nothing %d", munmap(a, size) == 0 ? 0 : errno);
	printf(", protect nothing %d", mprotect(a, size, PROT_NONE) == 0 ? 0 : errno);
	printf(", keep away %d", map(a, size, PROT_NONE, MAP_FIXED | MAP_NORESERVE) == a);
	printf(", again %d", map(a, size, PROT_NONE, MAP_FIXED | MAP_NORESERVE) == a);
	printf(", unmap %d\n", munmap(a, size) == 0 ? 0 : errno);
}

static void growing(void)
{
	char *room = map(NULL, 4 * MIB, PROT_NONE, 0), *a = room + 2 * MIB;

	(void)munmap(room, 4 * MIB);
	a = map(a, PAGE, PROT_READ | PROT_WRITE, MAP_GROWSDOWN);
	for (int i = 1; i <= 20; i++)
		*(a - (size_t)i * PAGE) = (char)i;
	printf("grown %d %d", *(a - PAGE), *(a - 20 * PAGE));
	*(a - 20 * PAGE) = 0;
	printf(", seen by calls %d", access(a - 20 * PAGE, F_OK) == 0 ? 0 : errno);
	printf(", in the way %d", said(map(a - PAGE, PAGE, PROT_READ, MAP_FIXED_NOREPLACE)));
	(void)munmap(a - 20 * PAGE, 21 * PAGE);
	printf(", gone %d\n", said(map(a - PAGE, PAGE, PROT_READ, MAP_FIXED_NOREPLACE)));
}

/* --- how much ----------------------------------------------------------------------------------
 */

struct usage {
	rlim_t all, data;
};

static struct usage usage(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	struct usage u = {0, 0};
	unsigned long start, end;
	char line[512], flags[8];

	if (maps == NULL)
		abort();
	while (fgets(line, sizeof(line), maps) != NULL) {
		if (strstr(line, "[vsyscall]") != NULL ||
			sscanf(line, "%lx-%lx %7s", &start, &end, flags) != 3)
			continue;
		u.all += end - start;
		if (flags[1] == 'w' && flags[3] == 'p' && strstr(line, "[stack]") == NULL)
			u.data += end - start;
	}
	(void)fclose(maps);
	return u;
}

static void limit(const char *what, int resource, rlim_t to)
{
	struct rlimit limit, now;

	(void)getrlimit(resource, &limit);
	limit.rlim_cur = to;
	printf("%s: set %d", what, setrlimit(resource, &limit) == 0 ? 0 : errno);
	(void)getrlimit(resource, &now);
	printf(", told %d\n", now.rlim_cur == to && now.rlim_max == limit.rlim_max);
}

static void count_blocks(void)
{
	static void *block[100];
	int n = 0;

	while (n < 100 && (block[n] = malloc(MIB)) != NULL)
		n++;
	printf("blocks of a MiB: %d\n", n);
	while (n > 0)
		free(block[--n]);
}

static void address_space(void)
{
	rlim_t used = usage().all;
	char *a, *middle;

	limit("address space", RLIMIT_AS, used + 64 * MIB);
	count_blocks();
	printf("beyond it %d", said(place(64 * MIB + PAGE)));
	a = place(64 * MIB);
	printf(", exactly it %d", said(a));
	printf(", anything else %d\n", said(map(NULL, 1, PROT_NONE, MAP_NORESERVE)));
	printf("in place of another %d", said(map(a, MIB, PROT_READ, MAP_FIXED)));
	printf(", half of another %d\n", said(map(a - PAGE, 2 * PAGE, PROT_READ, MAP_FIXED)));
	middle = a + 32 * MIB;
	printf("grow %d", said(mremap(middle, MIB, 2 * MIB, MREMAP_MAYMOVE)));
	printf(", shrink %d", said(mremap(middle, 2 * MIB, MIB, MREMAP_MAYMOVE)));
	printf(", grow by that %d\n", said(mremap(middle, MIB, 2 * MIB, MREMAP_MAYMOVE)));
	printf("heap %d\n", sbrk((intptr_t)PAGE) == (void *)-1 ? errno : 0);
	limit("address space", RLIMIT_AS, RLIM_INFINITY);
	printf("heap %d\n", sbrk((intptr_t)PAGE) == (void *)-1 ? errno : 0);
	(void)munmap(a, 64 * MIB);
}

static void data(void)
{
	int shared = MAP_SHARED | MAP_ANONYMOUS;
	rlim_t used = usage().data;
	char *a, *b;

	limit("data", RLIMIT_DATA, used + 4 * MIB);
	printf("to read %d", said(a = map(NULL, 8 * MIB, PROT_READ, 0)));
	b = mmap(NULL, 8 * MIB, PROT_READ | PROT_WRITE, shared, -1, 0);
	printf(", shared %d", said(b));
	printf(", private %d", said(place(4 * MIB + PAGE)));
	printf(", exactly it %d\n", said(b = place(4 * MIB)));
	printf("heap %d", sbrk((intptr_t)PAGE) == (void *)-1 ? errno : 0);
	printf(", write %d\n", mprotect(a, PAGE, PROT_READ | PROT_WRITE) == 0 ? 0 : errno);
	(void)munmap(b, 4 * MIB);
	printf("write %d", mprotect(a, 3 * MIB, PROT_READ | PROT_WRITE) == 0 ? 0 : errno);
	printf(", again %d", mprotect(a, 3 * MIB, PROT_READ | PROT_WRITE) == 0 ? 0 : errno);
	printf(", more %d\n", mprotect(a, 5 * MIB, PROT_READ | PROT_WRITE) == 0 ? 0 : errno);
	printf("heap %d", sbrk((intptr_t)MIB) == (void *)-1 ? errno : 0);
	printf(", and no more %d\n", sbrk((intptr_t)PAGE) == (void *)-1 ? errno : 0);
	limit("data", RLIMIT_DATA, PAGE);
	printf("heap %d\n", sbrk(1) == (void *)-1 ? errno : 0);
	limit("data", RLIMIT_DATA, RLIM_INFINITY);
}

static void refused(void)
{
	struct rlimit wrong = {2, 1};

	printf("soft above hard %d", setrlimit(RLIMIT_AS, &wrong) == 0 ? 0 : errno);
	printf(", of nobody %d\n", prlimit(0, 1000, NULL, &wrong) == 0 ? 0 : errno);
}

static void children(const char *self)
{
	pid_t child;
	int status = 0;

	limit("stack", RLIMIT_STACK, 3 * MIB);
	limit("address space", RLIMIT_AS, FAR);
	(void)fflush(stdout);
	child = fork();
	if (child == 0) {
		printf("child %d %d\n", said(place(FAR)), said(place(MIB)));
		(void)fflush(stdout);
		(void)execl("/no/such/program", "no", NULL);
		printf("still %d\n", said(place(FAR)));
		(void)fflush(stdout);
		(void)execl(self, self, "limits", NULL);
		_exit(9);
	}
	(void)waitpid(child, &status, 0);
	printf("parent %d %d\n", status, said(place(FAR)));
}

static void print_limits(void)
{
	static const int resources[] = {RLIMIT_AS, RLIMIT_DATA, RLIMIT_STACK};
	struct rlimit limit;

	for (int i = 0; i < 3; i++) {
		(void)getrlimit(resources[i], &limit);
		printf("%lld\n", (long long)limit.rlim_cur);
	}
}

int main(int argc, char **argv)
{
	/* Allocated once, so that it does not show in the numbers. */
	(void)usage();
	if (argc > 1) {
		print_limits();
		return 0;
	}
	downwards();
	low();
	moved();
	holes();
	kept_away();
	growing();
	address_space();
	data();
	refused();
	children(argv[0]);
	return 0;
}
