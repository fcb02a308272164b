/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tree of calls: see calls.h.  Used by engine native and inside QEMU. */
#include "profile/calls.h"

#include <sched.h>
#include <stdlib.h>

enum frame_kind {
	FRAME_CALL,
	FRAME_STUB,	  /* it has gone on through a stub */
	FRAME_RESOLVING,  /* and that to what finds its target */
	FRAME_SIGNAL_NEW, /* nothing is known of the handler's stack: limit is the stack pointer
			     that the signal came at */
	FRAME_SIGNAL,
};

enum { STUB_PREFIX_BYTES = 4, STUB_BYTES = 20, LOCK_TRIES = 64 };

/* --- the tree ------------------------------------------------------------------------- */

static unsigned int first_bucket(uint32_t parent, uint64_t site, uint64_t entry)
{
	uint64_t hash = (site ^ (uint64_t)parent << 40) * 0x9e3779b97f4a7c15ULL;

	hash = (hash ^ hash >> 32 ^ entry) * 0xd6e8feb86659fd93ULL;
	return (unsigned int)(hash >> 40) % UPSET_CALLS_BUCKETS;
}

/* The node, or 0 and in *@bucket the place where it would be. */
static uint32_t find_node(const struct upset_calls *calls, uint32_t parent, uint64_t site,
	uint64_t entry, unsigned int *bucket)
{
	unsigned int at = first_bucket(parent, site, entry);
	uint32_t number;

	while ((number = atomic_load_explicit(&calls->buckets[at], memory_order_acquire)) != 0) {
		const struct upset_call_node *node = &calls->nodes[number];

		if (node->entry == entry && node->site == site && node->parent == parent)
			return number;
		at = (at + 1) % UPSET_CALLS_BUCKETS;
	}
	*bucket = at;
	return 0;
}

/* Recursion: what is on the path already is not entered a second time. */
static uint32_t find_above(const struct upset_calls *calls, uint32_t node, uint64_t entry)
{
	while (node != 0 && calls->nodes[node].entry != entry)
		node = calls->nodes[node].parent;
	return node;
}

static void lock(struct upset_calls *calls)
{
	unsigned int tries = 0;

	while (atomic_exchange_explicit(&calls->lock, 1, memory_order_acquire) != 0) {
		if (++tries % LOCK_TRIES == 0)
			(void)sched_yield();
	}
}

static void unlock(struct upset_calls *calls)
{
	atomic_store_explicit(&calls->lock, 0, memory_order_release);
}

/* 0: there is no room.  A node is complete before it is counted and can be found. */
static uint32_t add_node(struct upset_calls *calls, uint32_t parent, uint64_t site, uint64_t entry,
	unsigned int bucket)
{
	uint32_t number = atomic_load(&calls->count) + 1, above;
	struct upset_call_node *node = &calls->nodes[number];

	if (number > UPSET_CALLS_NODES)
		return 0;
	above = find_above(calls, parent, entry);
	node->site = site;
	node->entry = entry;
	node->parent = parent;
	node->runs_as = above != 0 ? above : number;
	atomic_store(&calls->count, number);
	atomic_store_explicit(&calls->buckets[bucket], number, memory_order_release);
	return number;
}

static uint32_t get_node(struct upset_calls *calls, uint32_t parent, uint64_t site, uint64_t entry)
{
	unsigned int bucket;
	uint32_t number = find_node(calls, parent, site, entry, &bucket);

	if (number != 0)
		return number;
	lock(calls);
	number = find_node(calls, parent, site, entry, &bucket);
	if (number == 0)
		number = add_node(calls, parent, site, entry, bucket);
	unlock(calls);
	return number;
}

static bool is_shared(const struct upset_calls *calls)
{
	return atomic_load_explicit(&calls->shared, memory_order_relaxed) != 0;
}

/* A locked addition waits for all that the thread has stored, which is much of the time. */
static void add_to(_Atomic uint64_t *count, uint64_t n, bool shared)
{
	if (shared)
		atomic_fetch_add_explicit(count, n, memory_order_relaxed);
	else
		atomic_store_explicit(count, atomic_load_explicit(count, memory_order_relaxed) + n,
			memory_order_relaxed);
}

static void add(const struct upset_calls *calls, _Atomic uint64_t *count, uint64_t n)
{
	add_to(count, n, is_shared(calls));
}

/* --- a thread's frames ------------------------------------------------------------------- */

static struct upset_call_frame *top_of(const struct upset_calls_thread *t)
{
	return t->depth == 0 ? NULL : &t->frames[t->depth - 1];
}

/* NULL: there is no room. */
static struct upset_call_frame *push(struct upset_calls_thread *t)
{
	size_t room = t->room == 0 ? 256 : t->room * 2;
	struct upset_call_frame *grown;

	if (t->depth == t->room) {
		if (room > UPSET_CALLS_FRAMES)
			return NULL;
		grown = realloc(t->frames, room * sizeof(*grown));
		if (grown == NULL)
			return NULL;
		t->frames = grown;
		t->room = room;
	}
	return &t->frames[t->depth++];
}

/* What was executed up to here belongs to the node in which the thread is. */
static void spend(const struct upset_calls_thread *t, const struct upset_work *work)
{
	_Atomic uint64_t *sums = t->calls->nodes[t->position->node].work;
	uint64_t *since = t->position->since.of;
	bool shared = is_shared(t->calls);

	for (unsigned int i = 0; i < UPSET_WORK_KINDS; i++) {
		add_to(&sums[i], work->of[i] - since[i], shared);
		since[i] = work->of[i];
	}
}

/* Leave all frames from number @depth on. */
static void leave_to(struct upset_calls_thread *t, size_t depth, const struct upset_work *work)
{
	if (depth == t->depth)
		return;
	spend(t, work);
	t->depth = depth;
	t->position->node = t->frames[depth].caller;
}

/* Leave what lies below the stack pointer, from the top on. */
static void leave_below(struct upset_calls_thread *t, uint64_t sp, const struct upset_work *work)
{
	size_t depth = t->depth;

	while (depth > 0 && t->frames[depth - 1].limit < sp)
		depth--;
	leave_to(t, depth, work);
}

/*
 * The first that is heard of a handler: with @sp below where the signal came it
 * runs on the same stack, and is left when that is reached.  On another stack
 * only rt_sigreturn leaves it.
 */
static void settle(const struct upset_calls_thread *t, uint64_t sp)
{
	struct upset_call_frame *top = top_of(t);

	if (top == NULL || top->kind != FRAME_SIGNAL_NEW)
		return;
	top->limit = sp < top->limit ? top->limit - 1 : UINT64_MAX;
	top->kind = FRAME_SIGNAL;
}

static void enter(struct upset_calls_thread *t, const struct upset_work *work, uint64_t site,
	uint64_t entry, struct upset_call_frame frame)
{
	struct upset_call_frame *top = push(t);

	frame.caller = t->position->node;
	frame.counted = top == NULL ? 0 : get_node(t->calls, frame.caller, site, entry);
	if (top != NULL)
		*top = frame;
	if (frame.counted == 0) {
		add(t->calls, &t->calls->lost, site != 0);
		return;
	}
	spend(t, work);
	add(t->calls, &t->calls->nodes[frame.counted].calls, 1);
	t->position->node = t->calls->nodes[frame.counted].runs_as;
}

static bool is_signal(const struct upset_call_frame *frame)
{
	return frame->kind == FRAME_SIGNAL || frame->kind == FRAME_SIGNAL_NEW;
}

/* The handler of a signal that has come is executed. */
static void enter_handler(struct upset_calls_thread *t)
{
	struct upset_calls_position *p = t->position;
	uint64_t handler = p->handler, sp = p->signal_sp;

	if (handler == 0)
		return;
	p->handler = 0;
	settle(t, sp);
	leave_below(t, sp, &p->signal_work);
	enter(t, &p->signal_work, 0, handler,
		(struct upset_call_frame){.limit = sp, .kind = FRAME_SIGNAL_NEW});
}

/* --- events -------------------------------------------------------------------------------- */

static void followed_call(struct upset_calls_thread *t, const struct upset_insn *insn,
	const struct upset_work *work, uint64_t sp, uint64_t target)
{
	settle(t, sp + t->isa->return_bytes);
	leave_below(t, sp + t->isa->return_bytes, work);
	enter(t, work, insn->address, target,
		(struct upset_call_frame){
			.limit = sp, .back = insn->address + insn->size, .kind = FRAME_CALL});
}

/*
 * @slot: where the return address lay, @target: what it was.  A frame of another stack may lie
 * on top.  Where calls leave it in a register, functions that save registers for others return
 * with another stack pointer than they were called with.
 */
static void followed_return(
	struct upset_calls_thread *t, const struct upset_work *work, uint64_t slot, uint64_t target)
{
	const bool linked = t->isa->return_bytes == 0;
	size_t least = t->depth > UPSET_CALLS_SEARCHED ? t->depth - UPSET_CALLS_SEARCHED : 0;

	settle(t, slot);
	leave_below(t, slot, work);
	for (size_t i = t->depth; i > least; i--) {
		const struct upset_call_frame *frame = &t->frames[i - 1];

		if ((linked ? frame->back == target : frame->limit == slot) && !is_signal(frame)) {
			leave_to(t, i - 1, work);
			return;
		}
	}
}

/* The call of @frame turns out to be one of @target. */
static void redirect(
	const struct upset_calls_thread *t, struct upset_call_frame *frame, uint64_t target)
{
	struct upset_call_node *nodes = t->calls->nodes;
	uint32_t node = get_node(t->calls, frame->caller, nodes[frame->counted].site, target);

	if (node == 0)
		return;
	add(t->calls, &nodes[frame->counted].calls, UINT64_MAX);
	add(t->calls, &nodes[node].calls, 1);
	frame->counted = node;
	t->position->node = nodes[node].runs_as;
}

/* Whether @frame is at its first instructions, those of a stub, in @address. */
static bool begins_with(
	const struct upset_calls_thread *t, const struct upset_call_frame *frame, uint64_t address)
{
	const uint64_t done = address - t->calls->nodes[frame->counted].entry;

	if (t->isa->stub_register != UPSET_RESOURCE_NONE)
		return done < STUB_BYTES;
	return done == 0 || done == STUB_PREFIX_BYTES;
}

/* Whether @insn jumps as stubs do. */
static bool jumps_from_table(const struct upset_isa *isa, const struct upset_insn *insn)
{
	if (isa->stub_register == UPSET_RESOURCE_NONE)
		return insn->memory_count == 1 &&
		       (insn->memory[0].absolute ||
			       (isa->stub_base != UPSET_RESOURCE_NONE &&
				       insn->memory[0].base == isa->stub_base &&
				       insn->memory[0].index == UPSET_RESOURCE_NONE));
	for (unsigned int k = 0; k < insn->operand_count; k++) {
		if (insn->operands[k].resource == isa->stub_register &&
			insn->operands[k].access == UPSET_READ)
			return true;
	}
	return false;
}

/* A stub of a procedure linkage table, or what it went on to; see doc/statistics.md. */
static bool followed_stub(
	struct upset_calls_thread *t, const struct upset_insn *insn, uint64_t sp, uint64_t target)
{
	struct upset_call_frame *top = top_of(t);
	const bool from_table = jumps_from_table(t->isa, insn);

	if (top == NULL || top->counted == 0 || is_signal(top))
		return false;
	if (from_table && top->limit == sp && begins_with(t, top, insn->address)) {
		redirect(t, top, target);
		top->kind = FRAME_STUB;
		return true;
	}
	if (from_table && top->kind == FRAME_STUB && top->limit == sp + t->isa->resolver_bytes) {
		top->kind = FRAME_RESOLVING;
		return true;
	}
	return false;
}

/* What has found the target of a stub goes to it: by a jump, or by a return that no call made. */
static bool followed_resolver(const struct upset_calls_thread *t, const struct upset_work *work,
	uint64_t sp, uint64_t target)
{
	struct upset_call_frame *top = top_of(t);

	if (top == NULL || top->kind != FRAME_RESOLVING || top->limit != sp)
		return false;
	spend(t, work);
	redirect(t, top, target);
	top->kind = FRAME_CALL;
	return true;
}

static void followed_jump(struct upset_calls_thread *t, const struct upset_insn *insn,
	const struct upset_work *work, uint64_t sp, uint64_t target)
{
	settle(t, sp);
	if (!followed_stub(t, insn, sp, target))
		leave_below(t, sp, work);
}

/*
 * Where the stack pointer was in the function that returns, before it took the return address and
 * what stands in the instruction off.
 */
static uint64_t return_slot(
	const struct upset_calls_thread *t, const struct upset_insn *insn, uint64_t sp)
{
	if (t->isa->return_bytes == 0)
		return sp;
	return sp - t->isa->return_bytes - (insn->immediate & 0xffff);
}

/* --- what engines call ------------------------------------------------------------------------ */

bool upset_calls_follows(const struct upset_insn *insn)
{
	if (insn->classes & (UPSET_CLASS_CALL | UPSET_CLASS_RETURN))
		return true;
	return (insn->classes & UPSET_CLASS_BRANCH) && !(insn->classes & UPSET_CLASS_CONDITIONAL) &&
	       insn->branch_target == 0;
}

void upset_calls_share(struct upset_calls *calls)
{
	atomic_store(&calls->shared, 1);
}

void upset_calls_begin(struct upset_calls_thread *thread, const struct upset_isa *isa,
	struct upset_calls *calls, struct upset_calls_position *position)
{
	*thread = (struct upset_calls_thread){.isa = isa, .calls = calls, .position = position};
	add(calls, &calls->nodes[0].calls, 1);
}

void upset_calls_fini(struct upset_calls_thread *thread)
{
	free(thread->frames);
	*thread = (struct upset_calls_thread){0};
}

void upset_calls_insn(struct upset_calls_thread *thread, const struct upset_insn *insn,
	const struct upset_work *work, uint64_t sp, uint64_t target)
{
	enter_handler(thread);
	if (insn->classes & UPSET_CLASS_CALL)
		followed_call(thread, insn, work, sp, target);
	else if (!upset_calls_follows(insn) || followed_resolver(thread, work, sp, target))
		return;
	else if (insn->classes & UPSET_CLASS_RETURN)
		followed_return(thread, work, return_slot(thread, insn, sp), target);
	else
		followed_jump(thread, insn, work, sp, target);
}

void upset_calls_signal(struct upset_calls_thread *thread, const struct upset_work *work,
	uint64_t handler, uint64_t sp)
{
	enter_handler(thread);
	thread->position->handler = handler;
	thread->position->signal_sp = sp;
	thread->position->signal_work = *work;
}

void upset_calls_sigreturn(struct upset_calls_thread *thread, const struct upset_work *work)
{
	size_t least;

	enter_handler(thread);
	least = thread->depth > UPSET_CALLS_SEARCHED ? thread->depth - UPSET_CALLS_SEARCHED : 0;
	for (size_t i = thread->depth; i > least; i--) {
		if (is_signal(&thread->frames[i - 1])) {
			leave_to(thread, i - 1, work);
			return;
		}
	}
}

void upset_calls_end(struct upset_calls *calls, struct upset_calls_position *position,
	const struct upset_work *work)
{
	struct upset_calls_thread thread = {.calls = calls, .position = position};

	if (position->signal_work.of[UPSET_WORK_INSTRUCTIONS] < work->of[UPSET_WORK_INSTRUCTIONS])
		enter_handler(&thread);
	spend(&thread, work);
	upset_calls_fini(&thread);
}
