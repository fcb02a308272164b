/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of the kernel that are other ones in each run: the program gets a file in
 * memory in their place, or with what is the same in each run put into it.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "engine/qemu/guest/apart.h"
#include "engine/qemu/guest/internal.h"

enum { OPENED_MODE = 0444, START_TICKS = 100, PATH_COLUMN = 73, STAT_START = 22 };

/* --- files that are made ---------------------------------------------------------------------- */

static double seconds(const struct call *call)
{
	return (double)clock_now_ns(call->vcpu, CLOCK_BOOTTIME) / SECOND_NS;
}

static void make_loadavg(const struct call *call, FILE *to)
{
	(void)call;
	(void)fprintf(to, "0.00 0.00 0.00 1/2 %d\n", GUEST_PROCESS);
}

static void make_uptime(const struct call *call, FILE *to)
{
	(void)fprintf(to, "%.2f 0.00\n", seconds(call));
}

static void make_stat(const struct call *call, FILE *to)
{
	const unsigned long long used = guest_executed(call->vcpu) / CLOCK_TICK_NS;
	const long processors = sysconf(_SC_NPROCESSORS_ONLN);

	(void)fprintf(to, "cpu  %llu 0 0 0 0 0 0 0 0 0\n", used);
	for (long i = 0; i < processors; i++)
		(void)fprintf(to, "cpu%ld %llu 0 0 0 0 0 0 0 0 0\n", i, i == 0 ? used : 0);
	(void)fprintf(to,
		"intr 0\nctxt 0\nbtime %llu\nprocesses %d\nprocs_running 1\nprocs_blocked 0\n"
		"softirq 0 0 0 0 0 0 0 0 0 0 0\n",
		CLOCK_EPOCH_NS / SECOND_NS - 1, GUEST_PROCESS);
}

static void make_meminfo(const struct call *call, FILE *to)
{
	static const char *const empty[] = {"Buffers", "Cached", "SwapCached", "Active", "Inactive",
		"Active(anon)", "Inactive(anon)", "Active(file)", "Inactive(file)", "Unevictable",
		"Mlocked", "SwapTotal", "SwapFree", "Dirty", "Writeback", "AnonPages", "Mapped",
		"Shmem", "KReclaimable", "Slab", "SReclaimable", "SUnreclaim"};
	const unsigned long long total = MACHINE_MEMORY_BYTES >> 10;

	(void)call;
	(void)fprintf(to, "MemTotal:       %8llu kB\nMemFree:        %8llu kB\n", total, total / 2);
	(void)fprintf(to, "MemAvailable:   %8llu kB\n", total / 2);
	for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++)
		(void)fprintf(to, "%s:%*d kB\n", empty[i], 23 - (int)strlen(empty[i]), 0);
}

static void make_uuid(const struct call *call, FILE *to)
{
	unsigned char b[16];

	(void)call;
	random_take(b, sizeof(b));
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	for (size_t i = 0; i < sizeof(b); i++)
		(void)fprintf(to, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", b[i]);
	(void)fputc('\n', to);
}

static void make_statm(const struct call *call, FILE *to)
{
	(void)call;
	(void)fputs("4096 1024 512 256 0 1024 0\n", to);
}

/* --- files of which some lines change --------------------------------------------------------- */

struct line {
	const char *key, *value;
};

static const struct line status_lines[] = {{"Tgid", "2"}, {"Pid", "2"}, {"PPid", "1"},
	{"NStgid", "2"}, {"NSpid", "2"}, {"NSpgid", "2"}, {"NSsid", "2"}, {"Threads", "1"},
	{"SigQ", "0/65536"}, {"VmPeak", "   16384 kB"}, {"VmSize", "   16384 kB"},
	{"VmLck", "       0 kB"}, {"VmPin", "       0 kB"}, {"VmHWM", "    4096 kB"},
	{"VmRSS", "    4096 kB"}, {"RssAnon", "    2048 kB"}, {"RssFile", "    2048 kB"},
	{"RssShmem", "       0 kB"}, {"VmData", "    4096 kB"}, {"VmStk", "     132 kB"},
	{"VmExe", "    1024 kB"}, {"VmLib", "    2048 kB"}, {"VmPTE", "      64 kB"},
	{"VmSwap", "       0 kB"}, {"Cpus_allowed", "1"}, {"Cpus_allowed_list", "0"},
	{"voluntary_ctxt_switches", "0"}, {"nonvoluntary_ctxt_switches", "0"}, {NULL, NULL}};
static const struct line cpuinfo_lines[] = {{"cpu MHz", "1000.000"}, {NULL, NULL}};

/* Copy file @path of the machine, but for the values of @lines. */
static void copy_lines(const char *path, const struct line *lines, FILE *to)
{
	char line[1024];
	FILE *from;

	apart_lift_limits();
	from = fopen(path, "re");
	apart_put_back_limits();
	while (from != NULL && fgets(line, sizeof(line), from) != NULL) {
		const struct line *l = lines;
		size_t n = strcspn(line, "\t:");

		while (l->key != NULL && (strlen(l->key) != n || strncmp(l->key, line, n) != 0))
			l++;
		n += strspn(line + n, "\t:");
		if (l->key == NULL)
			(void)fputs(line, to);
		else
			(void)fprintf(to, "%.*s%s%s\n", (int)n, line,
				n > 0 && line[n - 1] == ':' ? " " : "", l->value);
	}
	if (from != NULL)
		(void)fclose(from);
}

static void make_status(const struct call *call, FILE *to)
{
	(void)call;
	copy_lines("/proc/self/status", status_lines, to);
}

static void make_cpuinfo(const struct call *call, FILE *to)
{
	(void)call;
	copy_lines("/proc/cpuinfo", cpuinfo_lines, to);
}

static const struct {
	const char *path;
	void (*make)(const struct call *call, FILE *to);
} made[] = {
	{"/proc/loadavg", make_loadavg},
	{"/proc/uptime", make_uptime},
	{"/proc/stat", make_stat},
	{"/proc/meminfo", make_meminfo},
	{"/proc/cpuinfo", make_cpuinfo},
	{"/proc/sys/kernel/random/uuid", make_uuid},
	{"/proc/self/statm", make_statm},
	{"/proc/self/status", make_status},
};

/* Whatever sizes of files the program allows itself. */
static bool put_text(int fd, const char *text, size_t size)
{
	bool done;

	apart_lift_limits();
	done = ftruncate(fd, 0) == 0 && pwrite(fd, text, size, 0) == (ssize_t)size;
	apart_put_back_limits();
	return done;
}

/* A descriptor of a file in memory that holds @text, or -errno. */
static int open_text(const char *text, size_t size, uint64_t flags)
{
	int fd = memfd_create("proc", flags & O_CLOEXEC ? MFD_CLOEXEC : 0);

	if (fd < 0)
		return -errno;
	if (put_text(fd, text, size) && fchmod(fd, OPENED_MODE) == 0)
		return fd;
	(void)close(fd);
	return -EIO;
}

static bool make_file(const struct call *call, const char *path, uint64_t flags, int64_t *result)
{
	char *text = NULL;
	size_t size = 0, i = 0;
	FILE *to;

	while (i < sizeof(made) / sizeof(made[0]) && strcmp(made[i].path, path) != 0)
		i++;
	if (i == sizeof(made) / sizeof(made[0]))
		return false;
	to = open_memstream(&text, &size);
	if (to == NULL)
		return false;
	made[i].make(call, to);
	if (fclose(to) != 0)
		return false;
	*result = open_text(text, size, flags);
	free(text);
	return true;
}

/* --- what is opened --------------------------------------------------------------------------- */

/* The path and flags of a call that opens a file; its own process is called self. */
static bool read_open(const struct call *call, char path[PATH_MAX], uint64_t *flags)
{
	static const char own[] = "/proc/2/", self[] = "/proc/self/";
	bool at = call->number == SYS_openat;
	size_t n;

	if ((!at && call->number != SYS_open) ||
		!guest_read_text(at ? call->a2 : call->a1, path, PATH_MAX) ||
		strncmp(path, "/proc/", 6) != 0)
		return false;
	*flags = at ? call->a3 : call->a2;
	n = strlen(path) + sizeof(self) - sizeof(own);
	if (strncmp(path, own, sizeof(own) - 1) == 0 && n < PATH_MAX) {
		memmove(path + sizeof(self) - 1, path + sizeof(own) - 1,
			strlen(path + sizeof(own) - 1) + 1);
		memcpy(path, self, sizeof(self) - 1);
	}
	return true;
}

bool files_answer(const struct call *call, int64_t *result)
{
	char path[PATH_MAX];
	uint64_t flags;

	return read_open(call, path, &flags) && (flags & O_ACCMODE) == O_RDONLY &&
	       (flags & (O_PATH | O_DIRECTORY)) == 0 && make_file(call, path, flags, result);
}

/* --- what QEMU has made ----------------------------------------------------------------------- */

/* A file that is mapped has another inode in maps than in stat() where it is overlaid. */
static uint64_t mapped_inode(const char *path, uint64_t device, uint64_t inode)
{
	char name[PATH_MAX];
	struct stat info;
	size_t n = strcspn(path, "\n");

	if (path[0] == '/' && n < sizeof(name)) {
		memcpy(name, path, n);
		name[n] = '\0';
		if (stat(name, &info) == 0)
			return numbers_inode(info.st_dev, info.st_ino);
	}
	return numbers_inode(device, inode);
}

/* A line of /proc/self/maps: its device and inode; others are copied. */
static void copy_map(const char *line, FILE *to)
{
	unsigned int major_number, minor_number;
	unsigned long long inode, device;
	int before = 0, behind = 0, n;

	if (sscanf(line, "%*x-%*x %*4s %*x %n%x:%x %llu %n", &before, &major_number, &minor_number,
		    &inode, &behind) != 3 ||
		behind == 0 || inode == 0) {
		(void)fputs(line, to);
		return;
	}
	device = makedev(major_number, minor_number);
	inode = mapped_inode(line + behind, device, inode);
	device = numbers_device();
	n = fprintf(to, "%.*s%02x:%02x %llu", before, line, major(device), minor(device), inode);
	(void)fprintf(to, "%*s%s", n < PATH_COLUMN ? PATH_COLUMN - n : 1, "", line + behind);
}

/* The line of /proc/self/stat: the process has begun a second after the machine. */
static void copy_stat(const char *line, FILE *to)
{
	const char *at = strrchr(line, ')');
	int field = 2;

	while (at != NULL && field < STAT_START && (at = strchr(at + 1, ' ')) != NULL)
		field++;
	if (at == NULL)
		(void)fputs(line, to);
	else
		(void)fprintf(to, "%.*s %d%s", (int)(at - line), line, START_TICKS,
			at + 1 + strspn(at + 1, "0123456789"));
}

/* All of file @fd, which is @size bytes; NULL: no memory, or an error. */
static char *get_text(int fd, size_t *size)
{
	struct stat info;
	char *text;

	if (fstat(fd, &info) != 0 || info.st_size == 0)
		return NULL;
	*size = (size_t)info.st_size;
	text = malloc(*size);
	if (text == NULL || pread(fd, text, *size, 0) == (ssize_t)*size)
		return text;
	free(text);
	return NULL;
}

static void rewrite(int fd, void (*copy)(const char *line, FILE *to))
{
	char line[PATH_MAX + 128], *text = NULL;
	size_t size = 0, old_size;
	char *old = get_text(fd, &old_size);
	FILE *from = old == NULL ? NULL : fmemopen(old, old_size, "r");
	FILE *to = open_memstream(&text, &size);

	while (from != NULL && to != NULL && fgets(line, sizeof(line), from) != NULL)
		copy(line, to);
	if (to != NULL && fclose(to) == 0 && from != NULL)
		(void)put_text(fd, text, size);
	if (from != NULL)
		(void)fclose(from);
	free(old);
	free(text);
}

void files_after(const struct call *call, int64_t result)
{
	char path[PATH_MAX];
	uint64_t flags;

	if (result < 0 || !read_open(call, path, &flags))
		return;
	if (strcmp(path, "/proc/self/maps") == 0 || strcmp(path, "/proc/self/smaps") == 0)
		rewrite((int)result, copy_map);
	if (strcmp(path, "/proc/self/stat") == 0)
		rewrite((int)result, copy_stat);
}
