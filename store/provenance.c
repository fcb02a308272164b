/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Collecting where a run's result comes from: see provenance.h. */
#include "store/provenance.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/hash.h"

static void format_now(char text[32])
{
	struct timespec now;
	struct tm parts;
	size_t length;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	(void)gmtime_r(&now.tv_sec, &parts);
	length = strftime(text, 32, "%Y-%m-%dT%H:%M:%S", &parts);
	(void)snprintf(text + length, 32 - length, ".%03ldZ", now.tv_nsec / 1000000);
}

static char *describe_system(void)
{
	struct utsname name;
	char *text = NULL;

	if (uname(&name) != 0)
		return strdup("unknown");
	if (asprintf(&text, "%s %s %s %s", name.sysname, name.release, name.machine,
		    name.nodename) < 0)
		return NULL;
	return text;
}

static char *describe_cpu(void)
{
	static const char key[] = "model name";
	char line[512];
	char *found = NULL;
	FILE *file = fopen("/proc/cpuinfo", "re");

	while (file != NULL && found == NULL && fgets(line, sizeof(line), file) != NULL) {
		char *value = strchr(line, ':');

		if (strncmp(line, key, sizeof(key) - 1) != 0 || value == NULL)
			continue;
		value += strspn(value, ": ");
		value[strcspn(value, "\n")] = '\0';
		found = strdup(value);
	}
	if (file != NULL)
		(void)fclose(file);
	return found != NULL ? found : strdup("unknown");
}

/* The path of the descriptor at @link, or NULL when it has none that can be told. */
static char *stdin_path(const char *link)
{
	char path[4096];
	ssize_t length = readlink(link, path, sizeof(path) - 1);

	if (length < 0)
		return NULL;
	path[length] = '\0';
	return strdup(path);
}

/* Hash the regular file @path as input number @position; other files are no input. */
static int add_input(struct upset_provenance *p, uint32_t position, const char *path)
{
	struct upset_input_file *input = &p->inputs[p->input_count];

	if (upset_hash_file(path, input->sha256, &input->bytes) != 0)
		return 0;
	input->position = position;
	input->path = position == 0 ? stdin_path(path) : strdup(path);
	if (input->path == NULL)
		return -ENOMEM;
	p->input_count++;
	return 0;
}

static int add_inputs(struct upset_provenance *p, int in_fd)
{
	char path[64];
	size_t count = 0;
	int result;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", in_fd);
	while (p->arguments[count] != NULL)
		count++;
	p->inputs = calloc(count + 1, sizeof(*p->inputs));
	if (p->inputs == NULL)
		return -ENOMEM;
	result = add_input(p, 0, path);
	for (size_t i = 1; result == 0 && i < count; i++)
		result = add_input(p, (uint32_t)i, p->arguments[i]);
	return result;
}

int upset_provenance_init(struct upset_provenance *provenance, const char *program,
	char *const *arguments, char *const *environment, int in_fd, const char *upset_version,
	struct upset_error *error)
{
	*provenance = (struct upset_provenance){
		.arguments = arguments,
		.environment = environment,
		.upset_version = upset_version,
		.program = realpath(program, NULL),
		.folder = get_current_dir_name(),
		.host_system = describe_system(),
		.host_cpu = describe_cpu(),
	};
	if (provenance->program == NULL)
		provenance->program = strdup(program);
	if (provenance->folder == NULL)
		provenance->folder = strdup("");
	if (provenance->program == NULL || provenance->folder == NULL ||
		provenance->host_system == NULL || provenance->host_cpu == NULL ||
		add_inputs(provenance, in_fd) != 0)
		return upset_error_set(
			error, ENOMEM, "cannot describe the run of %s: out of memory", program);
	(void)upset_hash_file(provenance->program, provenance->program_sha256, NULL);
	format_now(provenance->started);
	return 0;
}

void upset_provenance_end(struct upset_provenance *provenance)
{
	format_now(provenance->ended);
}

void upset_provenance_fini(struct upset_provenance *provenance)
{
	for (size_t i = 0; i < provenance->input_count; i++)
		free(provenance->inputs[i].path);
	free(provenance->inputs);
	free(provenance->program);
	free(provenance->folder);
	free(provenance->host_system);
	free(provenance->host_cpu);
}
