/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs that can be run in experiments: see program.h. */
#include "api/program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/environment.h"
#include "api/target.h"
#include "engine/input.h"
#include "engine/process.h"

int program_choose_engine(const struct upset_engine **engine, const char *name, bool experiments,
	struct upset_error *error)
{
	*engine = name == NULL ? NULL : upset_engine_find(name);
	if (*engine != NULL && (!experiments || (*engine)->experiment != NULL))
		return 0;
	return upset_error_set(error, EINVAL, "unknown engine '%s': qemu, native or gdb",
		name == NULL ? "" : name);
}

int program_probe_engine(const struct upset_engine *engine, const struct upset_isa *isa,
	struct upset_engine_info *info, struct upset_error *error)
{
	if (engine->probe(isa, info) == 0)
		return 0;
	return upset_error_set(error, ENOSYS,
		"engine %s is not usable here: %s; see `upset doctor`", engine->name, info->detail);
}

static int find_sysroot(struct program *p, const char *sysroot, struct upset_error *error)
{
	struct stat status;

	if (sysroot == NULL)
		return 0;
	p->sysroot = realpath(sysroot, NULL);
	if (p->sysroot == NULL || stat(p->sysroot, &status) != 0)
		return upset_error_set(
			error, ENOENT, "there is no sysroot '%s': %s", sysroot, strerror(errno));
	if (!S_ISDIR(status.st_mode))
		return upset_error_set(error, ENOENT,
			"the sysroot '%s' is no folder; name the one that has lib/", sysroot);
	p->subject.target.sysroot = p->sysroot;
	return 0;
}

int program_find(struct program *p, const struct upset_program *from, struct upset_error *error)
{
	int rc;

	if (from->arguments == NULL || from->arguments[0] == NULL)
		return upset_error_set(error, EINVAL, "a program needs its arguments");
	rc = upset_target_find(
		from->path != NULL ? from->path : from->arguments[0], &p->path, error);
	if (rc == 0)
		rc = find_sysroot(p, from->sysroot, error);
	if (rc == 0)
		rc = upset_process_check_program(p->path, p->sysroot, error);
	if (rc == 0)
		p->subject.target.isa = upset_process_isa(p->path);
	p->subject.target.program = p->path;
	p->subject.target.arguments = from->arguments;
	p->subject.target.environment = from->environment;
	if (rc == 0 && from->environment == NULL) {
		rc = upset_environment_make(&p->made, from, error);
		p->subject.target.environment = p->made;
	}
	return rc;
}

int program_prepare(struct program *p, const struct upset_program *from,
	const struct upset_limits *limits, struct upset_error *error)
{
	if (limits != NULL)
		p->limits = *limits;
	p->subject.target.sandbox = limits == NULL ? NULL : &p->limits;
	p->subject.target.in_fd = upset_input_open(from->in_fd, error);
	return p->subject.target.in_fd < 0 ? p->subject.target.in_fd : 0;
}

void program_fini(struct program *p)
{
	if (p->subject.target.in_fd >= 0)
		(void)close(p->subject.target.in_fd);
	upset_environment_free(p->made);
	free(p->sysroot);
	free(p->path);
	*p = PROGRAM_NONE;
}
