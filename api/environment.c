/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The environment that programs get: see environment.h. */
#include "api/environment.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * What a program needs to find others and to print text, the same everywhere: no locale of
 * somebody's, no settings in somebody's folder, and a time zone that is in no file.
 */
static const char *const fixed[] = {
	"HOME=/nonexistent", "LANG=C.UTF-8", "PATH=/usr/local/bin:/usr/bin:/bin", "TZ=UTC0"};

/* What says where and by whom something is started, not what it is to do. */
static const char *const of_the_start[] = {"_=*", "SHLVL=*", "OLDPWD=*", "PWD=*", "COLUMNS=*",
	"LINES=*", "WINDOWID=*", "TERM=*", "TERM_*=*", "COLORTERM=*", "SSH_*=*", "TMUX=*",
	"TMUX_*=*", "STY=*", "XDG_SESSION_*=*", "XDG_RUNTIME_DIR=*", "DBUS_SESSION_*=*",
	"DISPLAY=*", "WAYLAND_DISPLAY=*", "XAUTHORITY=*", "INVOCATION_ID=*", "JOURNAL_STREAM=*",
	"SYSTEMD_*=*", "SUDO_*=*", "MAKEFLAGS=*", "MFLAGS=*", "MAKELEVEL=*", "MAKE_TERMOUT=*",
	"MAKE_TERMERR=*", "MESON_*=*", "MALLOC_PERTURB_=*", "SLURM_*=*", "SLURMD_*=*", "SRUN_*=*",
	"SBATCH_*=*", "PBS_*=*", "LSB_*=*", "LSF_*=*", "LS_JOBPID=*", "SGE_*=*", "JOB_ID=*",
	"JOB_NAME=*", "PMI_*=*", "PMIX_*=*", "OMPI_*=*", "PRTE_*=*", "MPIEXEC_*=*", "HYDRA_*=*",
	"CONDOR_*=*", "_CONDOR_*=*", "KUBERNETES_*=*", "HOSTNAME=*", "CI=*", "CI_*=*",
	"CONTINUOUS_INTEGRATION=*", "GITHUB_*=*", "GITLAB_*=*", "RUNNER_*=*", "JENKINS_*=*",
	"BUILD_*=*", "BUILDKITE=*", "BUILDKITE_*=*", "TRAVIS=*", "TRAVIS_*=*", "CIRCLE*=*",
	"UPSET_*=*"};

struct environment {
	char **variables;
	size_t count;
};

static bool is_left_out(const char *variable)
{
	for (size_t i = 0; i < sizeof(of_the_start) / sizeof(of_the_start[0]); i++) {
		if (fnmatch(of_the_start[i], variable, 0) == 0)
			return true;
	}
	return false;
}

/* The variable is not in it yet, or gets another value. */
static void set(struct environment *e, const char *variable)
{
	size_t name = strcspn(variable, "=") + 1, i = 0;

	while (i < e->count && strncmp(e->variables[i], variable, name) != 0)
		i++;
	e->variables[i] = (char *)(uintptr_t)variable;
	e->count += i == e->count;
}

/* "NAME=VALUE" of this process; NULL: there is none. */
static const char *find_own(const char *name)
{
	size_t n = strlen(name);

	for (char *const *e = environ; e != NULL && *e != NULL; e++) {
		if (strncmp(*e, name, n) == 0 && (*e)[n] == '=')
			return *e;
	}
	return NULL;
}

static int set_asked(struct environment *e, const char *asked, struct upset_error *error)
{
	const char *variable = strchr(asked, '=') != NULL ? asked : find_own(asked);

	if (asked[0] == '\0' || asked[0] == '=')
		return upset_error_set(
			error, EINVAL, "--env '%s' has no name; it is NAME or NAME=VALUE", asked);
	if (variable == NULL)
		return upset_error_set(error, EINVAL,
			"--env %s: there is no such variable here; give its value, as %s=VALUE",
			asked, asked);
	set(e, variable);
	return 0;
}

static size_t count(char *const *strings)
{
	size_t n = 0;

	while (strings != NULL && strings[n] != NULL)
		n++;
	return n;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int upset_environment_make(
	char ***environment, const struct upset_program *program, struct upset_error *error)
{
	const size_t fixed_count = sizeof(fixed) / sizeof(fixed[0]);
	struct environment e = {0};
	int rc = 0;

	e.variables = calloc(
		fixed_count + count(environ) + count(program->variables) + 1, sizeof(*e.variables));
	if (e.variables == NULL)
		return upset_error_set(error, ENOMEM, "out of memory");
	for (size_t i = 0; !program->all_variables && i < fixed_count; i++)
		set(&e, fixed[i]);
	for (size_t i = 0; program->all_variables && i < count(environ); i++) {
		if (!is_left_out(environ[i]))
			set(&e, environ[i]);
	}
	for (size_t i = 0; rc == 0 && i < count(program->variables); i++)
		rc = set_asked(&e, program->variables[i], error);
	qsort(e.variables, e.count, sizeof(*e.variables), compare);
	*environment = e.variables;
	return rc;
}

void upset_environment_free(char **environment)
{
	free(environment);
}
