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
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "engine/changed.h"
#include "engine/qemu/injector/injector.h"
#include "isa/isa.h"

enum { GENERAL = 16, OUTPUT_MOST = 1 << 20, FULL_NS = 50000 };

/* An instruction in translated code. */
struct trace_site {
	struct upset_injector_step step; /* what is the same each time */
	uint64_t touched;    /* resources that it reads or writes, a bit each; 0: look */
	unsigned int behind; /* instructions of its block from itself on */
};

static struct {
	bool on, follows;
	uint64_t next;	 /* number of the instruction to tell next */
	uint64_t output; /* hash of what was written so far */
	struct upset_changed changed;
	const uint64_t *general[GENERAL]; /* registers, in QEMU's memory */
	uint64_t factors[GENERAL];	  /* of their hash; 0: it is not in it */
} trace;

static uint64_t mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
	return hash ^ hash >> 29;
}

/* --- what becomes of what was changed --------------------------------------------------------- */

static const struct upset_armed *followed(void)
{
	return injector.faults.count > 0 ? &injector.armed[injector.shm->trace.fault] : NULL;
}

/* The fault has changed something by now that can be followed. */
static bool begin_following(void)
{
	const struct upset_armed *a = followed();

	if (a == NULL || a->injection->state != UPSET_INJECTION_DONE ||
		a->fault->model == UPSET_FAULT_SKIP ||
		(!a->target.memory && a->target.resource == UPSET_FAULT_RIP))
		return false;
	if (a->fault->duration == UPSET_FAULT_TRANSIENT)
		upset_changed_init(&trace.changed, &a->target, a->injection);
	else
		upset_changed_init_lasting(&trace.changed, &a->target, a->fault);
	return upset_changed_can_pass(&trace.changed) && !upset_changed_is_empty(&trace.changed);
}

/* Whether the instruction can have to do with what was changed; decoding takes time. */
static bool may_touch(struct trace_site *site)
{
	const struct upset_inject_target *target = &trace.changed.target;
	const struct upset_injector_step *step = &site->step;
	struct upset_insn insn;

	if (site->touched == 0) {
		site->touched = 1ULL << UPSET_RESOURCE_COUNT;
		if (upset_isa_decode(&insn, step->address, step->bytes, step->size) != 0)
			return false;
		for (unsigned int i = 0; i < insn.operand_count; i++)
			site->touched |= 1ULL << insn.operands[i].resource;
	}
	if (!target->memory)
		return site->touched >> target->resource & 1;
	return site->touched >> UPSET_MEMORY & 1 ||
	       (step->address < target->address + UPSET_INJECT_BYTES &&
		       target->address < step->address + step->size);
}

static void follow(
	struct thread *t, struct trace_site *site, const struct upset_injector_step *step)
{
	struct upset_injector_trace *told = &injector.shm->trace;
	const struct upset_inject_state state = injector_state(t);
	struct upset_insn insn;

	if (!may_touch(site) ||
		upset_isa_decode(&insn, step->address, step->bytes, step->size) != 0)
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
	for (unsigned int i = 0; i < GENERAL; i++) {
		trace.general[i] = injector_general_register(t, i);
		trace.factors[i] = injector.shm->trace.registers >> i & 1 ? mix(0, i + 1) | 1 : 0;
	}
}

/* Factors are odd: one register that differs always makes a difference. */
static uint64_t hash_registers(void)
{
	uint64_t hash = 0;

	for (unsigned int i = 0; i < GENERAL; i++)
		hash += *trace.general[i] * trace.factors[i];
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

void trace_step(unsigned int vcpu_index, void *userdata)
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
	if (trace.general[0] == NULL)
		begin_hashing(t);
	trace.next = step.insn + 1;
	step.registers = hash_registers();
	step.output = trace.output;
	tell(&step);
}

struct trace_site *trace_site_new(
	uint64_t address, const uint8_t *bytes, size_t size, unsigned int behind)
{
	struct trace_site *site = calloc(1, sizeof(*site));

	if (site == NULL)
		injector_give_up("out of memory");
	site->step.address = address;
	site->step.size =
		(uint8_t)(size < sizeof(site->step.bytes) ? size : sizeof(site->step.bytes));
	memcpy(site->step.bytes, bytes, site->step.size);
	site->behind = behind;
	return site;
}

bool trace_begins(struct thread *t)
{
	if (trace.on || t->number != 0 || injector_executed(t) != injector.shm->trace.insn)
		return false;
	trace.on = followed() == NULL || followed()->stage != UPSET_ARMED_WAITING;
	trace.next = injector_executed(t);
	return trace.on;
}

bool trace_is_on(void)
{
	return trace.on;
}

/* --- what else is told ------------------------------------------------------------------------ */

void trace_mapped(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	const struct upset_injector_message message = {.kind = UPSET_INJECTOR_MAPPED};
	int fd = injector_write_maps();

	pthread_mutex_lock(&lock);
	injector_tell(&message, &fd, 1);
	pthread_mutex_unlock(&lock);
	(void)close(fd);
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

void trace_output(struct thread *t, int64_t number, uint64_t fd, uint64_t address, uint64_t size)
{
	const struct upset_inject_state state = injector_state(t);
	struct iovec part;

	if (!trace.on)
		return;
	if (number == SYS_write || number == SYS_pwrite64) {
		trace.output = mix(trace.output, fd);
		add_output(t, address, size);
	} else if (number == SYS_writev) {
		trace.output = mix(trace.output, fd);
		for (uint64_t i = 0;
			i < size && state.read_memory(state.context, address + i * sizeof(part),
					    (uint8_t *)&part, sizeof(part));
			i++)
			add_output(t, (uint64_t)(uintptr_t)part.iov_base, part.iov_len);
	}
}
