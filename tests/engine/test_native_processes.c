/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The engine `native` with threads, children, exec, output, files, and when it is stopped. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "isa/x86/x86.h"
#include "tests/engine/run.h"

static const char hello_sha256[] =
	"5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
static const char empty_sha256[] =
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/* test, jz, mov, five times dec and jnz, three to exit: 16, dec at 3, 5, .. 11. */
static void counts_threads(void **state)
{
	struct upset_profile *profile = run_guest("thread", NULL);
	const struct upset_profile_insn *dec = find_insn(profile, "dec ecx");

	(void)state;
	assert_int_equal(profile->run.seen.status, 0);
	assert_int_equal(profile->thread_count, 3);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(profile->threads[i].number, i);
	assert_int_equal(profile->threads[1].instructions, 16);
	assert_int_equal(profile->threads[2].instructions, 16);
	assert_int_equal(dec->executions, 10);
	assert_int_equal(dec->first_index, 3);
	assert_int_equal(dec->last_index, 11);
	assert_row(dec, UPSET_READ, X86_RCX, 10, "0:6 1:4 2:4"); /* 5 4 3 2 1, twice */
	assert_int_equal(syscalls_of(profile, 56), 2);
	assert_int_equal(syscalls_of(profile, 60), 3);
	assert_int_equal(profile->run.children_not_counted, 0);
	upset_profile_free(profile);
}

/* 5 + 5 + 2 + 6 + 1 + 2 * 8 + 3 instructions of the parent. */
static void leaves_children_alone(void **state)
{
	struct upset_profile *profile = run_guest("fork", NULL);

	(void)state;
	assert_int_equal(profile->run.seen.status, 9);
	assert_int_equal(profile->instructions, 38);
	assert_int_equal(syscalls_of(profile, 35), 1);
	assert_int_equal(profile->thread_count, 1);
	assert_int_equal(profile->run.children_not_counted, 2);
	assert_int_equal(profile->run.seen.out.bytes, 12);
	assert_int_equal(count_insns(profile, "dec ecx"), 0);
	upset_profile_free(profile);
}

static void counts_up_to_exec(void **state)
{
	struct upset_profile *profile = run_guest("exec", "/bin/false");

	(void)state;
	assert_int_equal(profile->run.seen.end, UPSET_END_EXEC);
	assert_int_equal(profile->run.seen.status, 1);
	assert_int_equal(profile->instructions, 5);
	assert_int_equal(syscalls_of(profile, 59), 1);
	upset_profile_free(profile);

	profile = run_guest("exec", "/no such program");
	assert_int_equal(profile->run.seen.end, UPSET_END_EXITED);
	assert_int_equal(profile->instructions, 8);
	upset_profile_free(profile);
}

/* Without randomised addresses the stack is at the same place in every run. */
static void repeats_addresses(void **state)
{
	struct upset_profile *first, *second;
	const struct upset_tally *row;
	uint64_t address;

	(void)state;
	if (personality(ADDR_NO_RANDOMIZE) < 0)
		skip();
	(void)personality(0);
	first = run_guest("exec", "/no such program");
	second = run_guest("exec", "/no such program");
	row = find_row(first->insns[0], UPSET_READ, UPSET_MEMORY);
	address = row->address_min;
	row = find_row(second->insns[0], UPSET_READ, UPSET_MEMORY);
	assert_true(address != 0 && row->address_min == address);
	assert_int_equal(first->pages[0].region, UPSET_REGION_STACK);
	upset_profile_free(first);
	upset_profile_free(second);
}

/* An ELF file that the kernel begins to load and cannot: a segment smaller than its contents. */
static void write_unloadable(const char *path)
{
	const struct {
		Elf64_Ehdr header;
		Elf64_Phdr segment;
	} file = {
		.header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
				   EV_CURRENT},
			.e_type = ET_EXEC,
			.e_machine = EM_X86_64,
			.e_version = EV_CURRENT,
			.e_phoff = sizeof(Elf64_Ehdr),
			.e_ehsize = sizeof(Elf64_Ehdr),
			.e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = 1},
		.segment = {.p_type = PT_LOAD, .p_filesz = 100, .p_align = 4096},
	};
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	assert_int_equal(write(fd, &file, sizeof(file)), sizeof(file));
	assert_int_equal(fchmod(fd, 0700), 0);
	close(fd);
}

static void expect_failure(const char *path, int result, const char *message)
{
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_COUNTS);
	char *arguments[] = {(char *)(uintptr_t)path, NULL}, *environment[] = {NULL};
	struct upset_error error = {0};
	struct upset_stop stop = {0};
	const struct upset_golden_request request = {
		.target = {.isa = upset_isa_at(0),
			.program = path,
			.arguments = arguments,
			.environment = environment,
			.in_fd = -1},
		.out_fd = -1,
		.err_fd = -1,
		.stop = &stop,
	};

	assert_int_equal(upset_engine_native.golden(&request, profile, &error), result);
	assert_int_equal(error.code, -result);
	if (strstr(error.message, message) == NULL)
		fail_msg("'%s' is not in '%s'", message, error.message);
	upset_profile_free(profile);
}

static void says_what_cannot_be_run(void **state)
{
	char path[] = "/tmp/upset-test-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	expect_failure("/no/such/program", -ENOENT, "there is no program");
	expect_failure("/etc/passwd", -EACCES, "not executable");
	write_unloadable(path);
	expect_failure(path, -ENOEXEC, path);
	assert_int_equal(unlink(path), 0);
}

static void collects_output_and_files(void **state)
{
	char path[] = "/tmp/upset-test-XXXXXX", text[16] = "";
	int fd = mkstemp(path), out = memfd_create("out", MFD_CLOEXEC);
	const struct guest_run run = {
		.name = "hello", .argument = path, .detail = UPSET_DETAIL_COUNTS, .out_fd = out};
	struct upset_profile *profile = run_guest_with(&run);

	(void)state;
	assert_int_equal(profile->run.seen.out.bytes, 6);
	assert_string_equal(profile->run.seen.out.sha256, hello_sha256);
	assert_int_equal(profile->run.seen.err.bytes, 0);
	assert_string_equal(profile->run.seen.err.sha256, empty_sha256);
	assert_int_equal(pread(out, text, sizeof(text) - 1, 0), 6);
	assert_string_equal(text, "hello\n");
	assert_int_equal(profile->run.file_count, 1);
	assert_string_equal(profile->run.files[0].path, path);
	assert_string_equal(profile->run.files[0].sha256, hello_sha256);
	assert_true(profile->run.peak_memory_bytes > 0);
	assert_true(profile->run.seen.host_time_ns > 0);
	upset_profile_free(profile);
	close(out);
	close(fd);
	assert_int_equal(unlink(path), 0);
}

static void stop_now(void *context, uint64_t instructions)
{
	if (instructions > 100)
		atomic_store(&((struct upset_stop *)context)->reason, 1);
}

/* A jump to itself does not move the program counter, and is counted all the same. */
static void stops_a_busy_program(void **state)
{
	struct upset_stop stop = {0};
	const struct guest_run run = {.name = "spin",
		.detail = UPSET_DETAIL_FULL,
		.out_fd = -1,
		.progress = stop_now,
		.stop = &stop};
	struct upset_profile *profile = run_guest_with(&run);

	(void)state;
	assert_int_equal(profile->run.seen.end, UPSET_END_INTERRUPTED);
	assert_int_equal(profile->insn_count, 2);
	assert_true(profile->insns[1]->executions > 100);
	assert_int_equal(profile->insns[1]->taken, profile->insns[1]->executions);
	assert_int_equal(profile->instructions, profile->insns[1]->executions + 1);
	assert_int_equal(all_signals(profile), 0);
	upset_profile_free(profile);
}

static void *stop_later(void *stop)
{
	usleep(200000);
	atomic_store(&((struct upset_stop *)stop)->reason, 1);
	return NULL;
}

static void stops_a_waiting_program(void **state)
{
	struct upset_stop stop = {0};
	const struct guest_run run = {.name = "spin",
		.argument = "wait",
		.detail = UPSET_DETAIL_FULL,
		.out_fd = -1,
		.stop = &stop};
	struct upset_profile *profile;
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, stop_later, &stop), 0);
	profile = run_guest_with(&run);
	pthread_join(thread, NULL);
	assert_int_equal(profile->run.seen.end, UPSET_END_INTERRUPTED);
	assert_int_equal(profile->instructions, 4);
	assert_int_equal(syscalls_of(profile, 34), 1);
	upset_profile_free(profile);
}

/* After all of the above: no process, no pinning. */
static void leaves_nothing_behind(void **state)
{
	const cpu_set_t *before = *state;
	cpu_set_t now;

	assert_int_equal(waitpid(-1, NULL, WNOHANG | __WALL), -1);
	assert_int_equal(sched_getaffinity(0, sizeof(now), &now), 0);
	assert_true(CPU_EQUAL(&now, before));
}

static void probes(void **state)
{
	struct upset_engine_info info;

	(void)state;
	assert_int_equal(upset_engine_native.probe(upset_isa_at(0), &info), 0);
	assert_non_null(strstr(info.detail, "single step"));
	assert_string_not_equal(info.version, "");
}

int main(int argc, char **argv)
{
	cpu_set_t before;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_threads),
		cmocka_unit_test(leaves_children_alone),
		cmocka_unit_test(counts_up_to_exec),
		cmocka_unit_test(repeats_addresses),
		cmocka_unit_test(says_what_cannot_be_run),
		cmocka_unit_test(collects_output_and_files),
		cmocka_unit_test(stops_a_busy_program),
		cmocka_unit_test(stops_a_waiting_program),
		cmocka_unit_test(probes),
		cmocka_unit_test_prestate(leaves_nothing_behind, &before),
	};

	if (argc != 2 || sched_getaffinity(0, sizeof(before), &before) != 0)
		return 2;
	if (!can_trace())
		return 77; /* Meson: skipped */
	guest_folder = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
