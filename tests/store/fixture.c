/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The profile made by hand: see fixture.h. */
#include "tests/store/fixture.h"
#include "isa/x86/x86.h"

#include <ftw.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

static char folder[64];

void fixture_enter(void)
{
	(void)snprintf(folder, sizeof(folder), "/tmp/upset-test-XXXXXX");
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
	(void)status;
	(void)kind;
	(void)walk;
	return remove(path);
}

void fixture_leave(void)
{
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS), 0);
}

int fixture_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	fixture_enter();
	fixture_init(f, UPSET_DETAIL_FULL);
	*state = f;
	return 0;
}

int fixture_teardown(void **state)
{
	fixture_leave();
	free(*state);
	return 0;
}

static void add_insn(struct fixture *f, unsigned int i, const char *bytes, size_t size,
	uint64_t address, uint32_t module)
{
	struct upset_profile_insn *insn = &f->insn[i];

	assert_int_equal(
		upset_isa_decode(&upset_isa_x86_64, &insn->insn, 0,
			address + f->modules[module].load_bias, (const uint8_t *)bytes, size),
		0);
	insn->module = module;
	insn->mapping = module;
	insn->address = address;
	insn->executions = 100 + i;
	insn->first_index = 10 + i;
	insn->last_index = 1000 + i;
	insn->repeats = 5 + i;
	insn->taken = 40 + i;
	insn->tallies = f->tallies[i];
	f->insns[i] = insn;
}

/* Row n of instruction i: 100 + i samples, bit b was 1 in (b + n) % 7 of them. */
static void add_tallies(struct fixture *f, unsigned int i)
{
	const struct upset_insn *insn = &f->insn[i].insn;

	for (unsigned int n = 0; n < insn->operand_count; n++) {
		struct upset_tally *tally = &f->tallies[i][n];

		tally->samples = 100 + i;
		tally->address_min = 1;
		if (f->profile.detail != UPSET_DETAIL_COUNTS)
			tally->ones = f->ones[i][n];
		for (unsigned int bit = 0; bit < insn->operands[n].bits; bit++)
			f->ones[i][n][bit] = (bit + n) % 7;
		if (insn->operands[n].resource == UPSET_MEMORY) {
			tally->address_min = 0xffffffffff600000;
			tally->address_max = 0xffffffffff600007;
		}
	}
}

static void fill_run(struct upset_run *run, struct fixture *f)
{
	static char engine[] = "native", version[] = "1.2.3";

	f->files[0] = (struct upset_written_file){
		.path = f->modules[1].path, .bytes = 77, .exists = true};
	memset(f->files[0].sha256, 'a', 64);
	f->files[1] = (struct upset_written_file){.path = f->modules[0].path, .exists = false};
	*run = (struct upset_run){.engine = engine,
		.engine_version = version,
		.detail = f->profile.detail,
		.seen.end = UPSET_END_SIGNALED,
		.seen.status = 11,
		.seen.out = {.bytes = 3},
		.seen.err = {.bytes = 4},
		.files = f->files,
		.file_count = 2,
		.peak_memory_bytes = 5000000,
		.seen.host_time_ns = 6000000000,
		.children_not_counted = 7,
		.lost = 8};
	memset(run->seen.out.sha256, 'b', 64);
	memset(run->seen.err.sha256, 'c', 64);
}

static void fill_registers(struct upset_profile *p)
{
	for (unsigned int id = 0; id < X86_RESOURCES; id++) {
		p->registers[id].live_share = p->detail == UPSET_DETAIL_FULL ? 0.1 : NAN;
		for (unsigned int part = 0; part < UPSET_LIVE_PARTS; part++)
			p->live[id][part] = id + 100 * part;
	}
	p->registers[X86_RBX].reads = UINT64_C(5000000000);
	p->registers[X86_RBX].writes = 20;
	p->registers[X86_RBX].read_ones[0] = UINT64_C(4999999999);
	p->registers[X86_RBX].read_ones[63] = 1;
	p->registers[X86_RBX].write_ones[1] = 20;
}

static void fill_tables(struct fixture *f)
{
	struct upset_profile *p = &f->profile;

	f->blocks[0] = (struct upset_block){0, 2, 5, 100};
	f->blocks[1] = (struct upset_block){2, 1, 4, 102};
	f->pages[0] = (struct upset_page){0x1000, 1, 2, 3, 4, UPSET_REGION_DATA};
	f->pages[1] = (struct upset_page){0x7fff0000, 5, 6, 7, 8, UPSET_REGION_STACK};
	f->threads[0] = (struct upset_thread){0, 250};
	f->threads[1] = (struct upset_thread){1, 53};
	f->syscalls[0] = (struct upset_number_count){1, 9};
	f->syscalls[1] = (struct upset_number_count){99999, 1};
	f->signals[0] = (struct upset_number_count){11, 1};
	p->blocks = f->blocks, p->block_count = 2;
	p->pages = f->pages, p->page_count = 2;
	p->threads = f->threads, p->thread_count = 2;
	p->syscalls = f->syscalls, p->syscall_count = 2;
	p->signals = f->signals, p->signal_count = 1;
	p->instructions = 303;
	p->calls = 12;
	p->branches = 101;
	p->block_executions = 202;
	p->region_bytes_read[UPSET_REGION_DATA] = 3;
	p->region_bytes_written[UPSET_REGION_STACK] = 8;
}

static void fill_provenance(struct fixture *f)
{
	static char program[] = "/opt/my program", home[] = "/home", host[] = "Linux 6",
		    cpu[] = "CPU";
	static char zero[] = "prog", one[] = HOSTILE, environment_0[] = "A=1";
	static char *const arguments[] = {zero, one, NULL};
	static char *const environment[] = {environment_0, NULL};

	f->inputs[0] = (struct upset_input_file){.position = 0, .path = home, .bytes = 1};
	f->inputs[1] = (struct upset_input_file){.position = 1, .path = one, .bytes = 2};
	memset(f->inputs[0].sha256, 'd', 64);
	memset(f->inputs[1].sha256, 'e', 64);
	f->provenance = (struct upset_provenance){.program = program,
		.arguments = arguments,
		.environment = environment,
		.folder = home,
		.host_system = host,
		.host_cpu = cpu,
		.upset_version = "9.9",
		.started = "2026-01-02T03:04:05.678Z",
		.ended = "2026-01-02T03:04:11.678Z",
		.inputs = f->inputs,
		.input_count = 2};
	memset(f->provenance.program_sha256, 'f', 64);
}

void fixture_init(struct fixture *f, enum upset_detail detail)
{
	static char first[] = "/opt/my program", second[] = "/lib/" HOSTILE, sha[] = "12ab";
	static char id[] = "cafe";

	*f = (struct fixture){.profile = {.isa = &upset_isa_x86_64, .detail = detail}};
	f->modules[0] = (struct upset_module){first, sha, id, 0x555500000000};
	f->modules[1] = (struct upset_module){second, NULL, NULL, 0};
	f->mappings[0] = (struct upset_mapping){
		0x1000, 0x3000, 0x200, UPSET_REGION_CODE, true, false, true, first};
	f->mappings[1] = (struct upset_mapping){
		0x5000, 0x6000, 0, UPSET_REGION_HEAP, true, true, false, second};
	add_insn(f, 0, "\x48\x01\xd8", 3, 0x1000, 0);	  /* add rax, rbx */
	add_insn(f, 1, "\x74\xfe", 2, 0x1003, 0);	  /* jz to itself */
	add_insn(f, 2, "\x48\x8b\x04\x24", 4, 0x2000, 1); /* mov rax, [rsp] */
	f->profile.modules = f->modules, f->profile.module_count = 2;
	f->profile.mappings = f->mappings, f->profile.mapping_count = 2;
	f->profile.insns = f->insns, f->profile.insn_count = 3;
	for (unsigned int i = 0; i < 3; i++)
		add_tallies(f, i);
	fill_run(&f->profile.run, f);
	fill_registers(&f->profile);
	fill_tables(f);
	fill_provenance(f);
}

void fixture_lookup(void *context, const struct upset_module *module, uint64_t address,
	struct upset_store_symbol *symbol)
{
	(void)context;
	*symbol = (struct upset_store_symbol){.function = address == 0x1000 ? "main" : HOSTILE,
		.file = module->build_id != NULL ? "/src/main.c" : NULL,
		.line = module->build_id != NULL ? (unsigned int)address : 0};
}

int64_t fixture_store(struct fixture *f, const char *path)
{
	struct upset_error error = {0};
	struct upset_store *store;
	int64_t run = 0;

	if (upset_store_create(&store, path, &error) != 0 ||
		upset_store_add_run(store, &f->provenance, &f->profile, fixture_lookup, NULL, &run,
			&error) != 0)
		fail_msg("%s", error.message);
	upset_store_close(store);
	return run;
}

const char *fixture_value(const char *path, const char *sql)
{
	static char value[1 << 16];
	sqlite3_stmt *statement;
	sqlite3 *db;

	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	value[0] = '\0';
	if (sqlite3_step(statement) == SQLITE_ROW &&
		sqlite3_column_type(statement, 0) != SQLITE_NULL)
		assert_true((size_t)snprintf(value, sizeof(value), "%s",
				    sqlite3_column_text(statement, 0)) < sizeof(value));
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return value;
}

void fixture_run_sql(const char *path, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

void fixture_check(const struct fixture_expected *expected, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *value = fixture_value("s.upset", expected[i].sql);

		if (strcmp(value, expected[i].value) != 0)
			fail_msg("%s: '%s', expected '%s'", expected[i].sql, value,
				expected[i].value);
	}
}

static void add_without_space(
	int (*add)(struct upset_store *, void *, struct upset_error *), void *context)
{
	struct upset_error error = {0};
	struct upset_store *store;
	struct stat status;
	struct rlimit limit;

	if (upset_store_create(&store, "s.upset", &error) != 0 || stat("s.upset", &status) != 0)
		_exit(1);
	limit.rlim_cur = limit.rlim_max = (rlim_t)status.st_size + 16384;
	if (setrlimit(RLIMIT_FSIZE, &limit) != 0 || signal(SIGXFSZ, SIG_IGN) == SIG_ERR)
		_exit(2);
	if (add(store, context, &error) >= 0)
		_exit(3);
	if (strstr(error.message, "s.upset") == NULL)
		_exit(4);
	upset_store_close(store);
	_exit(0);
}

void fixture_check_full(
	int (*add)(struct upset_store *store, void *context, struct upset_error *error),
	void *context)
{
	pid_t child = fork();
	int status;

	if (child == 0)
		add_without_space(add, context);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}
