/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Telling the driver each instruction that the first thread comes to, from the
 * fault on, through a ring in the shared memory; and what first becomes of what
 * the fault changed.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "engine/changed.h"
#include "engine/qemu/injector/calls.h"
#include "engine/qemu/injector/faults.h"
#include "engine/qemu/injector/messages.h"
#include "engine/qemu/injector/modes.h"
#include "engine/qemu/injector/state.h"
#include "isa/isa.h"

enum { OUTPUT_MOST = 1 << 20, FULL_NS = 50000 };

/* An instruction in translated code. */
struct trace_site {
	struct upset_injector_step step; /* what is the same each time */
	bool decoded;
	uint64_t touched[UPSET_RESOURCES_MAX / 64]; /* resources that it reads or writes */
	unsigned int behind;			    /* instructions of its block from itself on */
};

static struct {
	bool on, follows;
	uint64_t next;	 /* number of the instruction to tell next */
	uint64_t output; /* hash of what was written so far */
	struct upset_changed changed;
	bool hashing;
	unsigned int hashed;			 /* general registers: */
	const void *places[UPSET_RESOURCES_MAX]; /* [hashed], in QEMU's memory */
	uint64_t factors[UPSET_RESOURCES_MAX];	 /* of their hash */
} trace;

static uint64_t mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
	return hash ^ hash >> 29;
}

/* --- what becomes of what was changed --------------------------------------------------------- */

static const struct upset_armed *followed(void)
{
	return faults_armed(injector.shm->trace.fault);
}

/* The fault has changed something by now that can be followed. */
static bool begin_following(void)
{
	const struct upset_armed *a = followed();

	if (a == NULL || a->injection->state != UPSET_INJECTION_DONE ||
		a->fault->model == UPSET_FAULT_SKIP ||
		(!a->target.memory && a->target.resource == injector.isa->pc))
		return false;
	if (a->fault->duration == UPSET_FAULT_TRANSIENT)
		upset_changed_init(&trace.changed, &a->target, a->injection);
	else
		upset_changed_init_lasting(&trace.changed, &a->target, a->fault);
	return upset_changed_can_pass(&trace.changed) && !upset_changed_is_empty(&trace.changed);
}

static void look_at(struct trace_site *site)
{
	const struct upset_injector_step *step = &site->step;
	struct upset_insn insn;

	site->decoded = true;
	if (upset_isa_decode(injector.isa, &insn, 0, step->address, step->bytes, step->size) != 0)
		return;
	for (unsigned int i = 0; i < insn.operand_count; i++)
		site->touched[insn.operands[i].resource / 64] |= 1ULL
								 << insn.operands[i].resource % 64;
}

static bool touches(const struct trace_site *site, unsigned int resource)
{
	return site->touched[resource / 64] >> resource % 64 & 1;
}

/* Whether the instruction can have to do with what was changed; decoding takes time. */
static bool may_touch(struct trace_site *site)
{
	const struct upset_inject_target *target = &trace.changed.target;
	const struct upset_injector_step *step = &site->step;

	if (!site->decoded)
		look_at(site);
	if (!target->memory)
		return touches(site, target->resource);
	return touches(site, UPSET_MEMORY) ||
	       (step->address < target->address + UPSET_INJECT_BYTES &&
		       target->address < step->address + step->size);
}

static void follow(
	struct thread *t, struct trace_site *site, const struct upset_injector_step *step)
{
	struct upset_injector_trace *told = &injector.shm->trace;
	const struct upset_inject_state state = injector_state(t);
	struct upset_insn insn;

	if (!may_touch(site) || upset_isa_decode(injector.isa, &insn, 0, step->address, step->bytes,
					step->size) != 0)
		return;
	if (!upset_changed_pass(&trace.changed, &insn, &state))
		told->use = UPSET_INJECTOR_READ;
	else if (upset_changed_is_empty(&trace.changed))
		told->use = UPSET_INJECTOR_OVERWRITTEN;
	else
		return;
	told->used = *step;
}

/* --- steps ------------------------------------------------------------------------------------ */

static void begin_hashing(const struct thread *t)
{
	const struct upset_injector_trace *asked = &injector.shm->trace;

	trace.hashing = true;
	for (unsigned int r = 0; r < injector.isa->resource_count && asked->hashes; r++) {
		if (injector.isa->resources[r].kind != UPSET_RESOURCE_GENERAL ||
			r == asked->left_out)
			continue;
		trace.places[trace.hashed] = injector_register(t, r);
		trace.factors[trace.hashed++] = mix(0, r + 1) | 1;
	}
}

static uint64_t word_at(const void *place)
{
	uint64_t word = 0;

	memcpy(&word, place, injector.isa->word_bits / 8);
	return word;
}

/* Factors are odd: one register that differs always makes a difference. */
static uint64_t hash_registers(void)
{
	uint64_t hash = 0;

	for (unsigned int i = 0; i < trace.hashed; i++)
		hash += word_at(trace.places[i]) * trace.factors[i];
	return hash;
}

static void tell(const struct upset_injector_step *step)
{
	static const struct timespec pause = {.tv_nsec = FULL_NS};
	struct upset_injector_trace *shared = &injector.shm->trace;
	uint64_t written = atomic_load_explicit(&shared->written, memory_order_relaxed);

	while (written - atomic_load_explicit(&shared->taken, memory_order_acquire) ==
		UPSET_INJECTOR_RING)
		(void)nanosleep(&pause, NULL);
	upset_injector_ring(injector.shm)[written % UPSET_INJECTOR_RING] = *step;
	atomic_store_explicit(&shared->written, written + 1, memory_order_release);
}

static void step_begins(unsigned int vcpu_index, void *userdata)
{
	struct thread *t = injector_thread(vcpu_index);
	struct trace_site *site = userdata;
	struct upset_injector_step step;

	if (!trace.on || t->number != 0 || injector.child)
		return;
	step = site->step;
	step.insn = injector_executed(t) - site->behind;
	if (!trace.follows && injector.shm->trace.use == UPSET_INJECTOR_UNUSED)
		trace.follows = begin_following();
	if (trace.follows && injector.shm->trace.use == UPSET_INJECTOR_UNUSED)
		follow(t, site, &step);
	/* A repeated instruction is one, and so is one before which the thread was stopped. */
	if (step.insn < trace.next)
		return;
	if (!trace.hashing)
		begin_hashing(t);
	trace.next = step.insn + 1;
	step.registers = hash_registers();
	step.output = trace.output;
	tell(&step);
}

static struct trace_site *new_site(
	const struct qemu_plugin_insn *insn, uint64_t address, unsigned int behind)
{
	struct trace_site *site = calloc(1, sizeof(*site));

	if (site == NULL)
		injector_give_up("out of memory");
	site->step.address = address;
	site->step.size =
		(uint8_t)qemu_plugin_insn_data(insn, site->step.bytes, sizeof(site->step.bytes));
	site->behind = behind;
	return site;
}

static void translated(struct qemu_plugin_tb *tb, const struct code *code)
{
	for (unsigned int i = 0; i < code->count && trace.on; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		qemu_plugin_register_vcpu_point_cb(insn, QEMU_PLUGIN_POINT_BEFORE, step_begins,
			QEMU_PLUGIN_CB_R_REGS, new_site(insn, code->addresses[i], code->count - i));
	}
}

/* Where the first thread stands, its faults that are due having happened: whether steps are to be
   told from now on. */
static bool begins(uint64_t instructions)
{
	if (trace.on || instructions != injector.shm->trace.insn)
		return false;
	trace.on = followed() == NULL || followed()->stage != UPSET_ARMED_WAITING;
	trace.next = instructions;
	return trace.on;
}

static int begin(void)
{
	int rc = faults_begin();

	(void)begins(0);
	return rc;
}

static uint64_t next(const struct thread *t)
{
	uint64_t insn = injector.shm->trace.insn, of_faults = faults_next(t);

	return insn > injector_executed(t) && insn < of_faults ? insn : of_faults;
}

/* What is translated does not tell of steps yet. */
static void at_boundary(struct thread *t, bool stepped)
{
	faults_at_boundary(t, stepped);
	if (t->number == 0 && begins(injector_executed(t)))
		qemu_plugin_reset(injector.id, injector.register_callbacks);
}

/* --- what else is told ------------------------------------------------------------------------ */

static void mapped(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	const struct upset_injector_message message = {.kind = UPSET_INJECTOR_MAPPED};
	int fd = injector_write_maps();

	pthread_mutex_lock(&lock);
	injector_tell(&message, &fd, 1);
	pthread_mutex_unlock(&lock);
	(void)close(fd);
	faults_mapped();
}

static void add_output(struct thread *t, uint64_t address, uint64_t size)
{
	const struct upset_inject_state state = injector_state(t);
	uint8_t *text = size > 0 && size <= OUTPUT_MOST ? malloc(size) : NULL;

	trace.output = mix(trace.output, size);
	if (text != NULL && state.read_memory(state.context, address, text, size)) {
		for (uint64_t i = 0; i < size; i++)
			trace.output = mix(trace.output, text[i]);
	}
	free(text);
}

/* What writev is given: parts of an address and a size, a word each. */
static void add_parts(struct thread *t, uint64_t address, uint64_t count)
{
	const struct upset_abi *abi = guest_abi();
	uint8_t part[2 * sizeof(uint64_t)];

	for (uint64_t i = 0; i < count; i++) {
		if (!guest_read(
			    address + i * 2 * abi->word_bytes, part, (size_t)2 * abi->word_bytes))
			return;
		add_output(
			t, upset_abi_word(abi, part), upset_abi_word(abi, part + abi->word_bytes));
	}
}

/* The program writes. */
static bool before_call(struct thread *t, const struct call *call, int64_t *result)
{
	(void)result;
	if (!trace.on)
		return false;
	if (call->number == SYS_write || call->number == SYS_pwrite64) {
		trace.output = mix(trace.output, call->a1);
		add_output(t, call->a2, call->a3);
	} else if (call->number == SYS_writev) {
		trace.output = mix(trace.output, call->a1);
		add_parts(t, call->a2, call->a3);
	}
	return false;
}

const struct injector_mode injector_trace = {
	.begin = begin,
	.mapped = mapped,
	.next = next,
	.at_boundary = at_boundary,
	.sought = faults_sought,
	.arrive = faults_arrive,
	.translated = translated,
	.before_call = before_call,
};
