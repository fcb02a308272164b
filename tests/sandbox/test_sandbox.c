/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What programs that destroy everything they can do from inside a sandbox:
 * nothing outside.  Skipped where the machine allows no sandboxes.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "sandbox/sandbox.h"
#include "tests/sandbox/inside.h"

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
	struct upset_sandbox_ending ending;
	int status_fd, status;
	pid_t keeper, pid = upset_sandbox_fork(&limits, &keeper, &status_fd, &error);

	(void)state;
	if (pid == 0)
		_exit(42);
	upset_sandbox_end(keeper, status_fd, &ending);
	status = ending.status;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 42);
	assert_int_equal(kill(keeper, 0), -1);
}

static void tells_that_the_keeper_was_killed(void **state)
{
	struct upset_error error = {0};
	struct upset_sandbox_ending ending;
	int status_fd, status;
	pid_t keeper, pid = upset_sandbox_fork(&limits, &keeper, &status_fd, &error);

	(void)state;
	if (pid == 0)
		for (;;)
			(void)pause();
	(void)kill(keeper, SIGKILL);
	upset_sandbox_end(keeper, status_fd, &ending);
	status = ending.status;
	assert_true(WIFSIGNALED(status));
	assert_string_equal(ending.files, "");
}

static atomic_bool enough;

static void *allocate(void *context)
{
	while (!enough) {
		void *volatile memory = malloc(100000);

		free(memory);
	}
	return context;
}

/* Its first process may allocate although another thread of the caller was doing so. */
static void begins_beside_threads(void **state)
{
	struct upset_error error = {0};
	pthread_t thread;

	(void)state;
#ifdef __SANITIZE_ADDRESS__
	/* Its allocator may be locked in the child of a process with several threads. */
	skip();
#endif
	(void)mallopt(M_ARENA_MAX, 1);
	assert_int_equal(pthread_create(&thread, NULL, allocate, NULL), 0);
	for (int i = 0; i < 100; i++) {
		struct upset_sandbox_ending ending;
		int status_fd;
		pid_t keeper, pid = upset_sandbox_fork(&limits, &keeper, &status_fd, &error);

		if (pid == 0)
			_exit(malloc(100000) == NULL);
		upset_sandbox_end(keeper, status_fd, &ending);
		assert_int_equal(ending.status, 0);
		assert_string_not_equal(ending.files, "");
	}
	enough = true;
	(void)pthread_join(thread, NULL);
}

/* --- where there is none ---------------------------------------------------------------------- */

/* As another user than root, with something mounted below /tmp: 0, or what cannot be done. */
static int try_with_mount(const char *folder)
{
	struct upset_error error = {0};

	if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
		mount("tmpfs", folder, "tmpfs", 0, NULL) != 0 || chdir("/") != 0 ||
		setresgid(65534, 65534, 65534) != 0 || setresuid(65534, 65534, 65534) != 0 ||
		prctl(PR_SET_DUMPABLE, 1) != 0)
		return 77;
	if (upset_sandbox_probe(&error) == 0)
		return 1;
	return strstr(error.message, "mounts below it") != NULL ? 0 : 2;
}

static void says_what_is_in_the_way(void **state)
{
	char folder[] = "/tmp/upset-test-XXXXXX";
	int status = 0;
	pid_t pid;

	(void)state;
	assert_non_null(mkdtemp(folder));
	pid = fork();
	if (pid == 0)
		_exit(try_with_mount(folder));
	(void)waitpid(pid, &status, 0);
	assert_int_equal(rmdir(folder), 0);
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(status, 0);
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
	for (unsigned int mib = 0; mib < 4096; mib++) {
		char *p = mmap(
			NULL, 1U << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED)
			return 1;
		memset(p, 1, 1U << 20);
	}
	return 2;
}

static void limits_memory(void **state)
{
	(void)state;
	assert_int_equal(inside(fill_memory), -SIGKILL);
	assert_int_equal(obstacle, UPSET_OBSTACLE_MEMORY);
}

static int end_parent(void)
{
	if (kill(getppid(), SIGXCPU) != 0)
		return 1;
	for (;;)
		(void)pause();
}

/* As of a scheduler, long before the limit of the sandbox. */
static void signals_of_others_are_no_limits(void **state)
{
	(void)state;
	assert_int_equal(inside(end_parent), -1000);
	assert_int_equal(obstacle, UPSET_OBSTACLE_NONE);
}

static const size_t terabyte = (size_t)1 << 40;

static int reserve_memory(void)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
	char *none = mmap(NULL, terabyte, PROT_NONE, flags, -1, 0);
	char *p = mmap(NULL, terabyte, PROT_READ | PROT_WRITE, flags, -1, 0);

	if (none == MAP_FAILED || p == MAP_FAILED)
		return 1;
	p[terabyte / 2] = 1;
	/* It is looked at meanwhile. */
	(void)usleep(100000);
	return munmap(p, terabyte) != 0;
}

static void reserves_what_it_likes(void **state)
{
	(void)state;
	if (reserve_memory() != 0)
		skip();
	assert_int_equal(inside(reserve_memory), 0);
	assert_int_equal(obstacle, UPSET_OBSTACLE_NONE);
}

static void limits_follow_the_golden_run(void **state)
{
	const struct upset_limits nothing = {0}, asked = {.file_bytes = 5, .processes = 7};
	const struct upset_limits needed = {
		.memory_bytes = 3ULL << 40, .file_bytes = 100, .cpu_seconds = 1000};
	struct upset_limits l = upset_sandbox_limits_for(&nothing, NULL);

	(void)state;
	assert_true(l.memory_bytes == 0 && l.file_bytes == 0 && l.cpu_seconds == 0);
	assert_int_equal(l.processes, 512);
	l = upset_sandbox_limits_for(&nothing, &nothing);
	assert_int_equal(l.memory_bytes, 4ULL << 30);
	assert_int_equal(l.file_bytes, 64ULL << 20);
	assert_int_equal(l.cpu_seconds, 600);
	l = upset_sandbox_limits_for(&nothing, &needed);
	assert_int_equal(l.memory_bytes, 6ULL << 40);
	assert_int_equal(l.file_bytes, 64ULL << 20);
	assert_int_equal(l.cpu_seconds, 100000);
	l = upset_sandbox_limits_for(&asked, &needed);
	assert_int_equal(l.file_bytes, 5);
	assert_int_equal(l.processes, 7);
	l = upset_sandbox_limits_for(&asked, NULL);
	assert_int_equal(l.file_bytes, 5);
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

static void on_alarm(int number)
{
	(void)number;
}

static void set_alarm(suseconds_t us)
{
	const struct itimerval every = {{.tv_usec = us}, {.tv_usec = us}};

	assert_int_equal(setitimer(ITIMER_REAL, &every, NULL), 0);
}

/* Handlers in the process outside that cut system calls short change nothing. */
static void starts_amid_signals(void **state)
{
	const struct sigaction action = {.sa_handler = on_alarm};
	struct upset_error error = {0};
	int rc = 0;

	(void)state;
	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
	set_alarm(700);
	for (unsigned int i = 0; rc == 0 && i < 30; i++)
		rc = upset_sandbox_probe(&error);
	set_alarm(0);
	if (rc != 0)
		fail_msg("%s", error.message);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_the_working_folder),
		cmocka_unit_test(writes_nowhere_else),
		cmocka_unit_test(kills_nobody),
		cmocka_unit_test(limits_processes),
		cmocka_unit_test(leaves_nobody),
		cmocka_unit_test(ends_with_its_caller),
		cmocka_unit_test(tells_the_status),
		cmocka_unit_test(tells_that_the_keeper_was_killed),
		cmocka_unit_test(begins_beside_threads),
		cmocka_unit_test(says_what_is_in_the_way),
		cmocka_unit_test(has_no_network),
		cmocka_unit_test(limits_memory),
		cmocka_unit_test(signals_of_others_are_no_limits),
		cmocka_unit_test(reserves_what_it_likes),
		cmocka_unit_test(limits_follow_the_golden_run),
		cmocka_unit_test(limits_files),
		cmocka_unit_test(has_no_privileges),
		cmocka_unit_test(starts_amid_signals),
	};

	return inside_begin() ? inside_end(cmocka_run_group_tests(tests, NULL, NULL)) : SKIPPED;
}
