/* SPDX-License-Identifier: GPL-2.0-or-later */
/* upset submit: the shards of a plan as jobs of a scheduler, and how far they are. */
#include "cli/submit.h"

#include <errno.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "cli/campaign.h"
#include "cli/commands.h"
#include "cli/signals.h"
#include "store/store.h"

extern char **environ;

const char upset_submit_notes[] =
	"Behind -- stand options of sbatch: partition, time, memory, account.  Each task\n"
	"makes one shard, STUDY without its ending and -K.upset, and is started again\n"
	"where it was stopped; a last job merges them.  The command waits for them and\n"
	"says how far they are; when it is stopped the jobs go on, and given again it\n"
	"waits again, or starts what is missing.";

enum { OUTPUT = 65536, LOOK_FIRST_MS = 500, LOOK_MOST_MS = 10000, TRIES = 30 };

static const char shell[] = "sh", queue[] = "squeue";

/* --- what is asked for ------------------------------------------------------------------------ */

static int check(const struct upset_command *command, struct submit *s, int arguments)
{
	if (!s->slurm)
		return upset_usage_error(command, "to which scheduler? Give --slurm");
	if (s->plan == NULL || s->output == NULL)
		return upset_usage_error(command, s->plan == NULL
							  ? "which plan? Give --plan FILE"
							  : "where to? Name a file with -o");
	if (s->shards < 1 || s->shards > 1000000)
		return upset_usage_error(command, "in how many parts? Give --shards N");
	if (arguments > 0)
		return upset_usage_error(
			command, "options of sbatch stand behind --, and nothing else is needed");
	return -1;
}

static int parse(const struct upset_command *command, struct submit *s, int argc, char **argv)
{
	const struct upset_option options[] = {
		{"slurm", 0, UPSET_OPTION_FLAG, NULL, "by Slurm", &s->slurm},
		{"plan", 0, UPSET_OPTION_TEXT, "FILE", "what `upset plan` made", &s->plan},
		{"shards", 0, UPSET_OPTION_NUMBER, "N", "in so many parts", &s->shards},
		{"output", 'o', UPSET_OPTION_TEXT, "FILE", "the study of all parts", &s->output},
		{"scratch", 0, UPSET_OPTION_TEXT, "DIR", "make parts there, on disks of nodes",
			&s->scratch},
		{"take-lock", 0, UPSET_OPTION_FLAG, NULL,
			"parts also from tasks elsewhere that have ended", &s->take_lock},
		{"dry-run", 0, UPSET_OPTION_FLAG, NULL, "print the jobs' script and start nothing",
			&s->dry_run},
		{"quiet", 'q', UPSET_OPTION_FLAG, NULL, "no progress", &s->quiet},
	};
	int ours = 1, result;

	while (ours < argc && strcmp(argv[ours], "--") != 0)
		ours++;
	result = upset_options_parse(command, options, sizeof(options) / sizeof(options[0]), ours,
		argv, &s->options, NULL);
	if (result < 0)
		result = check(command, s, (int)s->options.count);
	for (int i = ours + 1; result < 0 && i < argc; i++)
		s->options.items[s->options.count++] = argv[i];
	return result;
}

/* --- names ------------------------------------------------------------------------------------ */

/* All of them in one; NULL: no memory. */
static char *joined(const char *a, const char *b, const char *c)
{
	size_t size = strlen(a) + strlen(b) + strlen(c) + 1;
	char *all = malloc(size);

	if (all != NULL)
		(void)snprintf(all, size, "%s%s%s", a, b, c);
	return all;
}

static char *absolute(const struct submit *s, const char *path)
{
	return path[0] == '/' ? strdup(path) : joined(s->folder, "/", path);
}

/* Jobs of one study have one name, and no others have it. */
static char *name_jobs(const struct submit *s)
{
	struct upset_hash *hash = upset_hash_new();
	char hex[UPSET_HASH_HEX_SIZE];

	if (hash == NULL)
		return NULL;
	upset_hash_update(hash, s->study, strlen(s->study));
	upset_hash_finish(hash, hex);
	upset_hash_free(hash);
	hex[10] = '\0';
	return joined("upset-", hex, "");
}

static int name_studies(struct submit *s)
{
	s->studies = calloc((size_t)s->shards, sizeof(*s->studies));
	for (int64_t i = 0; s->studies != NULL && i < s->shards; i++) {
		if (asprintf(&s->studies[i], "%s-%" PRId64 ".upset", s->stem, i) < 0) {
			s->studies[i] = NULL;
			return -ENOMEM;
		}
	}
	return s->studies != NULL ? 0 : -ENOMEM;
}

/* 0; -ENOMEM; -errno when there is no working folder. */
static int find_names(struct submit *s)
{
	ssize_t n = readlink("/proc/self/exe", s->upset, sizeof(s->upset) - 1);
	char *end, *name;

	if (n < 0 || getcwd(s->folder, sizeof(s->folder)) == NULL)
		return -errno;
	s->upset[n] = '\0';
	s->plan_path = absolute(s, s->plan);
	s->study = absolute(s, s->output);
	s->stem = s->study != NULL ? strdup(s->study) : NULL;
	if (s->plan_path == NULL || s->study == NULL || s->stem == NULL)
		return -ENOMEM;
	name = strrchr(s->stem, '/');
	end = strrchr(s->stem, '.');
	if (end != NULL && end > name + 1)
		*end = '\0';
	s->script = joined(s->stem, ".slurm", "");
	s->name = name_jobs(s);
	return s->script == NULL || s->name == NULL ? -ENOMEM : name_studies(s);
}

static void fini(struct submit *s)
{
	for (int64_t i = 0; s->studies != NULL && i < s->shards; i++)
		free(s->studies[i]);
	free(s->studies);
	free(s->plan_path);
	free(s->study);
	free(s->stem);
	free(s->script);
	free(s->name);
	free(s->tasks);
	free(s->options.items);
}

/* --- how far it is ---------------------------------------------------------------------------- */

static bool is_begun(const char *study)
{
	char lock[PATH_MAX];

	(void)snprintf(lock, sizeof(lock), "%s.lock", study);
	return access(study, F_OK) == 0 || access(lock, F_OK) == 0;
}

static int look(const struct submit *s, struct campaign_status *status, struct upset_error *error)
{
	const char **begun = calloc((size_t)s->shards + 1, sizeof(*begun));
	size_t count = 0;
	int rc;

	*status = (struct campaign_status){0};
	if (begun == NULL)
		return upset_error_set(error, ENOMEM, "out of memory");
	if (access(s->study, F_OK) == 0)
		begun[count++] = s->study;
	for (int64_t i = 0; i < s->shards; i++) {
		if (is_begun(s->studies[i]))
			begun[count++] = s->studies[i];
	}
	rc = campaign_status_read(status, s->plan_path, begun, count, error);
	if (rc == 0 && status->of != 0 && status->of != (uint64_t)s->shards)
		rc = upset_error_set(error, EINVAL,
			"the parts that there are are %" PRIu64 ": give --shards %" PRIu64
			", or another file with -o",
			status->of, status->of);
	free(begun);
	return rc;
}

/* --- the scheduler ---------------------------------------------------------------------------- */

/* Run a command and take what it prints.  Its exit status; -errno. */
static int run(const char *const *command, char *output, size_t size)
{
	posix_spawn_file_actions_t actions;
	int fds[2], status = 0, rc;
	size_t used = 0;
	ssize_t n;
	pid_t pid;

	if (pipe(fds) != 0)
		return -errno;
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
	(void)posix_spawn_file_actions_addclose(&actions, fds[0]);
	(void)posix_spawn_file_actions_addclose(&actions, fds[1]);
	rc = posix_spawnp(
		&pid, command[0], &actions, NULL, (char *const *)(uintptr_t)command, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)close(fds[1]);
	while (rc == 0 && used < size - 1 &&
		((n = read(fds[0], output + used, size - 1 - used)) > 0 ||
			(n < 0 && errno == EINTR)))
		used += n > 0 ? (size_t)n : 0;
	(void)close(fds[0]);
	output[used] = '\0';
	if (rc != 0)
		return -rc;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

struct jobs {
	unsigned int running, waiting;
};

/* 0; -errno: it does not tell. */
static int ask(const struct submit *s, struct jobs *jobs)
{
	char name[128], *output = malloc(OUTPUT), *rest = NULL;
	const char *const command[] = {queue, "-h", "-r", "-o", "%T", name, NULL};
	int rc = output == NULL ? -ENOMEM : 0;

	*jobs = (struct jobs){0};
	(void)snprintf(name, sizeof(name), "--name=%s,%s-merge", s->name, s->name);
	if (rc == 0)
		rc = run(command, output, OUTPUT);
	for (char *line = rc == 0 ? strtok_r(output, "\n", &rest) : NULL; line != NULL;
		line = strtok_r(NULL, "\n", &rest)) {
		if (strcmp(line, "PENDING") == 0 || strncmp(line, "REQUEUE", 7) == 0)
			jobs->waiting++;
		else
			jobs->running++;
	}
	free(output);
	return rc > 0 ? -EIO : rc;
}

static int write_script(const struct submit *s, struct upset_error *error)
{
	char path[PATH_MAX];
	FILE *out;
	int failed;

	(void)snprintf(path, sizeof(path), "%s.new", s->script);
	out = fopen(path, "we");
	failed = out == NULL || submit_write_script(s, out) != 0;
	if (out != NULL && fclose(out) != 0)
		failed = 1;
	if (!failed && rename(path, s->script) == 0)
		return 0;
	return upset_error_set(error, errno, "cannot write %s: %s; use another file with -o",
		s->script, strerror(errno));
}

static int start(const struct submit *s, const char *tasks, struct upset_error *error)
{
	const char *const command[] = {shell, s->script, NULL};
	char output[256];
	int rc = write_script(s, error);

	if (rc != 0)
		return rc;
	rc = run(command, output, sizeof(output));
	output[strcspn(output, "\n")] = '\0';
	if (rc != 0)
		return upset_error_set(error, EIO,
			"sbatch did not take the jobs of %s; see what it says above", s->script);
	if (!s->quiet)
		upset_say("jobs %s are %s%s and what merges them; see %s", output,
			tasks[0] != '\0' ? "shards " : "", tasks, s->script);
	return 0;
}

/* --- waiting ---------------------------------------------------------------------------------- */

struct progress {
	uint64_t shown_ns;
	bool visible, drawn;
};

static void tell(struct progress *p, const struct campaign_status *status, const struct jobs *jobs)
{
	enum { EVERY_S = 60 };
	char rate[32] = "", left[48] = "";
	uint64_t now = upset_now_ns();

	if (!p->visible && p->shown_ns != 0 && now - p->shown_ns < EVERY_S * UINT64_C(1000000000))
		return;
	p->shown_ns = now;
	if (status->rate > 0 && status->made < status->planned) {
		char duration[32];

		campaign_format_rate(status->rate, rate, sizeof(rate));
		campaign_format_duration(campaign_status_left(status), duration, sizeof(duration));
		(void)snprintf(left, sizeof(left), ", %s, about %s left", rate, duration);
	}
	fprintf(stderr, "%supset: made %" PRIu64 " of %" PRIu64 "%s; jobs: %u run, %u wait%s",
		p->visible ? "\r\033[K" : "", status->made, status->planned, left, jobs->running,
		jobs->waiting, p->visible ? "" : "\n");
	p->drawn = p->visible;
}

static void wipe(struct progress *p)
{
	if (p->drawn)
		fprintf(stderr, "\r\033[K");
	p->drawn = false;
}

static void pause_ms(long ms)
{
	const struct timespec t = {ms / 1000, ms % 1000 * 1000000};

	(void)nanosleep(&t, NULL);
}

/* Until there are no jobs any more. */
static int wait_for_jobs(const struct submit *s, struct upset_error *error)
{
	struct progress p = {.visible = isatty(STDERR_FILENO) != 0};
	struct campaign_status status = {0};
	struct jobs jobs = {1, 0};
	int rc = 0, failed = 0;

	for (long ms = LOOK_FIRST_MS; rc == 0 && jobs.running + jobs.waiting > 0;
		ms = ms * 3 / 2 < LOOK_MOST_MS ? ms * 3 / 2 : LOOK_MOST_MS) {
		pause_ms(ms);
		if (upset_stop_reason(&upset_stop) != 0) {
			wipe(&p);
			return upset_error_set(error, EINTR,
				"the jobs go on; look with the same command, or with squeue, and "
				"end them with scancel --name=%s,%s-merge",
				s->name, s->name);
		}
		failed = ask(s, &jobs) == 0 ? 0 : failed + 1;
		if (failed > 0)
			jobs = (struct jobs){0, 1};
		if (failed > TRIES)
			rc = upset_error_set(error, EIO,
				"squeue does not tell how the jobs are; give the command again");
		/* What is being put in its place is seen the next time. */
		if (rc == 0 && !s->quiet && look(s, &status, NULL) == 0)
			tell(&p, &status, &jobs);
		campaign_status_fini(&status);
	}
	wipe(&p);
	return rc;
}

/* --- the end ---------------------------------------------------------------------------------- */

/* How many experiments are in the study itself. */
static int count_merged(const struct submit *s, uint64_t *planned, uint64_t *made)
{
	const char *const study[] = {s->study};
	struct campaign_status status;
	int rc = campaign_status_read(&status, s->plan_path, study, 1, NULL);

	*planned = status.planned;
	*made = rc == 0 ? status.made : 0;
	campaign_status_fini(&status);
	return rc;
}

static int conclude(const struct submit *s)
{
	uint64_t planned, made;

	if (count_merged(s, &planned, &made) == 0 && made == planned) {
		if (!s->quiet)
			upset_say("all %" PRIu64 " experiments are in %s", planned, s->output);
		return UPSET_EXIT_DONE;
	}
	upset_say("%" PRIu64 " of %" PRIu64
		  " experiments are in %s, and no job is left; see %s-*.log, "
		  "and give the command again to go on",
		made, planned, s->output, s->stem);
	return UPSET_EXIT_GATE;
}

static int submit(struct submit *s, struct upset_error *error)
{
	struct campaign_status status;
	struct jobs jobs = {0};
	int rc = look(s, &status, error);

	if (rc == 0) {
		s->tasks = submit_print_tasks(&status, (uint64_t)s->shards);
	}
	campaign_status_fini(&status);
	if (rc == 0 && s->tasks == NULL)
		return -ENOMEM;
	if (rc != 0 || s->dry_run)
		return rc != 0 ? rc : submit_write_script(s, stdout);
	rc = ask(s, &jobs);
	if (rc == -ENOENT)
		return upset_error_set(error, ENOENT,
			"there is no squeue here: give the command where Slurm is, or --dry-run");
	if (rc != 0)
		return upset_error_set(error, EIO, "squeue failed; see what it says above");
	if (jobs.running + jobs.waiting == 0)
		rc = start(s, s->tasks, error);
	else if (!s->quiet)
		upset_say("there are jobs for %s already: %u run and %u wait", s->output,
			jobs.running, jobs.waiting);
	return rc == 0 ? wait_for_jobs(s, error) : rc;
}

int upset_submit_main(const struct upset_command *command, int argc, char **argv)
{
	struct submit s = {.options = {calloc((size_t)argc + 1, sizeof(char *)), 0}};
	struct upset_error error = {0};
	int result;

	if (s.options.items == NULL) {
		upset_say("out of memory");
		return UPSET_EXIT_FAILED;
	}
	result = parse(command, &s, argc, argv);
	if (result < 0) {
		upset_signals_catch_stop();
		upset_signals_catch_failed_writes();
		result = find_names(&s);
		if (result == 0)
			result = submit(&s, &error);
		if (result != 0)
			result = upset_report_error(
				error.code != 0 ? &error
						: &(struct upset_error){-result, "out of memory"});
		else
			result = s.dry_run ? UPSET_EXIT_DONE : conclude(&s);
	}
	fini(&s);
	return result;
}
