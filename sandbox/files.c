/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files that programs in a sandbox see, by mounting: see setup.h. */
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/path.h"
#include "sandbox/sandbox.h"
#include "sandbox/setup.h"
#include "sandbox/shown.h"

enum {
	FILES_TOGETHER = 4,
	LEAST_PID_MAX = 301,
	PID_MAX_SINCE = 6014, /* of a namespace: Linux 6.14 */
	LOWER_BYTES = 2 * PATH_MAX,
};

int sandbox_failed(struct sandbox_setup *s, const char *what)
{
	s->report.code = errno != 0 ? errno : EIO;
	(void)snprintf(s->report.what, sizeof(s->report.what), "%s", what);
	return -1;
}

int sandbox_write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), code;
	ssize_t n;

	if (fd < 0)
		return -1;
	n = write(fd, text, strlen(text));
	code = n < 0 ? errno : EIO;
	(void)close(fd);
	if (n == (ssize_t)strlen(text))
		return 0;
	errno = code;
	return -1;
}

/* Everything that is mounted becomes read-only, without devices. */
static int protect_all(struct sandbox_setup *s)
{
	struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID};

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		return sandbox_failed(s, "a mount namespace");
	if (syscall(SYS_mount_setattr, AT_FDCWD, "/", AT_RECURSIVE, &attributes,
		    sizeof(attributes)) != 0)
		return sandbox_failed(s, "making mounts read-only");
	return 0;
}

/* A file system in memory on @path. */
static int mount_memory(struct sandbox_setup *s, const char *path, const char *options)
{
	return mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, options) == 0
		       ? 0
		       : sandbox_failed(s, "a file system in memory");
}

/* Which overlayfs does not take from others than root. */
static bool has_mounts_below(const char *path)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	const struct mntent *entry;
	int code = errno;
	bool found = false;

	while (mounts != NULL && !found && (entry = getmntent(mounts)) != NULL)
		found = strcmp(entry->mnt_dir, path) != 0 &&
			upset_path_is_below(entry->mnt_dir, path);
	if (mounts != NULL)
		(void)endmntent(mounts);
	errno = code;
	return found;
}

/* What is seen of @path where files are shown: names go on to work when /mnt is mounted upon. */
static int find_layers(struct sandbox_setup *s, unsigned int layer, const char *path)
{
	char under[PATH_MAX] = "";

	s->under_fds[layer] = -1;
	if (!sandbox_shown_layers(path, s->tops[layer], under) || under[0] == '\0')
		return 0;
	s->under_fds[layer] = open(under, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return s->under_fds[layer] >= 0 ? 0 : sandbox_failed(s, "a folder that files are shown in");
}

/* The folders of @layer, or @path, as overlayfs's option. */
static void print_lower(const struct sandbox_setup *s, unsigned int layer, const char *path,
	char lower[LOWER_BYTES])
{
	const char *top = s->tops[layer];
	char under[40] = "";

	if (s->under_fds[layer] >= 0)
		(void)snprintf(under, sizeof(under), "/proc/self/fd/%d", s->under_fds[layer]);
	if (top[0] == '\0' && under[0] == '\0')
		(void)snprintf(lower, PATH_MAX, "%s", path);
	else
		(void)snprintf(lower, LOWER_BYTES, "%s%s%s", top,
			top[0] != '\0' && under[0] != '\0' ? ":" : "", under);
}

/* Cover @path, which stays readable as it is, with a copy that is written instead. */
static int cover(struct sandbox_setup *s, const char *path)
{
	char upper[PATH_MAX], work[PATH_MAX], lower[LOWER_BYTES], options[5 * PATH_MAX];
	const int flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
	struct sandbox_layer *layer = &s->covered[s->copies];

	(void)snprintf(upper, sizeof(upper), "%s/upper%u", s->layers, s->copies);
	(void)snprintf(work, sizeof(work), "%s/work%u", s->layers, s->copies);
	print_lower(s, s->copies, path, lower);
	s->copies++;
	if (mkdir(upper, 0700) != 0 || mkdir(work, 0700) != 0)
		return sandbox_failed(s, "a folder for copies");
	*layer = (struct sandbox_layer){path, open(upper, flags), -1};
	if (layer->upper_fd >= 0)
		layer->lower_fd = open(path, flags);
	if (layer->lower_fd < 0)
		return sandbox_failed(s, "a folder for copies");
	(void)snprintf(options, sizeof(options), "lowerdir=%s,upperdir=%s,workdir=%s%s", lower,
		upper, work, s->new_user ? ",userxattr" : ",redirect_dir=on,metacopy=off");
	if (mount("overlay", path, "overlay", MS_NOSUID | MS_NODEV, options) == 0)
		return 0;
	return s->new_user && errno == EINVAL && has_mounts_below(path)
		       ? sandbox_failed(s,
				 "a copy of a folder with mounts below it (root may, or unmount "
				 "them)")
		       : sandbox_failed(s, "a copy-on-write folder (overlayfs)");
}

static const char *const devices[] = {"null", "zero", "full", "random", "urandom", "tty"};

static int bind_device(const char *name, const char *to)
{
	char from[64], path[PATH_MAX + 16];
	int fd;

	(void)snprintf(from, sizeof(from), "/dev/%s", name);
	(void)snprintf(path, sizeof(path), "%s/%s", to, name);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	(void)close(fd);
	return mount(from, path, NULL, MS_BIND, NULL);
}

/* The devices that any program may use, and no others. */
static int replace_devices(struct sandbox_setup *s)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/dev", s->layers);
	if (mkdir(path, 0755) != 0)
		return sandbox_failed(s, "a folder for devices");
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		if (bind_device(devices[i], path) != 0 && errno != ENOENT)
			return sandbox_failed(s, "devices");
	}
	if (mount(path, "/dev", NULL, MS_BIND | MS_REC, NULL) != 0)
		return sandbox_failed(s, "devices");
	return 0;
}

/*
 * Newer kernels limit the processes of a namespace; in older ones the same file
 * is about the whole machine.
 */
static void limit_processes(uint64_t processes)
{
	struct utsname system;
	unsigned int major = 0, minor = 0;
	char text[32];

	if (processes == 0 || uname(&system) != 0 ||
		sscanf(system.release, "%u.%u", &major, &minor) != 2 ||
		major * 1000 + minor < PID_MAX_SINCE)
		return;
	(void)snprintf(text, sizeof(text), "%llu",
		(unsigned long long)(processes < LEAST_PID_MAX ? LEAST_PID_MAX : processes + 1));
	(void)sandbox_write_file("/proc/sys/kernel/pid_max", text);
}

/* A /proc of the namespace's own, in which nothing of the machine can be set. */
static int mount_proc(struct sandbox_setup *s)
{
	static const char *const settings[] = {"/proc/sys", "/proc/sysrq-trigger", "/proc/irq",
		"/proc/bus", "/proc/fs", "/proc/acpi", "/proc/scsi", "/proc/asound"};
	const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;

	if (mount("proc", "/proc", "proc", flags, NULL) != 0)
		return sandbox_failed(s, "a /proc of its own");
	limit_processes(s->limits->processes);
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		if (access(settings[i], F_OK) == 0 &&
			(mount(settings[i], settings[i], NULL, MS_BIND, NULL) != 0 ||
				mount(NULL, settings[i], NULL,
					MS_REMOUNT | MS_BIND | MS_RDONLY | flags, NULL) != 0))
			return sandbox_failed(s, "a read-only /proc/sys");
	}
	return 0;
}

bool upset_sandbox_hides(const char *path)
{
	static const char *const hidden[] = {"/mnt", "/dev", "/run"};

	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		if (upset_path_is_below(path, hidden[i]))
			return true;
	}
	return false;
}

int sandbox_set_up_files(struct sandbox_setup *s)
{
	char options[64];
	uint64_t bytes = s->limits->file_bytes * FILES_TOGETHER;

	if (protect_all(s) != 0 || find_layers(s, 0, "/tmp") != 0 ||
		find_layers(s, 1, s->folder) != 0)
		return -1;
	/* A place that every system has and no program needs. */
	(void)snprintf(s->layers, sizeof(s->layers), "/mnt");
	(void)snprintf(options, sizeof(options), bytes == 0 ? "mode=700" : "mode=700,size=%llu",
		(unsigned long long)bytes);
	if (mount_memory(s, s->layers, options) != 0 || replace_devices(s) != 0 ||
		cover(s, "/tmp") != 0)
		return -1;
	if (!upset_path_is_below(s->folder, "/tmp") && cover(s, s->folder) != 0)
		return -1;
	if (access("/run", F_OK) == 0 && mount_memory(s, "/run", "size=1m") != 0)
		return -1;
	if (mount_proc(s) != 0)
		return -1;
	/* What was mounted above the old working folder. */
	return chdir(s->folder) == 0 ? 0 : sandbox_failed(s, "going to the working folder");
}
