/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Studies that one process alone writes to: see lock.h. */
#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum {
	WAITS = 20, /* for a holder to write who it is */
	WAIT_NS = 50 * 1000 * 1000,
};

/* --- who this is ------------------------------------------------------------------------------ */

/* The first line of a small file. */
static void read_line(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "re");

	line[0] = '\0';
	if (file == NULL)
		return;
	if (fgets(line, (int)size, file) == NULL)
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	(void)fclose(file);
}

/* When a process was started; 0: there is no such process. */
static uint64_t start_of(long process)
{
	enum { START = 20 }; /* fields behind the name, which is in brackets, and may hold any */
	char path[48], line[1024], *at;

	(void)snprintf(path, sizeof(path), "/proc/%ld/stat", process);
	read_line(path, line, sizeof(line));
	at = strrchr(line, ')');
	for (int i = 0; at != NULL && i < START; i++)
		at = strchr(at + 1, ' ');
	return at == NULL ? 0 : strtoull(at + 1, NULL, 10);
}

/* Two of one name with other boots are two machines; so are containers with own processes. */
static void name_machine(char *text, size_t size)
{
	char boot[48], space[40] = "";

	read_line("/proc/sys/kernel/random/boot_id", boot, sizeof(boot));
	if (readlink("/proc/self/ns/pid", space, sizeof(space) - 1) < 0)
		space[0] = '\0';
	(void)snprintf(text, size, "%s%s%s", boot, space[0] != '\0' ? "-" : "", space);
}

static void name_job(struct upset_lock_holder *h)
{
	static const char *const jobs[] = {"SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID", "JOB_ID"};
	const char *restart = getenv("SLURM_RESTART_COUNT");

	for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]) && h->job[0] == '\0'; i++) {
		const char *job = getenv(jobs[i]);

		if (job != NULL && job[strcspn(job, " \n")] == '\0')
			(void)snprintf(h->job, sizeof(h->job), "%s", job);
	}
	h->restart = restart != NULL ? strtoull(restart, NULL, 10) : 0;
}

static void find_self(struct upset_lock_holder *h)
{
	*h = (struct upset_lock_holder){
		.process = (long)getpid(), .since = (int64_t)time(NULL), .known = true};
	if (gethostname(h->host, sizeof(h->host) - 1) != 0)
		(void)snprintf(h->host, sizeof(h->host), "unknown");
	name_machine(h->machine, sizeof(h->machine));
	h->process_start = start_of(h->process);
	name_job(h);
}

/* Whether what is @h's has ended, as far as @self can know. */
static bool is_gone(const struct upset_lock_holder *h, const struct upset_lock_holder *self)
{
	if (h->machine[0] != '\0' && strcmp(h->machine, self->machine) == 0)
		return start_of(h->process) != h->process_start;
	return h->job[0] != '\0' && strcmp(h->job, self->job) == 0 && h->restart < self->restart;
}

/* --- its text --------------------------------------------------------------------------------- */

static void print(const struct upset_lock_holder *h, char *text, size_t size)
{
	int n = snprintf(text, size,
		"host %s\nmachine %s\nprocess %ld %" PRIu64 "\nsince %" PRId64 "\n", h->host,
		h->machine, h->process, h->process_start, h->since);

	if (h->job[0] != '\0')
		(void)snprintf(text + n, size - (size_t)n, "job %s\nrestart %" PRIu64 "\n", h->job,
			h->restart);
}

static void parse_line(struct upset_lock_holder *h, const char *line)
{
	if (sscanf(line, "host %64s", h->host) == 1)
		h->known = true;
	(void)sscanf(line, "machine %95s", h->machine);
	(void)sscanf(line, "process %ld %" SCNu64, &h->process, &h->process_start);
	(void)sscanf(line, "job %63s", h->job);
	(void)sscanf(line, "restart %" SCNu64, &h->restart);
	(void)sscanf(line, "since %" SCNd64, &h->since);
	(void)sscanf(line, "shard %" SCNu64, &h->shard);
	(void)sscanf(line, "shards %" SCNu64, &h->shards);
	if (sscanf(line, "before %" SCNu64, &h->before) == 1)
		h->has_before = true;
}

static void parse(struct upset_lock_holder *h, char *text)
{
	char *rest = NULL;

	*h = (struct upset_lock_holder){0};
	for (char *line = strtok_r(text, "\n", &rest); line != NULL;
		line = strtok_r(NULL, "\n", &rest))
		parse_line(h, line);
}

/* What is in the file, of which the first @size - 1 bytes count.  0, -errno. */
static int read_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n;
	int code;

	text[0] = '\0';
	if (fd < 0)
		return -errno;
	n = read(fd, text, size - 1);
	code = errno;
	(void)close(fd);
	if (n < 0)
		return -code;
	text[n] = '\0';
	return 0;
}

/* The same, when who makes the file has written it. */
static int read_whole(const char *path, char *text, size_t size)
{
	int rc = read_text(path, text, size);

	for (int i = 0; rc == 0 && text[0] == '\0' && i < WAITS; i++) {
		(void)nanosleep(&(struct timespec){0, WAIT_NS}, NULL);
		rc = read_text(path, text, size);
	}
	return rc;
}

/* --- who has it ------------------------------------------------------------------------------- */

static int name(char *path, const char *study, struct upset_error *error)
{
	if (snprintf(path, PATH_MAX, "%s.lock", study) < PATH_MAX)
		return 0;
	path[0] = '\0';
	return upset_error_set(error, ENAMETOOLONG,
		"the name %.40s... is too long; name another file with -o", study);
}

int upset_lock_read(const char *study, struct upset_lock_holder *holder)
{
	char path[PATH_MAX], text[UPSET_LOCK_TEXT];
	struct upset_lock_holder self;
	int rc = name(path, study, NULL);

	if (rc == 0)
		rc = read_text(path, text, sizeof(text));
	if (rc != 0)
		return rc;
	parse(holder, text);
	find_self(&self);
	holder->gone = holder->known && is_gone(holder, &self);
	return 0;
}

/* "process 12 on node7 (job 5_1) since 2026-11-28 14:00:00". */
static void describe(const struct upset_lock_holder *h, char *text, size_t size)
{
	char since[32] = "an unknown time";
	struct tm local;
	time_t seconds = (time_t)h->since;

	if (!h->known) {
		(void)snprintf(text, size, "a process that has not said who it is");
		return;
	}
	if (h->since != 0 && localtime_r(&seconds, &local) != NULL)
		(void)strftime(since, sizeof(since), "%Y-%m-%d %H:%M:%S", &local);
	(void)snprintf(text, size, "process %ld on %s%s%s%s since %s", h->process, h->host,
		h->job[0] != '\0' ? " (job " : "", h->job, h->job[0] != '\0' ? ")" : "", since);
}

static int refuse(const char *path, const struct upset_lock_holder *h, struct upset_error *error)
{
	char who[224];

	describe(h, who, sizeof(who));
	return upset_error_set(error, EBUSY,
		"%.*s is written to by %s; wait for it, or give --take-lock when you know that it "
		"has ended",
		(int)(strlen(path) - strlen(".lock")), path, who);
}

/* --- taking it -------------------------------------------------------------------------------- */

static int fail(const char *path, int code, struct upset_error *error)
{
	return upset_error_set(
		error, code, "cannot make %s: %s; use another file with -o", path, strerror(code));
}

/* Make the file, which only one can.  0, -EEXIST without a message; else what went wrong. */
static int make(struct upset_lock *lock, const char *path, struct upset_error *error)
{
	size_t size = strlen(lock->text);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666), code = 0;

	if (fd < 0)
		return errno == EEXIST ? -EEXIST : fail(path, errno, error);
	errno = ENOSPC;
	if (write(fd, lock->text, size) != (ssize_t)size)
		code = errno;
	if (close(fd) != 0 && code == 0)
		code = errno;
	if (code != 0) {
		(void)unlink(path);
		return fail(path, code, error);
	}
	memcpy(lock->path, path, strlen(path) + 1);
	return 0;
}

/* Take away the file that says @text, if it still does. */
static void take_away(const char *path, const char *text)
{
	char aside[PATH_MAX], now[UPSET_LOCK_TEXT];

	if (snprintf(aside, sizeof(aside), "%s-%d", path, (int)getpid()) >= PATH_MAX ||
		rename(path, aside) != 0)
		return;
	/* Another one's, that came in between, is given back. */
	if (read_text(aside, now, sizeof(now)) == 0 && strcmp(now, text) != 0)
		(void)link(aside, path);
	(void)unlink(aside);
}

/* Replace the file of one that has ended, or refuse.  -EEXIST: look again. */
static int replace(struct upset_lock *lock, const char *path, bool force, struct upset_error *error)
{
	struct upset_lock_holder self, holder;
	char text[UPSET_LOCK_TEXT], parsed[UPSET_LOCK_TEXT];
	int rc = read_whole(path, text, sizeof(text));

	if (rc != 0)
		return rc == -ENOENT ? -EEXIST : fail(path, -rc, error);
	memcpy(parsed, text, sizeof(text));
	parse(&holder, parsed);
	find_self(&self);
	if (!force && !(holder.known && is_gone(&holder, &self)))
		return refuse(path, &holder, error);
	describe(&holder, lock->former, sizeof(lock->former));
	take_away(path, text);
	return make(lock, path, error);
}

/* The folder, which others wait for that find the same one gone; -1 where that does not work. */
static int hold_folder(const char *path)
{
	const char *end = strrchr(path, '/');
	char *folder = end == NULL ? strdup(".") : strndup(path, (size_t)(end - path) + 1);
	int fd = folder == NULL ? -1 : open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	free(folder);
	if (fd >= 0)
		(void)flock(fd, LOCK_EX);
	return fd;
}

int upset_lock_take(
	struct upset_lock *lock, const char *study, bool force, struct upset_error *error)
{
	struct upset_lock_holder self;
	char path[PATH_MAX];
	int rc = name(path, study, error), folder;

	*lock = (struct upset_lock){0};
	find_self(&self);
	print(&self, lock->text, sizeof(lock->text));
	if (rc == 0)
		rc = make(lock, path, error);
	while (rc == -EEXIST) {
		folder = hold_folder(path);
		rc = replace(lock, path, force, error);
		if (folder >= 0)
			(void)close(folder);
	}
	return rc;
}

void upset_lock_note(struct upset_lock *lock, const char *what, uint64_t value)
{
	int fd = lock->path[0] == '\0'
			 ? -1
			 : open(lock->path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
	char line[40];
	int n = snprintf(line, sizeof(line), "%.10s %" PRIu64 "\n", what, value);

	if (fd < 0)
		return;
	/* Who asks does without it. */
	if (write(fd, line, (size_t)n) < 0)
		errno = 0;
	(void)close(fd);
}

int upset_lock_check(const struct upset_lock *lock, struct upset_error *error)
{
	struct upset_lock_holder holder;
	char text[UPSET_LOCK_TEXT];
	int rc = lock->path[0] == '\0' ? 0 : read_text(lock->path, text, sizeof(text));

	if (lock->path[0] == '\0' ||
		(rc == 0 && strncmp(text, lock->text, strlen(lock->text)) == 0))
		return 0;
	if (rc != 0)
		return upset_error_set(error, EBUSY,
			"%s is gone: another process may write to the study; give the command "
			"again",
			lock->path);
	parse(&holder, text);
	return refuse(lock->path, &holder, error);
}

void upset_lock_release(struct upset_lock *lock)
{
	if (lock->path[0] != '\0' && upset_lock_check(lock, NULL) == 0)
		(void)unlink(lock->path);
	lock->path[0] = '\0';
}
