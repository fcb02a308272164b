/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the patched QEMU offers to plugins, tried on any instruction set; run.sh says what
 * is expected.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib.h>
#include <qemu-plugin.h>

#include "registers.h"

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

enum {
	KEPT = 16,    /* bytes of a register */
	ACCESSES = 8, /* that are kept of an instruction */
	COPIES = 64,
	BLOCKS = 4096,
	AT_FLAGS = REGISTERS * KEPT, /* in a record */
	AT_ACCESSES = AT_FLAGS + 8,  /* value, high half, address of each */
	RECORD = AT_ACCESSES + ACCESSES * 24,
	SITE_EVERY = 13,
	FLIPPED = 16, /* registers, the general ones */
	LINKS = 2 * BLOCKS,
};

struct insn {
	uint64_t address;
	size_t accesses, bytes[ACCESSES];
};

struct block {
	uint64_t fall; /* address behind it */
	unsigned int taken;
	uint64_t went[2]; /* where to by each way out; 0: never */
	size_t count;
	struct insn insn[];
};

/* Where the base points to. */
static struct base {
	char *cursor, *limit; /* adjacent */
	uint64_t left, current, way;
	char record[RECORD];
} base;

static unsigned int block_count, copy;
static struct block *blocks[BLOCKS];
static const char *target, *check = "record";
static uint64_t step, copies, flips, sites, ahead;
static uint64_t given, singly, checked, leaves, made, changed, ticks;
static bool leaving, in_copy, took_call_back;
static uint64_t *executed_by; /* of each copy, shared with it */

/* What the first copy has, shared with it: blocks that it translated, and all links. */
static struct {
	size_t block_count, link_count;
	struct {
		uint64_t first, last;
	} blocks[BLOCKS];
	struct qemu_plugin_link links[LINKS];
} * first_copy;

/* --- what is recorded inline against what callbacks read ---------------------------------- */

static void check_register(const struct reg *r, uint64_t address)
{
	const char *kept = base.record + (size_t)(r - registers) * KEPT;
	const void *now = qemu_plugin_storage_ptr(0, r->storage);
	g_autoptr(GByteArray) gdb = g_byte_array_new();

	checked++;
	if (memcmp(kept, now, r->size) != 0)
		complain(r->name, address, *(const uint64_t *)kept, *(const uint64_t *)now);
	if (qemu_plugin_read_register(r->gdb, gdb) < (int)r->size ||
		memcmp(gdb->data, now, r->size) != 0)
		complain("gdb's register", address, (uint64_t)(r - registers),
			*(const uint64_t *)now);
}

static void check_before(unsigned int vcpu, void *userdata)
{
	const struct insn *insn = userdata;
	uint64_t flags;

	(void)vcpu;
	for (unsigned int i = 0; i < register_count; i++)
		check_register(&registers[i], insn->address);
	memcpy(&flags, base.record + AT_FLAGS, sizeof(flags));
	checked++;
	if (flags != qemu_plugin_read_flags())
		complain("flags", insn->address, flags, qemu_plugin_read_flags());
}

/* What was accessed last at its address is what lies there. */
static void check_after(unsigned int vcpu, void *userdata)
{
	const struct insn *insn = userdata;
	uint64_t words[3], last = 0;

	(void)vcpu;
	for (size_t k = insn->accesses; k-- > 0;) {
		g_autoptr(GByteArray) bytes = g_byte_array_new();

		memcpy(words, base.record + AT_ACCESSES + k * 24, sizeof(words));
		if (words[2] == last)
			continue;
		last = words[2];
		checked++;
		if (!qemu_plugin_read_memory_vaddr(words[2], bytes, insn->bytes[k]) ||
			memcmp(bytes->data, words, insn->bytes[k]) != 0)
			complain("access", insn->address, words[0], words[2]);
	}
}

static void record_state(struct qemu_plugin_insn *insn)
{
	struct qemu_plugin_inline action = {.kind = QEMU_PLUGIN_INLINE_STATE};

	for (unsigned int i = 0; i < register_count; i++) {
		action.storage = registers[i].storage;
		for (size_t k = 0; k < registers[i].size; k += action.size) {
			action.size = registers[i].size < 8 ? (unsigned int)registers[i].size : 8;
			action.offset = (ptrdiff_t)((size_t)i * KEPT + k);
			action.storage_offset = k;
			qemu_plugin_insn_inline(insn, QEMU_PLUGIN_POINT_BEFORE, &action);
		}
	}
	action = (struct qemu_plugin_inline){
		.kind = QEMU_PLUGIN_INLINE_FLAGS, .size = 8, .offset = AT_FLAGS};
	qemu_plugin_insn_inline(insn, QEMU_PLUGIN_POINT_BEFORE, &action);
}

static void record_accesses(struct qemu_plugin_insn *insn, struct insn *to)
{
	to->accesses = qemu_plugin_insn_n_accesses(insn);
	if (to->accesses > ACCESSES)
		to->accesses = 0;
	for (size_t k = 0; k < to->accesses; k++) {
		ptrdiff_t at = (ptrdiff_t)(AT_ACCESSES + k * 24);

		to->bytes[k] = (size_t)1
			       << qemu_plugin_mem_size_shift(qemu_plugin_insn_access(insn, k));
		qemu_plugin_insn_inline_access(insn, k, at, at + 8, at + 16);
	}
}

static void record(struct qemu_plugin_insn *insn, struct insn *to)
{
	record_state(insn);
	record_accesses(insn, to);
	qemu_plugin_register_vcpu_point_cb(
		insn, QEMU_PLUGIN_POINT_BEFORE, check_before, QEMU_PLUGIN_CB_R_REGS, to);
	qemu_plugin_register_vcpu_point_cb(
		insn, QEMU_PLUGIN_POINT_AFTER, check_after, QEMU_PLUGIN_CB_R_REGS, to);
}

/* --- the two ways out of a block ---------------------------------------------------------- */

/* A block begins: how it was come to. */
static void arrive(unsigned int vcpu, void *userdata)
{
	const struct block *here = userdata;
	struct block *from = (struct block *)(uintptr_t)base.current; // NOLINT: as stored inline

	(void)vcpu;
	if (from != NULL && base.way < 2)
		from->went[base.way] = here->insn[0].address;
	base.way = 2;
}

static void watch_exits(struct qemu_plugin_tb *tb, struct block *block)
{
	struct qemu_plugin_insn *last = qemu_plugin_tb_get_insn(tb, block->count - 1);
	struct qemu_plugin_inline set = {.kind = QEMU_PLUGIN_INLINE_SET, .size = 8};

	qemu_plugin_register_vcpu_point_cb(qemu_plugin_tb_get_insn(tb, 0), QEMU_PLUGIN_POINT_BEFORE,
		arrive, QEMU_PLUGIN_CB_NO_REGS, block);
	block->taken = qemu_plugin_tb_taken_exit(tb) - QEMU_PLUGIN_POINT_EXIT0;
	for (unsigned int way = 0; way < 2; way++) {
		set.offset = offsetof(struct base, way);
		set.imm = way;
		qemu_plugin_insn_inline(last, QEMU_PLUGIN_POINT_EXIT0 + way, &set);
	}
}

/* Where a block was left in both ways, one of them went on behind it. */
static void check_exits(void)
{
	for (unsigned int i = 0; i < block_count; i++) {
		const struct block *b = blocks[i];

		if (b->went[0] == 0 || b->went[1] == 0)
			continue;
		checked++;
		if (b->went[!b->taken] != b->fall || b->went[b->taken] == b->fall)
			complain("ways out", b->insn[0].address, b->went[!b->taken], b->fall);
	}
}

/* --- budgets, leaving, copies, faults ------------------------------------------------------ */

static uint64_t executed(void)
{
	return given - base.left;
}

static void give(uint64_t insns)
{
	given += insns;
	base.left += insns;
}

/* Every other one through the gdb stub, which must come to the same. */
static void flip(const struct reg *r)
{
	uint64_t *now = qemu_plugin_storage_ptr(0, r->storage), value = *now ^ 1;
	g_autoptr(GByteArray) bytes = g_byte_array_new();

	if (copy % 2 == 0) {
		*now = value;
		return;
	}
	(void)qemu_plugin_read_register(r->gdb, bytes);
	bytes->data[0] ^= 1;
	if (qemu_plugin_write_register(r->gdb, bytes) <= 0 ||
		memcmp(now, &value, r->size < 8 ? r->size : 8) != 0)
		_exit(99);
}

static void begin_copy(void)
{
	int nowhere = open("/dev/null", O_WRONLY);

	in_copy = true;
	(void)dup2(nowhere, 1);
	(void)dup2(nowhere, 2);
	give(10000000);
	if (flips != 0)
		flip(&registers[copy % (register_count < FLIPPED ? register_count : FLIPPED)]);
}

static void note_link(const struct qemu_plugin_link *link, void *userdata)
{
	(void)userdata;
	if (first_copy->link_count < LINKS)
		first_copy->links[first_copy->link_count++] = *link;
}

/* It is one of those that the first copy told of. */
static void find_link(const struct qemu_plugin_link *link, void *userdata)
{
	for (size_t i = 0; i < first_copy->link_count; i++) {
		if (memcmp(&first_copy->links[i], link, sizeof(*link)) == 0)
			++*(size_t *)userdata;
	}
}

/* Translate and link what the first copy did: then all its links are here. */
static void go_ahead(void)
{
	size_t before = 0, after = 0;

	qemu_plugin_links(find_link, &before);
	for (size_t i = 0; i < first_copy->link_count; i++)
		qemu_plugin_vcpu_link(&first_copy->links[i]);
	for (size_t i = 0; i < first_copy->block_count; i++)
		(void)qemu_plugin_vcpu_translate(
			first_copy->blocks[i].first, first_copy->blocks[i].last);
	for (size_t i = 0; i < first_copy->link_count; i++)
		qemu_plugin_vcpu_link(&first_copy->links[i]);
	qemu_plugin_links(find_link, &after);
	checked++;
	if (before >= after || after != first_copy->link_count)
		complain("links", before, after, first_copy->link_count);
}

/* Outside of translated code: copy, and let the copy end before going on. */
static void at_boundary(unsigned int vcpu, void *userdata)
{
	int status;
	pid_t pid;

	(void)vcpu;
	(void)userdata;
	if (in_copy)
		_exit(98); /* it does not end */
	if (made == copies) {
		give(UINT64_MAX / 4);
		return;
	}
	copy = (unsigned int)made++;
	pid = qemu_plugin_vcpu_fork();
	if (pid == 0) {
		begin_copy();
		return;
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid ||
		(WIFEXITED(status) && WEXITSTATUS(status) == 99))
		complain("copy", copy, (uint64_t)pid, 0);
	if (ahead && made == 1)
		go_ahead();
	give(step);
}

static void out_of_budget(unsigned int vcpu, void *userdata)
{
	(void)vcpu;
	(void)userdata;
	leaving = true;
	qemu_plugin_vcpu_leave((unsigned int)base.left, at_boundary, NULL);
}

static void nothing(unsigned int vcpu, void *userdata)
{
	(void)vcpu;
	(void)userdata;
}

/* The second instruction of a block: now and then, leave in front of it. */
static void at_site(unsigned int vcpu, void *userdata)
{
	const struct block *block = userdata;

	(void)vcpu;
	if (++leaves % SITE_EVERY != 0)
		return;
	base.left += block->count - 1;
	leaving = true;
	qemu_plugin_vcpu_leave(0, nothing, NULL);
}

static void one_more(unsigned int vcpu, void *userdata)
{
	(void)vcpu;
	(void)userdata;
	singly++;
}

/* Of the block's instructions those from @pc on were not executed. */
static void unwind(qemu_plugin_id_t id, unsigned int vcpu, uint64_t pc)
{
	const struct block *block =
		(struct block *)(uintptr_t)base.current; // NOLINT: as stored inline
	size_t done = 0;

	(void)id;
	(void)vcpu;
	took_call_back = false;
	if (leaving || block == NULL) {
		leaving = false;
		return;
	}
	while (done < block->count && block->insn[done].address != pc)
		done++;
	base.left += block->count - done;
	took_call_back = done == block->count - 1;
}

/* A system call has been executed, whatever the unwinding said of it. */
static void on_syscall(qemu_plugin_id_t id, unsigned int vcpu, int64_t num, uint64_t a1,
	uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5, uint64_t a6, uint64_t a7, uint64_t a8)
{
	(void)id, (void)vcpu, (void)num, (void)a1, (void)a2, (void)a3, (void)a4;
	(void)a5, (void)a6, (void)a7, (void)a8;
	if (took_call_back)
		base.left--;
	took_call_back = false;
}

static bool answer_ticks(unsigned int vcpu, uint64_t *value)
{
	(void)vcpu;
	*value = ticks += 1000;
	return true;
}

/* --- translation ---------------------------------------------------------------------------- */

static void full(unsigned int vcpu, void *userdata)
{
	(void)vcpu;
	(void)userdata;
	base.cursor = base.record;
}

static struct block *new_block(struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb);
	struct block *block = calloc(1, sizeof(*block) + n * sizeof(block->insn[0]));
	struct qemu_plugin_insn *last = qemu_plugin_tb_get_insn(tb, n - 1);

	if (block == NULL || block_count == BLOCKS)
		abort();
	blocks[block_count++] = block;
	if (in_copy && copy == 0) {
		first_copy->blocks[first_copy->block_count].first =
			qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, 0));
		first_copy->blocks[first_copy->block_count++].last =
			qemu_plugin_insn_vaddr(last) + qemu_plugin_insn_size(last) - 1;
	}
	block->count = n;
	block->fall = qemu_plugin_insn_vaddr(last) + qemu_plugin_insn_size(last);
	for (size_t i = 0; i < n; i++)
		block->insn[i].address = qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, i));
	return block;
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	bool records = strcmp(check, "record") == 0, counts = strcmp(check, "copies") == 0;
	struct block *block = new_block(tb);
	struct qemu_plugin_record begin = {.clock = -1,
		.insns = block->count,
		.cursor = records ? 0 : -1,
		.step = RECORD,
		.budget = counts ? (ptrdiff_t)offsetof(struct base, left) : -1,
		.full = counts ? out_of_budget : full};
	struct qemu_plugin_inline set = {.kind = QEMU_PLUGIN_INLINE_SET,
		.size = 8,
		.offset = offsetof(struct base, current),
		.imm = (int64_t)(uintptr_t)block};

	(void)id;
	if (register_count == 0)
		find_registers(target);
	if (qemu_plugin_tb_mode(tb) != 0)
		complain("mode", block->fall, qemu_plugin_tb_mode(tb), 0);
	qemu_plugin_tb_record(tb, &begin);
	if (strcmp(check, "exits") == 0)
		watch_exits(tb, block);
	if (counts && sites != 0 && block->count > 2)
		qemu_plugin_register_vcpu_point_cb(qemu_plugin_tb_get_insn(tb, 1),
			QEMU_PLUGIN_POINT_BEFORE, at_site, QEMU_PLUGIN_CB_RW_REGS, block);
	for (size_t i = 0; i < block->count; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		if (i == 0)
			qemu_plugin_insn_inline(insn, QEMU_PLUGIN_POINT_BEFORE, &set);
		if (records)
			record(insn, &block->insn[i]);
		if (counts)
			qemu_plugin_register_vcpu_point_cb(insn, QEMU_PLUGIN_POINT_BEFORE, one_more,
				QEMU_PLUGIN_CB_NO_REGS, NULL);
	}
}

/* --- beginning and end ------------------------------------------------------------------------ */

static void begin(qemu_plugin_id_t id, unsigned int vcpu)
{
	(void)id;
	base.cursor = base.record;
	base.limit = base.record + RECORD;
	base.way = 2;
	given = base.left = copies > 0 ? step : UINT64_MAX / 4;
	qemu_plugin_vcpu_set_base(vcpu, &base);
}

static void end(qemu_plugin_id_t id, void *userdata)
{
	(void)id;
	(void)userdata;
	if (in_copy) {
		executed_by[copy] = executed() | UINT64_C(1) << 63;
		if (copy == 0)
			qemu_plugin_links(note_link, NULL);
		return;
	}
	check_exits();
	if (strcmp(check, "copies") == 0 && executed() != singly)
		complain("instructions", 0, executed(), singly);
	for (unsigned int i = 0; i < made; i++)
		changed += executed_by[i] != (executed() | UINT64_C(1) << 63);
	(void)fprintf(stderr,
		"%s wrong %" PRIu64 " checked %" PRIu64 " executed %" PRIu64 " made %" PRIu64
		" changed %" PRIu64 "\n",
		check, wrong, checked, strcmp(check, "copies") == 0 ? executed() : 0, made,
		changed);
}

static uint64_t *option(const char *text)
{
	return g_str_has_prefix(text, "step=")	   ? &step
	       : g_str_has_prefix(text, "copies=") ? &copies
	       : g_str_has_prefix(text, "flips=")  ? &flips
	       : g_str_has_prefix(text, "sites=")  ? &sites
	       : g_str_has_prefix(text, "ahead=")  ? &ahead
						   : NULL;
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(
	qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
	target = info->target_name;
	for (int i = 0; i < argc; i++) {
		uint64_t *value = option(argv[i]);

		if (value != NULL)
			*value = strtoull(strchr(argv[i], '=') + 1, NULL, 10);
		else if (g_str_has_prefix(argv[i], "check="))
			check = argv[i] + strlen("check=");
	}
	executed_by = mmap(NULL, COPIES * sizeof(uint64_t), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	first_copy = mmap(NULL, sizeof(*first_copy), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (executed_by == MAP_FAILED || first_copy == MAP_FAILED || copies > COPIES)
		return 1;
	qemu_plugin_register_vcpu_init_cb(id, begin);
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	qemu_plugin_register_vcpu_unwind_cb(id, unwind);
	qemu_plugin_register_vcpu_syscall_cb(id, on_syscall);
	qemu_plugin_register_atexit_cb(id, end, NULL);
	qemu_plugin_set_ticks_cb(answer_ticks);
	return 0;
}
