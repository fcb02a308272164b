/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A thread's part of the shared memory, from its first instruction to its end. */
#include <stdlib.h>
#include <string.h>

#include "engine/qemu/plugin/plugin.h"

#define THREAD_BYTES                                                                               \
	(sizeof(struct upset_shm_thread) + UPSET_SHM_BLOCKS * sizeof(struct upset_shm_slot))

struct vcpu *plugin_vcpu(unsigned int index)
{
	return plugin.vcpus[index];
}

struct upset_shm_slot *plugin_slot(const struct vcpu *vcpu, const struct block *block)
{
	return &vcpu->shm->slots[block->shm->id];
}

static bool make_room(unsigned int index)
{
	unsigned int room = plugin.vcpu_room == 0 ? 16 : plugin.vcpu_room;
	struct vcpu **grown;

	while (room <= index)
		room *= 2;
	if (room == plugin.vcpu_room)
		return true;
	grown = calloc(room, sizeof(struct vcpu *));
	if (grown == NULL)
		return false;
	if (plugin.vcpu_room > 0)
		memcpy(grown, plugin.vcpus, plugin.vcpu_room * sizeof(struct vcpu *));
	/* The old array stays: another thread may be looking at it. */
	plugin.vcpus = grown;
	plugin.vcpu_room = room;
	return true;
}

/* A free region for a thread; caller holds the lock. */
static struct upset_shm_thread *take_region(unsigned int *slot)
{
	struct upset_shm *shm = plugin.shm;
	unsigned int used = atomic_load(&shm->thread_slots);

	for (*slot = 0; *slot < used; (*slot)++) {
		struct upset_shm_thread *t = upset_shm_at(shm, shm->threads[*slot]);

		if (atomic_load(&t->running) == UPSET_SHM_FREE)
			return t;
	}
	if (used == UPSET_SHM_THREADS)
		return NULL;
	shm->threads[used] = upset_shm_alloc(shm, THREAD_BYTES);
	if (shm->threads[used] == 0)
		return NULL;
	atomic_store(&shm->thread_slots, used + 1);
	return upset_shm_at(shm, shm->threads[used]);
}

void plugin_vcpu_init(qemu_plugin_id_t id, unsigned int index)
{
	struct vcpu *vcpu = calloc(1, sizeof(*vcpu));

	(void)id;
	if (vcpu == NULL)
		plugin_out_of_memory();
	upset_shm_lock(&plugin.shm->lock);
	vcpu->index = index;
	vcpu->shm = take_region(&vcpu->slot);
	if (vcpu->shm == NULL || !make_room(index)) {
		upset_shm_unlock(&plugin.shm->lock);
		plugin_out_of_memory();
	}
	/* QEMU gives the index of a thread that has ended to a later one. */
	vcpu->shm->number = plugin.shm->thread_number++;
	atomic_store(&vcpu->shm->running, UPSET_SHM_RUNNING);
	plugin_calls_begin(vcpu);
	plugin_timers_begin(vcpu);
	plugin.vcpus[index] = vcpu;
	upset_shm_unlock(&plugin.shm->lock);
	qemu_plugin_vcpu_set_base(index, vcpu->shm);
}

/* Buckets of threads that have ended, by number of columns; guarded by the shared lock. */
static GHashTable *free_buckets;

upset_ref plugin_take_bucket(const struct upset_shm_block *block)
{
	uint64_t bytes = upset_block_bucket_bytes(block);
	GQueue *queue;
	upset_ref ref = 0;

	upset_shm_lock(&plugin.shm->lock);
	queue = free_buckets == NULL
			? NULL
			: g_hash_table_lookup(free_buckets, GUINT_TO_POINTER(block->column_count));
	if (queue != NULL)
		ref = (upset_ref)(uintptr_t)g_queue_pop_head(queue);
	upset_shm_unlock(&plugin.shm->lock);
	if (ref == 0)
		return upset_shm_alloc(plugin.shm, bytes);
	memset(upset_shm_at(plugin.shm, ref), 0, bytes);
	return ref;
}

static void give_bucket(const struct upset_shm_block *block, upset_ref ref)
{
	gpointer key = GUINT_TO_POINTER(block->column_count);
	GQueue *queue;

	if (free_buckets == NULL)
		free_buckets = g_hash_table_new(NULL, NULL);
	queue = g_hash_table_lookup(free_buckets, key);
	if (queue == NULL) {
		queue = g_queue_new();
		g_hash_table_insert(free_buckets, key, queue);
	}
	g_queue_push_head(queue, (gpointer)(uintptr_t)ref);
}

static void clear_region(struct upset_shm_thread *t)
{
	struct upset_shm *shm = plugin.shm;
	unsigned int blocks = atomic_load(&shm->block_count);

	upset_shm_lock(&shm->lock);
	for (unsigned int i = 0; i < blocks; i++) {
		if (t->slots[i].bucket != 0)
			give_bucket(upset_shm_at(shm, shm->blocks[i]), t->slots[i].bucket);
	}
	memset(t, 0, sizeof(*t) + blocks * sizeof(struct upset_shm_slot));
	upset_shm_unlock(&shm->lock);
}

void plugin_vcpu_exit(qemu_plugin_id_t id, unsigned int index)
{
	struct vcpu *vcpu = plugin_vcpu(index);

	(void)id;
	if (plugin.child || vcpu == NULL)
		return;
	plugin_begin_counting();
	if (upset_shm_end_thread(plugin.shm, vcpu->shm) != 0)
		plugin_out_of_memory();
	plugin_calls_end(vcpu);
	clear_region(vcpu->shm);
	plugin_end_counting();
	plugin.vcpus[index] = NULL;
	free(vcpu);
}
