/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of campaigns: see shard.h. */
#include "cli/shard.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Where schedulers tell tasks of an array which one they are; the first that is set counts. */
static const struct {
	const char *number, *count;
	const char *first; /* a variable, or */
	uint64_t from;	   /* the number of the first one */
} tasks[] = {
	{"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN", 0},
	{"PBS_ARRAY_INDEX", NULL, NULL, 0},
	{"PBS_ARRAYID", NULL, NULL, 0},
	{"LSB_JOBINDEX", NULL, NULL, 1},
	{"SGE_TASK_ID", NULL, "SGE_TASK_FIRST", 1},
	{"JOB_COMPLETION_INDEX", NULL, NULL, 0},
	{"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", NULL, 0},
	{"PMI_RANK", "PMI_SIZE", NULL, 0},
};

/* A number up to @end, one of the characters of which must follow.  NULL: there is none. */
static const char *parse_number(const char *text, const char *end, uint64_t *number)
{
	char *behind;

	if (text == NULL || *text < '0' || *text > '9')
		return NULL;
	errno = 0;
	*number = strtoull(text, &behind, 10);
	return errno == 0 && strchr(end, *behind) != NULL ? behind : NULL;
}

static bool read_variable(const char *name, uint64_t *number)
{
	return name != NULL && parse_number(getenv(name), "", number) != NULL;
}

/* The place and, when *@shards is 0, the number of tasks. */
static int find_task(uint64_t *shard, uint64_t *shards, struct upset_error *error)
{
	for (size_t i = 0; i < sizeof(tasks) / sizeof(tasks[0]); i++) {
		uint64_t first = tasks[i].from;

		if (!read_variable(tasks[i].number, shard))
			continue;
		(void)read_variable(tasks[i].first, &first);
		if (*shards == 0 && !read_variable(tasks[i].count, shards))
			return upset_error_set(error, EINVAL,
				"--shard auto: %s is set, but nothing says how many tasks there "
				"are; give --shard auto/N",
				tasks[i].number);
		if (*shard >= first && *shard - first < *shards) {
			*shard -= first;
			return 0;
		}
		return upset_error_set(error, EINVAL,
			"--shard: by %s this is task %llu, and there are to be %llu from %llu on",
			tasks[i].number, (unsigned long long)*shard, (unsigned long long)*shards,
			(unsigned long long)first);
	}
	return upset_error_set(error, EINVAL,
		"--shard auto: no scheduler says in the environment which task this is; give "
		"--shard K/N");
}

int upset_shard_parse(
	const char *text, uint64_t *shard, uint64_t *shards, struct upset_error *error)
{
	const char *at;

	*shard = *shards = 0;
	if (strcmp(text, "auto") == 0)
		return find_task(shard, shards, error);
	if (strncmp(text, "auto/", 5) == 0 && parse_number(text + 5, "", shards) != NULL &&
		*shards > 0)
		return find_task(shard, shards, error);
	at = parse_number(text, "/", shard);
	if (at != NULL && *at == '/' && parse_number(at + 1, "", shards) != NULL &&
		*shard < *shards)
		return 0;
	return upset_error_set(
		error, EINVAL, "--shard %s is no K/N with K from 0 to N - 1, auto or auto/N", text);
}

bool upset_duration_parse(const char *text, unsigned int *seconds)
{
	static const struct {
		char letter;
		unsigned int seconds;
	} units[] = {{'\0', 1}, {'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
	uint64_t number;
	const char *at = parse_number(text, "smhd", &number);

	for (size_t i = 0; at != NULL && i < sizeof(units) / sizeof(units[0]); i++) {
		if (*at != units[i].letter || (*at != '\0' && at[1] != '\0'))
			continue;
		if (number == 0 || number > UINT_MAX / units[i].seconds)
			return false;
		*seconds = (unsigned int)number * units[i].seconds;
		return true;
	}
	return false;
}
