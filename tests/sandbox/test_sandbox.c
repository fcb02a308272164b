/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What programs that destroy everything they can do from inside a sandbox:
 * nothing outside.  Skipped where the machine allows no sandboxes.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "sandbox/sandbox.h"

enum { PROCESSES = 40, SKIPPED = 77 };

static const struct upset_sandbox_limits limits = {
	.memory_bytes = 64U << 20,
	.file_bytes = 1U << 20,
	.cpu_seconds = 20,
	.processes = PROCESSES,
};

/* Of what the last one in a sandbox did to files. */
static char files[UPSET_HASH_HEX_SIZE];

/* Run @act in a sandbox and return what it returns; -signal when it was killed. */
static int inside(int (*act)(void))
{
	struct upset_error error = {0};
	int pipes[2], status_fd, status = -1000, own_status;
	pid_t pid, keeper;

	assert_int_equal(pipe(pipes), 0);
	pid = upset_sandbox_fork(&limits, &keeper, &status_fd, &error);
	if (pid < 0)
		fail_msg("%s", error.message);
	if (pid == 0) {
		pid_t actor = fork();

		/* The keeper has the status, so somebody else must tell. */
		if (actor == 0)
			_exit(act());
		(void)waitpid(actor, &status, 0);
		status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
		_exit(write(pipes[1], &status, sizeof(status)) != sizeof(status));
	}
	(void)close(pipes[1]);
	if (read(pipes[0], &status, sizeof(status)) != sizeof(status))
		status = -1000;
	(void)close(pipes[0]);
	upset_sandbox_end(keeper, status_fd, &own_status, files, NULL);
	assert_int_equal(kill(keeper, 0), -1);
	return status;
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static int put(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		return -errno;
	(void)close(fd);
	return 0;
}

/* --- files ------------------------------------------------------------------------------------ */

static int change_folder(void)
{
	if (put("new") != 0 || !exists("new"))
		return 1;
	if (unlink("kept") != 0 || exists("kept") || rename("text", "moved") != 0)
		return 2;
	return truncate("moved", 0) != 0 ? 3 : 0;
}

static void keeps_the_working_folder(void **state)
{
	struct stat text;

	(void)state;
	assert_int_equal(put("kept"), 0);
	assert_int_equal(put("text"), 0);
	assert_int_equal(truncate("text", 5), 0);
	assert_int_equal(mkdir("folder", 0700), 0);
	assert_int_equal(inside(change_folder), 0);
	assert_false(exists("new"));
	assert_true(exists("kept"));
	assert_true(exists("folder"));
	assert_int_equal(stat("text", &text), 0);
	assert_int_equal(text.st_size, 5);
}

static int write_elsewhere(void)
{
	if (put("/tmp/upset-sandbox-test") != 0)
		return 1;
	if (put("/etc/upset-sandbox-test") != -EROFS && put("/etc/upset-sandbox-test") != -EACCES)
		return 2;
	if (put("/upset-sandbox-test") == 0)
		return 3;
	return put("/dev/null") == 0 && exists("/proc/self/maps") ? 0 : 4;
}

static void writes_nowhere_else(void **state)
{
	(void)state;
	assert_int_equal(inside(write_elsewhere), 0);
	assert_false(exists("/tmp/upset-sandbox-test"));
	assert_false(exists("/etc/upset-sandbox-test"));
}

/* --- what was done to files ------------------------------------------------------------------- */

static int write_text(const char *path, const char *text, int flags)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | flags, 0640);
	bool good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	(void)close(fd);
	return good ? 0 : 1;
}

static int do_nothing(void)
{
	return 0;
}

static int use_temporary_file(void)
{
	return put("work/temporary") != 0 || unlink("work/temporary") != 0;
}

static int use_temporary_folder(void)
{
	return mkdir("work/t", 0700) != 0 || put("work/t/a") != 0 || rename("work/t/a", "b") != 0 ||
	       unlink("b") != 0 || rmdir("work/t") != 0;
}

static int change_and_restore(void)
{
	return write_text("work/text", "X", 0) != 0 || write_text("work/text", "h", 0) != 0 ||
	       chmod("work/deep", 0) != 0 || chmod("work/deep", 0700) != 0 ||
	       rename("work/link", "link") != 0 || rename("link", "work/link") != 0;
}

static int open_to_write(void)
{
	return write_text("work/text", "", 0);
}

static int create(void)
{
	return write_text("work/new", "", O_CREAT);
}

static int create_elsewhere(void)
{
	return write_text("work/deep/new", "", O_CREAT);
}

static int create_with_text(void)
{
	return write_text("work/new", "a", O_CREAT);
}

static int create_with_other_text(void)
{
	return write_text("work/new", "b", O_CREAT);
}

static int create_for_all(void)
{
	return create() != 0 || chmod("work/new", 0666) != 0;
}

static int create_unreadable(void)
{
	return write_text("work/new", "a", O_CREAT) != 0 || chmod("work/new", 0) != 0;
}

static int create_unreadable_with_other_text(void)
{
	return write_text("work/new", "b", O_CREAT) != 0 || chmod("work/new", 0) != 0;
}

static int change(void)
{
	return write_text("work/text", "H", 0);
}

static int append(void)
{
	return write_text("work/text", "!", O_APPEND);
}

static int cut(void)
{
	return truncate("work/text", 0);
}

static int change_mode(void)
{
	return chmod("work/text", 0600);
}

static int change_mode_of_folder(void)
{
	return chmod("work/deep", 0500);
}

static int delete (void)
{
	return unlink("work/text");
}

static int delete_folder(void)
{
	return unlink("work/deep/inner") != 0 || rmdir("work/deep") != 0;
}

static int empty_folder(void)
{
	return unlink("work/deep/inner");
}

static int move(void)
{
	return rename("work/text", "work/moved");
}

static int copy(void)
{
	return write_text("work/moved", "hello", O_CREAT);
}

static int replace_folder(void)
{
	return delete_folder() != 0 || mkdir("work/deep", 0700) != 0 ||
	       write_text("work/deep/other", "inner", O_CREAT) != 0;
}

static int replace_folder_alike(void)
{
	return delete_folder() != 0 || mkdir("work/deep", 0700) != 0 ||
	       write_text("work/deep/inner", "inner", O_CREAT) != 0;
}

static int replace_folder_by_empty(void)
{
	return delete_folder() != 0 || mkdir("work/deep", 0700) != 0;
}

static int move_folder(void)
{
	if (rename("work/deep", "work/away") == 0)
		return 0;
	/* Who is not root has to copy. */
	return errno != EXDEV || delete_folder() != 0 || mkdir("work/away", 0700) != 0 ||
	       write_text("work/away/inner", "inner", O_CREAT) != 0;
}

static int make_instead_of_moving(void)
{
	return delete_folder() != 0 || mkdir("work/away", 0700) != 0;
}

static int make_folder(void)
{
	return mkdir("work/new", 0750);
}

static int link_here(void)
{
	return symlink("text", "work/new");
}

static int link_there(void)
{
	return symlink("/etc/passwd", "work/new");
}

static int link_itself(void)
{
	return symlink("new", "work/new");
}

static int replace_link(void)
{
	return unlink("work/link") != 0 || symlink("/", "work/link") != 0;
}

static int make_fifo(void)
{
	return mkfifo("work/new", 0640);
}

static int name_badly(void)
{
	return write_text("work/a\nf 640 ", "", O_CREAT);
}

static int write_sparsely(void)
{
	return put("work/new") != 0 || truncate("work/new", 1 << 20) != 0;
}

static int create_two(void)
{
	return put("work/1") != 0 || put("work/2") != 0;
}

static int create_two_backwards(void)
{
	return put("work/2") != 0 || put("work/1") != 0;
}

static void make_work(void **state)
{
	(void)state;
	assert_int_equal(mkdir("work", 0700), 0);
	assert_int_equal(mkdir("work/deep", 0700), 0);
	assert_int_equal(write_text("work/text", "hello", O_CREAT), 0);
	assert_int_equal(write_text("work/deep/inner", "inner", O_CREAT), 0);
	assert_int_equal(symlink("/etc", "work/link"), 0);
}

static void remove_work(void **state)
{
	(void)state;
	assert_int_equal(unlink("work/text"), 0);
	assert_int_equal(unlink("work/deep/inner"), 0);
	assert_int_equal(unlink("work/link"), 0);
	assert_int_equal(rmdir("work/deep"), 0);
	assert_int_equal(rmdir("work"), 0);
}

/* SHA-256 of nothing. */
static const char no_files[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

static void tells_when_files_are_as_before(void **state)
{
	int (*const acts[])(void) = {do_nothing, use_temporary_file, use_temporary_folder,
		change_and_restore, open_to_write};

	make_work(state);
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		assert_int_equal(inside(acts[i]), 0);
		if (strcmp(files, no_files) != 0)
			fail_msg("act %zu: %s", i, files);
	}
	remove_work(state);
}

static void tells_what_was_done_to_files(void **state)
{
	int (*const acts[])(void) = {do_nothing, create, create_elsewhere, create_with_text,
		create_with_other_text, create_for_all, create_unreadable,
		create_unreadable_with_other_text, change, append, cut, change_mode,
		change_mode_of_folder, delete, delete_folder, empty_folder, move, copy,
		replace_folder, replace_folder_alike, replace_folder_by_empty, move_folder,
		make_instead_of_moving, make_folder, link_here, link_there, link_itself,
		replace_link, make_fifo, name_badly, write_sparsely, create_two};
	enum { ACTS = sizeof(acts) / sizeof(acts[0]) };
	char seen[ACTS][UPSET_HASH_HEX_SIZE];

	make_work(state);
	for (size_t i = 0; i < ACTS; i++) {
		assert_int_equal(inside(acts[i]), 0);
		assert_int_equal(strlen(files), UPSET_HASH_HEX_SIZE - 1);
		memcpy(seen[i], files, sizeof(files));
		for (size_t j = 0; j < i; j++) {
			if (strcmp(seen[j], files) == 0)
				fail_msg("acts %zu and %zu look the same", i, j);
		}
	}
	/* It does not depend on time. */
	for (size_t i = 0; i < ACTS; i++) {
		assert_int_equal(inside(acts[i]), 0);
		if (strcmp(seen[i], files) != 0)
			fail_msg("act %zu looks different again", i);
	}
	/* Nor on the order. */
	assert_int_equal(inside(create_two_backwards), 0);
	assert_string_equal(files, seen[ACTS - 1]);
	remove_work(state);
}

static int nest(void)
{
	static const char name[] = "0123456789012345678901234567890123456789";

	for (unsigned int i = 0; i < 200; i++) {
		if (mkdir(name, 0700) != 0 || chdir(name) != 0)
			return 1;
	}
	return 0;
}

static int make_many(void)
{
	char name[32];

	for (unsigned int i = 0; i < 3000; i++) {
		(void)snprintf(name, sizeof(name), "%u", i);
		if (put(name) != 0 || truncate(name, 1 << 20) != 0)
			return 1;
	}
	return 0;
}

/* Paths longer than the kernel takes; three gigabytes of nothing. */
static void does_not_tell_what_is_too_much(void **state)
{
	(void)state;
	assert_int_equal(inside(nest), 0);
	assert_string_equal(files, "");
	assert_int_equal(inside(make_many), 0);
	assert_string_equal(files, "");
}

/* --- processes and what they share ------------------------------------------------------------ */

static int kill_everything(void)
{
	(void)kill(-1, SIGKILL);
	(void)kill(getppid(), SIGKILL);
	return 0;
}

static void kills_nobody(void **state)
{
	pid_t bystander = fork();

	(void)state;
	if (bystander == 0) {
		for (;;)
			(void)pause();
	}
	/* It kills the one that would tell its status, too. */
	assert_int_equal(inside(kill_everything), -1000);
	assert_int_equal(kill(bystander, 0), 0);
	assert_int_equal(waitpid(bystander, NULL, WNOHANG), 0);
	assert_int_equal(kill(bystander, SIGKILL), 0);
	assert_int_equal(waitpid(bystander, NULL, 0), bystander);
}

/* Every process makes others, for ever. */
static int fork_without_end(void)
{
	while (fork() >= 0)
		;
	return 0;
}

static void limits_processes(void **state)
{
	int result = inside(fork_without_end);

	(void)state;
	/* The kernel's limit, or everything was killed, the one that would tell as well. */
	assert_true(result == 0 || result == -1000);
}

static int left_behind[2];

static int leave_somebody(void)
{
	if (fork() == 0) {
		(void)setsid();
		for (;;)
			(void)pause();
	}
	return 0;
}

static void leaves_nobody(void **state)
{
	char byte;

	(void)state;
	assert_int_equal(pipe(left_behind), 0);
	assert_int_equal(inside(leave_somebody), 0);
	(void)close(left_behind[1]);
	/* The end of the pipe that the one left behind had is closed. */
	assert_int_equal(read(left_behind[0], &byte, 1), 0);
	(void)close(left_behind[0]);
}

static void ends_with_its_caller(void **state)
{
	struct upset_error error = {0};
	int pipes[2];
	pid_t caller;
	char byte;

	(void)state;
	assert_int_equal(pipe(pipes), 0);
	caller = fork();
	if (caller == 0) {
		int status_fd;
		pid_t keeper, pid = upset_sandbox_fork(&limits, &keeper, &status_fd, &error);

		if (pid == 0)
			for (;;)
				(void)pause();
		(void)raise(SIGKILL);
	}
	(void)close(pipes[1]);
	assert_int_equal(waitpid(caller, NULL, 0), caller);
	assert_int_equal(read(pipes[0], &byte, 1), 0);
	(void)close(pipes[0]);
}

static void tells_the_status(void **state)
{
	struct upset_error error = {0};
	int status_fd, status = 0;
	pid_t keeper, pid = upset_sandbox_fork(&limits, &keeper, &status_fd, &error);

	(void)state;
	if (pid == 0)
		_exit(42);
	upset_sandbox_end(keeper, status_fd, &status, files, NULL);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 42);
	assert_int_equal(kill(keeper, 0), -1);
}

static void tells_that_the_keeper_was_killed(void **state)
{
	struct upset_error error = {0};
	int status_fd, status = 0;
	pid_t keeper, pid = upset_sandbox_fork(&limits, &keeper, &status_fd, &error);

	(void)state;
	if (pid == 0)
		for (;;)
			(void)pause();
	(void)kill(keeper, SIGKILL);
	upset_sandbox_end(keeper, status_fd, &status, files, NULL);
	assert_true(WIFSIGNALED(status));
	assert_string_equal(files, "");
}

/* --- network, memory, output ------------------------------------------------------------------ */

static struct sockaddr_in server_address;

static int call_server(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return 0;
	return connect(fd, (struct sockaddr *)&server_address, sizeof(server_address)) == 0;
}

static void has_no_network(void **state)
{
	socklen_t size = sizeof(server_address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)state;
	server_address.sin_family = AF_INET;
	server_address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&server_address, size), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&server_address, &size), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(call_server(), 1);
	assert_int_equal(inside(call_server), 0);
	(void)close(fd);
}

static int fill_memory(void)
{
	for (unsigned int mib = 0; mib < 1024; mib++) {
		char *p = mmap(
			NULL, 1U << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED)
			return mib > 64;
		memset(p, 1, 1U << 20);
	}
	return 2;
}

static void limits_memory(void **state)
{
	(void)state;
	assert_int_equal(inside(fill_memory), 0);
}

static int write_without_end(void)
{
	static const char text[4096];
	int fd = open("endless", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	while (write(fd, text, sizeof(text)) > 0)
		;
	return 1;
}

static void limits_files(void **state)
{
	(void)state;
	assert_int_equal(inside(write_without_end), -SIGXFSZ);
	assert_false(exists("endless"));
}

static int try_privileges(void)
{
	if (chroot("/") == 0 || sethostname("x", 1) == 0)
		return 1;
	if (put("/proc/sys/kernel/core_pattern") == 0 || put("/sys/power/state") == 0)
		return 3;
	return mount("none", "/tmp", "tmpfs", 0, NULL) == 0 ? 2 : 0;
}

static void has_no_privileges(void **state)
{
	(void)state;
	assert_int_equal(inside(try_privileges), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_the_working_folder),
		cmocka_unit_test(writes_nowhere_else),
		cmocka_unit_test(tells_when_files_are_as_before),
		cmocka_unit_test(tells_what_was_done_to_files),
		cmocka_unit_test(does_not_tell_what_is_too_much),
		cmocka_unit_test(kills_nobody),
		cmocka_unit_test(limits_processes),
		cmocka_unit_test(leaves_nobody),
		cmocka_unit_test(ends_with_its_caller),
		cmocka_unit_test(tells_the_status),
		cmocka_unit_test(tells_that_the_keeper_was_killed),
		cmocka_unit_test(has_no_network),
		cmocka_unit_test(limits_memory),
		cmocka_unit_test(limits_files),
		cmocka_unit_test(has_no_privileges),
	};
	char folder[] = "/tmp/upset-sandbox-XXXXXX";
	struct upset_error error = {0};
	int result;

	if (upset_sandbox_probe(&error) != 0) {
		fprintf(stderr, "skipped: %s\n", error.message);
		return SKIPPED;
	}
	if (mkdtemp(folder) == NULL || chdir(folder) != 0)
		return 1;
	result = cmocka_run_group_tests(tests, NULL, NULL);
	(void)unlink("kept");
	(void)unlink("text");
	(void)rmdir("folder");
	(void)chdir("/");
	(void)rmdir(folder);
	return result;
}
