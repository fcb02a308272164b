/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program for tests that prints what it reads of its machine, and of its process. */
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/sysmacros.h>
#include <sys/times.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void print_bytes(const char *name, const unsigned char *bytes, size_t size)
{
	printf("%s ", name);
	for (size_t i = 0; i < size; i++)
		printf("%02x", bytes[i]);
	printf("\n");
}

static void print_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char line[1024];

	printf("%s:\n", path);
	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		printf("\t%s", line);
	if (file != NULL)
		fclose(file);
}

/* @own: nobody else changes it. */
static void print_stat(const char *path, int own)
{
	struct stat s = {0}, of_open = {0}, of_link = {0};
	struct statx x = {0};
	struct statfs f = {0};
	int fd = open(path, O_RDONLY);

	stat(path, &s);
	lstat(path, &of_link);
	fstat(fd, &of_open);
	statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &x);
	statfs(path, &f);
	printf("%s: %llx %llu %lld", path, (long long)s.st_dev, (long long)s.st_ino,
		own ? (long long)s.st_mtime : 0);
	printf(" read %lld %lld", own ? (long long)(s.st_atime - s.st_mtime) : 0,
		own ? (long long)(x.stx_atime.tv_sec - x.stx_mtime.tv_sec) : 0);
	printf(" same %d %d %d", s.st_ino == of_open.st_ino && s.st_dev == of_open.st_dev,
		s.st_ino == x.stx_ino && s.st_dev == makedev(x.stx_dev_major, x.stx_dev_minor),
		s.st_ino == of_link.st_ino);
	printf(" statfs %lx %ld %ld %x\n", (long)f.f_type, (long)f.f_bfree, (long)f.f_ffree,
		(unsigned int)f.f_fsid.__val[0]);
	close(fd);
}

/* The inode that a folder has for a file is the file's. */
static void print_entry(const char *name)
{
	DIR *folder = opendir(".");
	struct dirent *entry;
	struct stat s;

	stat(name, &s);
	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		if (strcmp(entry->d_name, name) == 0)
			printf("entry %d\n", entry->d_ino == s.st_ino);
	}
	if (folder != NULL)
		closedir(folder);
}

static void print_random(const char *device)
{
	unsigned char bytes[24] = {0};
	struct iovec parts[2] = {{bytes, 9}, {bytes + 9, 15}};
	int fd = open(device, O_RDONLY);

	if (read(fd, bytes, sizeof(bytes)) > 0)
		print_bytes(device, bytes, sizeof(bytes));
	if (readv(fd, parts, 2) > 0)
		print_bytes(device, bytes, sizeof(bytes));
	close(fd);
}

static void print_machine(void)
{
	double load[3] = {9, 9, 9};
	struct sysinfo info = {0};
	struct rusage usage = {0};
	struct tms used = {0};
	unsigned int cpu = 9, node = 9;
	long ticks = times(&used);

	sysinfo(&info);
	getrusage(RUSAGE_SELF, &usage);
	syscall(SYS_getcpu, &cpu, &node, NULL);
	printf("load %d", getloadavg(load, 3));
	printf(" %.2f %.2f %.2f\n", load[0], load[1], load[2]);
	printf("times %ld %ld %ld\n", ticks, (long)used.tms_utime, (long)used.tms_stime);
	printf("sysinfo %ld %lu %lu %lu %d\n", info.uptime, info.loads[0], info.totalram,
		info.freeram, info.procs);
	printf("cpu %u %u %d\n", cpu, node, sched_getcpu());
	printf("group %d\n", getpgrp() == getpgid(0) && getpgrp() != getppid());
	printf("usage %ld %ld\n", (long)usage.ru_utime.tv_sec, usage.ru_maxrss);
}

static siginfo_t told;

static void handle(int signal, siginfo_t *info, void *context)
{
	(void)signal, (void)context;
	told = *info;
}

/* A process can name itself, and its child it. */
static void print_process(void)
{
	struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO};
	struct sched_param parameter;
	int status = 0;
	pid_t child;

	printf("process %d thread %ld parent %d\n", getpid(), syscall(SYS_gettid), getppid());
	sigaction(SIGUSR1, &action, NULL);
	printf("signal %d", kill(getpid(), SIGUSR1));
	printf(" from %d\n", told.si_pid);
	printf("names %d %d %d\n", getpgid(getpid()) == getpgrp(), getsid(getpid()) == getsid(0),
		sched_getparam(getpid(), &parameter));
	fflush(stdout);
	child = fork();
	if (child == 0)
		_exit(getppid() == 2 && getpid() != 2 && kill(getppid(), 0) == 0 ? 7 : 8);
	printf("child %d", waitpid(child, &status, 0) == child);
	printf(" %d\n", WEXITSTATUS(status));
}

int main(int argc, char **argv)
{
	unsigned char bytes[11];
	struct timespec now;

	print_bytes("AT_RANDOM", (const unsigned char *)getauxval(AT_RANDOM), 16);
	printf("address %p %p\n", (void *)argv, (void *)bytes);
	if (getrandom(bytes, sizeof(bytes), 0) > 0)
		print_bytes("getrandom", bytes, sizeof(bytes));
	print_random("/dev/urandom");
	print_random("/dev/random");
	clock_gettime(CLOCK_REALTIME, &now);
	printf("time %lld.%09ld\n", (long long)now.tv_sec, now.tv_nsec);
	print_machine();
	print_file("/proc/self/maps");
	print_file("/proc/self/smaps");
	print_file("/proc/self/stat");
	print_file("/proc/2/statm");
	print_file("/proc/loadavg");
	print_file("/proc/uptime");
	print_file("/proc/stat");
	print_file("/proc/meminfo");
	print_file("/proc/cpuinfo");
	print_file("/proc/sys/kernel/random/uuid");
	print_stat(argv[0], 1);
	print_stat("/tmp", 0);
	print_stat(".", 1);
	print_entry("input");
	if (argc > 1)
		print_process();
	return 0;
}
