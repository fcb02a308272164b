/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first process of a machine: loads modules, mounts what programs expect, runs the one that
 * RUN_FILE names with its output on the first serial line, writes to the second one how it ended,
 * and switches the machine off.  No C library: it is the same for each machine.
 */
#include <asm/termbits.h>
#include <fcntl.h>
#include <linux/reboot.h>
#include <linux/wait.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "machine/guest/run.h"
#include "machine/guest/system.h"
#include "upset/mark.h"

enum { SIGCHLD_NUMBER = 17 };

static char run_file[MACHINE_RUN_MOST + 1];
static char *words[MACHINE_WORDS_MOST + 2]; /* arguments, NULL, environment, NULL */

struct run {
	char *folder, *program;
	char **arguments, **environment;
};

/* --- what becomes known outside --------------------------------------------------------------- */

static void write_text(int fd, const char *text)
{
	(void)GUEST_CALL(SYS_write, fd, text, guest_length(text), 0, 0);
}

/* As it is: no carriage returns, no echo. */
static int open_line(const char *path)
{
	struct termios settings = {0};
	int fd = (int)GUEST_CALL(SYS_open, path, O_RDWR | O_NOCTTY, 0, 0, 0);

	if (fd < 0 || GUEST_CALL(SYS_ioctl, fd, TCGETS, &settings, 0, 0) != 0)
		return fd;
	settings.c_oflag &= ~(tcflag_t)OPOST;
	settings.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
	(void)GUEST_CALL(SYS_ioctl, fd, TCSETS, &settings, 0, 0);
	return fd;
}

/* Not even that the machine is switched off. */
static void silence_kernel(void)
{
	int fd = (int)GUEST_CALL(SYS_open, "/proc/sys/kernel/printk", O_WRONLY, 0, 0, 0);

	write_text(fd, "0");
	(void)GUEST_CALL(SYS_close, fd, 0, 0, 0, 0);
}

/* "WORD NUMBER\n" on the line of results, and nothing after that. */
static void end(const char *word, int number) __attribute__((noreturn));
static void end(const char *word, int number)
{
	char digits[16];
	size_t at = sizeof(digits);
	int fd = open_line(MACHINE_RESULT_LINE);

	digits[--at] = '\0';
	digits[--at] = '\n';
	do
		digits[--at] = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	digits[--at] = ' ';
	silence_kernel();
	write_text(fd, word);
	write_text(fd, digits + at);
	(void)GUEST_CALL(SYS_ioctl, fd, TCSBRK, 1, 0, 0);
	(void)GUEST_CALL(SYS_ioctl, 1, TCSBRK, 1, 0, 0);
	(void)GUEST_CALL(SYS_sync, 0, 0, 0, 0, 0);
	(void)GUEST_CALL(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
		LINUX_REBOOT_CMD_POWER_OFF, 0, 0);
	for (;;)
		(void)GUEST_CALL(SYS_pause, 0, 0, 0, 0, 0);
}

static void check(long result, const char *word)
{
	if (result < 0)
		end(word, (int)-result);
}

/* --- what the machine gets -------------------------------------------------------------------- */

static void mount_all(void)
{
	static const struct {
		const char *type, *place;
	} all[] = {{"devtmpfs", "/dev"}, {"proc", "/proc"}, {"sysfs", "/sys"}};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		(void)GUEST_CALL(SYS_mkdir, all[i].place, 0755, 0, 0, 0);
		check(GUEST_CALL(SYS_mount, all[i].type, all[i].place, all[i].type, 0, 0), "mount");
	}
}

/* Those that there are, in the order of their numbers: 0 to 9. */
static void load_modules(void)
{
	char path[] = MACHINE_MODULES "/0";

	for (; path[sizeof(path) - 2] <= '9'; path[sizeof(path) - 2]++) {
		int fd = (int)GUEST_CALL(SYS_open, path, O_RDONLY | O_CLOEXEC, 0, 0, 0);

		if (fd < 0)
			return;
		check(GUEST_CALL(SYS_finit_module, fd, "", MACHINE_MODULE_COMPRESSED, 0, 0),
			"module");
		(void)GUEST_CALL(SYS_close, fd, 0, 0, 0, 0);
	}
}

static void set_up_lines(void)
{
	int in = (int)GUEST_CALL(SYS_open, "/dev/null", O_RDONLY, 0, 0, 0);
	int out = open_line(MACHINE_OUTPUT_LINE);

	check(in, "lines");
	check(out, "lines");
	(void)GUEST_CALL(SYS_dup2, in, 0, 0, 0, 0);
	(void)GUEST_CALL(SYS_dup2, out, 1, 0, 0, 0);
	(void)GUEST_CALL(SYS_dup2, out, 2, 0, 0, 0);
	(void)GUEST_CALL(SYS_close_range, 3, ~0U, 0, 0, 0);
}

/* --- the program ------------------------------------------------------------------------------ */

/* The next text of the file; NULL: it ends. */
static char *next_text(char **at, const char *behind)
{
	char *text = *at;

	if (text >= behind)
		return NULL;
	*at += guest_length(text) + 1;
	return text;
}

static int to_number(const char *text)
{
	int number = 0;

	while (text != NULL && *text >= '0' && *text <= '9' && number < MACHINE_WORDS_MOST)
		number = 10 * number + (*text++ - '0');
	return number;
}

static void read_run(struct run *run)
{
	int fd = (int)GUEST_CALL(SYS_open, MACHINE_RUN_FILE, O_RDONLY | O_CLOEXEC, 0, 0, 0);
	long n = GUEST_CALL(SYS_read, fd, run_file, MACHINE_RUN_MOST, 0, 0);
	char *at = run_file, *word;
	size_t used = 0, count;

	check(fd, "run");
	check(n, "run");
	(void)GUEST_CALL(SYS_close, fd, 0, 0, 0, 0);
	run->folder = next_text(&at, run_file + n);
	run->program = next_text(&at, run_file + n);
	count = (size_t)to_number(next_text(&at, run_file + n));
	run->arguments = words;
	while (used < count && (word = next_text(&at, run_file + n)) != NULL)
		words[used++] = word;
	words[used++] = NULL;
	run->environment = words + used;
	while (used < MACHINE_WORDS_MOST && (word = next_text(&at, run_file + n)) != NULL)
		words[used++] = word;
	words[used] = NULL;
}

static void run_program(const struct run *run)
{
	check(GUEST_CALL(SYS_chdir, run->folder, 0, 0, 0, 0), "folder");
	upset_mark(UPSET_MARK_PROGRAM_BEGIN);
	end("start",
		(int)-GUEST_CALL(SYS_execve, run->program, run->arguments, run->environment, 0, 0));
}

int guest_main(int argc, char **argv, char **envp)
{
	struct run run;
	int status = 0;
	long program;

	(void)argc;
	(void)argv;
	(void)envp;
	mount_all();
	set_up_lines();
	load_modules();
	read_run(&run);
	program = GUEST_CALL(SYS_clone, SIGCHLD_NUMBER, 0, 0, 0, 0);
	check(program, "process");
	if (program == 0) {
		(void)GUEST_CALL(SYS_setsid, 0, 0, 0, 0, 0);
		run_program(&run);
	}
	/* Orphans end here, too. */
	while (GUEST_CALL(SYS_wait4, -1, &status, 0, 0, 0) != program)
		;
	upset_mark(UPSET_MARK_PROGRAM_END);
	if ((status & 0x7f) != 0)
		end("signal", status & 0x7f);
	end("exit", status >> 8 & 0xff);
}

GUEST_START
