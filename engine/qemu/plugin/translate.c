/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A block has been translated: decode it, plan how to record it, find or
 * publish it in the directory, and ask QEMU for the instrumentation.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/qemu/plugin/plugin.h"

enum { INSNS_MAX = 512, BUCKETS = 1 << 16, ACCESSES_MAX = 16 };

/* Translation is serialised by QEMU's mmap lock in user mode. */
static struct {
	struct block *hash[BUCKETS];
	struct block **by_id;
	unsigned int room;
	struct upset_plan plan;
	struct upset_plan_insn insns[INSNS_MAX];
	struct upset_plan_access accesses[INSNS_MAX][ACCESSES_MAX];
} t;

struct block *plugin_block(unsigned int id)
{
	return t.by_id[id];
}

static unsigned int describe_accesses(
	const struct qemu_plugin_insn *insn, struct upset_plan_access *accesses)
{
	size_t n = qemu_plugin_insn_n_accesses(insn);

	if (n > ACCESSES_MAX)
		return ACCESSES_MAX;
	for (size_t i = 0; i < n; i++) {
		qemu_plugin_meminfo_t info = qemu_plugin_insn_access(insn, i);

		accesses[i].bytes = (uint8_t)(1U << qemu_plugin_mem_size_shift(info));
		accesses[i].store = qemu_plugin_mem_is_store(info);
	}
	return (unsigned int)n;
}

/* Decode the block; the number of instructions, up to the first that is none. */
static unsigned int decode(const struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb);
	unsigned int count = 0;

	for (size_t i = 0; i < n && i < INSNS_MAX; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint8_t bytes[16];
		size_t size = qemu_plugin_insn_data(insn, bytes, sizeof(bytes));

		if (upset_isa_decode(plugin.isa, &t.insns[count].insn, 0,
			    qemu_plugin_insn_vaddr(insn), bytes, size) != 0)
			break;
		t.insns[count].accesses = t.accesses[count];
		t.insns[count].access_count = describe_accesses(insn, t.accesses[count]);
		count++;
	}
	return count;
}

static uint64_t hash_bytes(uint64_t hash, const void *data, size_t size)
{
	const unsigned char *bytes = data;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3ULL;
	return hash;
}

/* Two translations with one plan and one code are one block. */
static uint64_t hash_plan(void)
{
	uint64_t hash = 0xcbf29ce484222325ULL;

	for (unsigned int i = 0; i < t.plan.insn_count; i++) {
		const struct upset_shm_insn *insn = &t.plan.insns[i];

		hash = hash_bytes(hash, &insn->address, sizeof(insn->address));
		hash = hash_bytes(hash, insn->bytes, insn->size);
		hash = hash_bytes(hash, &insn->slow, sizeof(insn->slow));
	}
	for (unsigned int i = 0; i < t.plan.lane_count; i++) {
		hash = hash_bytes(hash, &t.plan.lanes[i].derived, sizeof(t.plan.lanes[i].derived));
		hash = hash_bytes(hash, &t.plan.lanes[i].column, sizeof(t.plan.lanes[i].column));
	}
	return hash;
}

static bool is_same(const struct block *block)
{
	const struct upset_shm_insn *insns = upset_shm_at(plugin.shm, block->shm->insns);

	if (block->shm->insn_count != t.plan.insn_count ||
		block->shm->lane_count != t.plan.lane_count ||
		block->shm->row_count != t.plan.row_count ||
		block->shm->column_count != t.plan.column_count ||
		block->shm->slow_count != t.plan.slow_count)
		return false;
	for (unsigned int i = 0; i < t.plan.insn_count; i++) {
		if (insns[i].address != t.plan.insns[i].address ||
			insns[i].size != t.plan.insns[i].size ||
			memcmp(insns[i].bytes, t.plan.insns[i].bytes, insns[i].size) != 0)
			return false;
	}
	return true;
}

static upset_ref keep(const void *data, size_t count, size_t size)
{
	upset_ref ref;

	if (count == 0)
		return 0;
	ref = upset_shm_alloc(plugin.shm, count * size);
	if (ref == 0)
		plugin_out_of_memory();
	memcpy(upset_shm_at(plugin.shm, ref), data, count * size);
	return ref;
}

static struct upset_shm_block *fill_block(upset_ref ref)
{
	struct upset_shm_block *b = upset_shm_at(plugin.shm, ref);
	const struct upset_insn *last = &t.insns[t.plan.insn_count - 1].insn;

	b->address = t.plan.insns[0].address;
	b->maps = plugin_maps_at(b->address);
	b->insn_count = (uint16_t)t.plan.insn_count;
	b->lane_count = (uint16_t)t.plan.lane_count;
	b->column_count = (uint16_t)t.plan.column_count;
	b->flags_count = (uint16_t)t.plan.flags_count;
	b->live_count = (uint16_t)t.plan.live_count;
	b->slow_count = (uint16_t)t.plan.slow_count;
	b->row_count = t.plan.row_count;
	b->address_count = t.plan.address_count;
	b->conditional = (last->classes & UPSET_CLASS_CONDITIONAL) != 0;
	b->repeats = (last->classes & UPSET_CLASS_REP) != 0;
	b->insns = keep(t.plan.insns, t.plan.insn_count, sizeof(*t.plan.insns));
	b->rows = keep(t.plan.rows, t.plan.row_count, sizeof(*t.plan.rows));
	b->lanes = keep(t.plan.lanes, t.plan.lane_count, sizeof(*t.plan.lanes));
	b->flags = keep(t.plan.flags, t.plan.flags_count, sizeof(*t.plan.flags));
	b->live = keep(t.plan.live, t.plan.live_count, sizeof(*t.plan.live));
	b->addresses = keep(t.plan.addresses, t.plan.address_count, sizeof(*t.plan.addresses));
	return b;
}

static struct site *make_sites(struct block *block)
{
	struct site *sites = calloc(t.plan.insn_count, sizeof(*sites));

	if (sites == NULL)
		plugin_out_of_memory();
	for (unsigned int i = 0; i < t.plan.insn_count; i++)
		sites[i] = (struct site){block, i, t.insns[i].insn};
	return sites;
}

/* Whether some instruction of the block needs a site: it is slow, or ends by leaving. */
static bool needs_sites(void)
{
	const struct upset_insn *last = &t.insns[t.plan.insn_count - 1].insn;

	for (unsigned int i = 0; i < t.plan.insn_count; i++) {
		if (t.plan.insns[i].slow)
			return true;
	}
	return (last->classes & (UPSET_CLASS_SYSCALL | UPSET_CLASS_TRAP)) != 0;
}

/* Where calls are followed: the last instruction, when it is a call, return or indirect jump. */
static struct site *make_transfer(struct block *block)
{
	const unsigned int last = t.plan.insn_count - 1;
	struct site *site;

	if (plugin.shm->calls == 0 || !upset_calls_follows(&t.insns[last].insn))
		return NULL;
	site = malloc(sizeof(*site));
	if (site == NULL)
		plugin_out_of_memory();
	*site = (struct site){block, last, t.insns[last].insn};
	return site;
}

static void sum_accesses(struct block *block)
{
	struct upset_work work = {0};

	for (unsigned int i = 0; i < t.plan.insn_count; i++)
		upset_work_add_insn(&work, &t.insns[i].insn);
	for (unsigned int k = 1; k < UPSET_WORK_KINDS; k++)
		block->accesses[k - 1] = (int64_t)work.of[k];
}

static bool make_id_room(unsigned int id)
{
	struct block **grown;

	if (id < t.room)
		return true;
	/* Old arrays stay, other threads may be looking at them; their sizes are a geometric sum.
	 */
	grown = calloc(t.room == 0 ? 4096 : (size_t)t.room * 2, sizeof(struct block *));
	if (grown == NULL)
		return false;
	if (t.room > 0)
		memcpy(grown, t.by_id, t.room * sizeof(struct block *));
	t.by_id = grown;
	t.room = t.room == 0 ? 4096 : t.room * 2;
	return true;
}

static struct block *publish(uint64_t hash)
{
	struct upset_shm *shm = plugin.shm;
	struct block *block = calloc(1, sizeof(*block));
	unsigned int id = atomic_load(&shm->block_count);
	upset_ref ref = upset_shm_alloc(shm, sizeof(struct upset_shm_block));

	if (block == NULL || ref == 0 || id == UPSET_SHM_BLOCKS || !make_id_room(id))
		plugin_out_of_memory();
	block->shm = fill_block(ref);
	block->shm->id = id;
	block->hash = hash;
	if (needs_sites())
		block->sites = make_sites(block);
	block->transfer = make_transfer(block);
	if (plugin.shm->calls != 0)
		sum_accesses(block);
	block->next = t.hash[hash % BUCKETS];
	t.hash[hash % BUCKETS] = block;
	t.by_id[id] = block;
	shm->blocks[id] = ref;
	atomic_store(&shm->block_count, id + 1);
	return block;
}

static struct block *find_or_publish(void)
{
	uint64_t hash = hash_plan();

	for (struct block *b = t.hash[hash % BUCKETS]; b != NULL; b = b->next) {
		if (b->hash == hash && is_same(b))
			return b;
	}
	return publish(hash);
}

void plugin_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	unsigned int count;

	(void)id;
	if (plugin.child)
		return;
	plugin_find_state();
	count = decode(tb);
	if (count == 0)
		return;
	if (upset_plan_make(&t.plan, plugin.isa, plugin.detail, t.insns, count) != 0)
		plugin_out_of_memory();
	plugin_emit(tb, find_or_publish(), &t.plan, t.insns);
}
