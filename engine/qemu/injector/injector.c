/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plugin that carries faults out inside QEMU: what is to be done when a thread
 * has left translated code, and how far it may go until then (see translate.c).
 */
#include "engine/qemu/injector/injector.h"
#include "engine/qemu/guest/apart.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/lookahead.h"
#include "engine/qemu/guest/guest.h"
#include "engine/qemu/guest/timers.h"

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

enum { THREADS_MAX = 32768 };

struct injector injector;

static struct thread *threads[THREADS_MAX];

static void register_callbacks(qemu_plugin_id_t id);

void injector_give_up(const char *why)
{
	if (injector.run != NULL)
		atomic_store(&injector.run->left_out, 1);
	if (injector.run != NULL && !injector.copy)
		(void)snprintf(injector.shm->why, sizeof(injector.shm->why), "%s", why);
	fprintf(stderr, "upset: %s\n", why);
	_exit(125);
}

struct thread *injector_thread(unsigned int vcpu_index)
{
	return threads[vcpu_index];
}

void injector_resolve(void)
{
	if (!atomic_exchange(&injector.mapped, false))
		return;
	if (injector.mode == UPSET_INJECTOR_LOCATE)
		locate_resolve();
	if (injector.mode == UPSET_INJECTOR_TRACE)
		trace_mapped();
	for (unsigned int i = 0; i < injector.faults.count; i++) {
		struct upset_armed *a = &injector.armed[i];

		if (upset_armed_is_sought(a))
			a->resolved = injector_find(0, i, true, &a->pc);
	}
}

/* How far the threads have come. */
static void at_exit(qemu_plugin_id_t id, void *userdata)
{
	uint64_t most = atomic_load(&injector.run->instructions), repeats = injector.run->repeats;

	(void)id, (void)userdata;
	if (injector.child)
		return;
	for (unsigned int i = 0; i < THREADS_MAX && i < atomic_load(&injector.threads); i++) {
		if (threads[i] == NULL)
			continue;
		if (injector_executed(threads[i]) > most)
			most = injector_executed(threads[i]);
		if (injector_repeated(threads[i]) > repeats)
			repeats = injector_repeated(threads[i]);
	}
	atomic_store(&injector.run->instructions, most);
	injector.run->repeats = repeats;
	injector.run->slept_ns = timers_slept_ns();
	if (injector.mode == UPSET_INJECTOR_CARRY && !injector.copy)
		carrier_finish();
}

void injector_hang(void)
{
	atomic_store(&injector.run->hung, 1);
	at_exit(0, NULL);
	_exit(124);
}

/* --- when something is to be done ------------------------------------------------------------- */

/* Set the budget to the next instruction before which something is to be done. */
void injector_plan(struct thread *t)
{
	uint64_t now = injector_executed(t), next = now + INJECTOR_FAR_AWAY;

	if (injector.shm->limit != 0)
		next = injector.shm->limit;
	if (timers_next() < next)
		next = timers_next() > now ? timers_next() : now;
	if (injector.mode == UPSET_INJECTOR_CARRY && carrier_next() < next)
		next = carrier_next();
	if (injector.mode == UPSET_INJECTOR_TRACE && injector.shm->trace.insn > now &&
		injector.shm->trace.insn < next)
		next = injector.shm->trace.insn;
	for (unsigned int i = 0; i < injector.faults.count; i++) {
		const struct upset_armed *a = &injector.armed[i];

		if (!upset_armed_is_on(a, t->number))
			continue;
		if (upset_armed_is_active(a) && now + 1 < next)
			next = now + 1;
		if (a->stage == UPSET_ARMED_WAITING && a->fault->trigger == UPSET_FAULT_AT_INSN &&
			a->fault->count >= now && a->fault->count < next)
			next = a->fault->count;
	}
	t->repeats = injector_repeated(t);
	t->target = next;
	t->since = now;
	t->given = t->left = next - now;
}

static bool is_beyond_limit(const struct thread *t)
{
	const struct upset_injector *shm = injector.shm;

	return (shm->limit != 0 && injector_executed(t) >= shm->limit) ||
	       (shm->limit_repeats != 0 && injector_repeated(t) >= shm->limit_repeats);
}

bool injector_is_alone(const struct thread *t)
{
	return !atomic_load(&injector.handles) &&
	       timers_next() > injector_executed(t) + UPSET_LOOKAHEAD_INSNS;
}

/* Whether it is overwritten is of interest when it is the only fault. */
static bool is_overwritten(const struct thread *t, const struct upset_armed *a,
	const struct upset_inject_state *state, uint64_t pc)
{
	return injector.faults.count == 1 && a->stage == UPSET_ARMED_OVER &&
	       a->injection->state == UPSET_INJECTION_DONE && a->fault->model != UPSET_FAULT_SKIP &&
	       injector_is_alone(t) &&
	       upset_lookahead_is_overwritten(&a->target, a->injection, state, pc);
}

void injector_fire(struct thread *t, unsigned int fault, const uint64_t *place)
{
	struct upset_armed *a = &injector.armed[fault];
	const struct upset_inject_state state = injector_state(t);
	uint64_t pc = injector_program_counter(t);

	a->injection->insn = injector_executed(t);
	upset_armed_fire(a, &state, pc, place);
	if (is_overwritten(t, a, &state, pc))
		atomic_store(&injector.run->overwritten, 1);
}

static void fire(struct thread *t, unsigned int fault)
{
	uint64_t place = 0;
	bool found = false;

	if (upset_armed_has_place(&injector.armed[fault]))
		found = injector_find(0, fault, false, &place);
	injector_fire(t, fault, found ? &place : NULL);
}

void injector_at_boundary(unsigned int vcpu_index, void *trigger)
{
	struct thread *t = threads[vcpu_index];
	const struct upset_inject_state state = injector_state(t);
	/* Not where a REP instruction used the budget up. */
	bool stepped = trigger == NULL && injector_executed(t) > t->since;

	if (is_beyond_limit(t))
		injector_hang();
	if (injector.mode == UPSET_INJECTOR_CARRY && !injector.copy) {
		(void)carrier_at(t);
		timers_expire(injector_executed(t));
		injector_plan(t);
		return;
	}
	if (stepped)
		upset_armed_step(injector.armed, injector.faults.count, t->number, &state);
	for (unsigned int i = 0; i < injector.faults.count; i++) {
		if (upset_armed_is_due(
			    &injector.armed[i], t->number, t->resumed, injector_executed(t)))
			fire(t, i);
	}
	/* What is translated does not tell of steps yet. */
	if (injector.mode == UPSET_INJECTOR_TRACE && trace_begins(t))
		qemu_plugin_reset(injector.id, register_callbacks);
	if (t->resumed != injector_program_counter(t))
		t->resumed = 0;
	if (injector_is_single())
		timers_expire(injector_executed(t));
	injector_plan(t);
}

/* --- threads, processes, loading -------------------------------------------------------------- */

static void vcpu_init(qemu_plugin_id_t id, unsigned int index)
{
	struct thread *t = calloc(1, sizeof(*t));

	(void)id;
	if (t == NULL || index >= THREADS_MAX)
		injector_give_up("out of memory");
	t->number = atomic_fetch_add(&injector.threads, 1);
	if (t->number > 0 && !injector.child)
		atomic_store(&injector.run->threaded, 1);
	t->index = index;
	injector_plan(t);
	if (injector.mode == UPSET_INJECTOR_TRACE)
		(void)trace_begins(t);
	threads[index] = t;
	qemu_plugin_vcpu_set_base(index, t);
}

static void after_syscall(
	qemu_plugin_id_t id, unsigned int vcpu_index, int64_t number, int64_t result)
{
	(void)id, (void)vcpu_index;
	if (number == SYS_mmap || number == SYS_mremap) {
		atomic_store(&injector.mapped, true);
		carrier_mapped();
	}
	injector_after_syscall(number, result);
}

static void take_signal(qemu_plugin_id_t id, unsigned int vcpu_index, int signal)
{
	(void)id;
	if (signal == SIGILL && !injector.child)
		guest_note_illegal(
			&injector.run->illegal, injector_program_counter(threads[vcpu_index]));
}

static void in_child(void)
{
	injector.child = true;
}

int injector_arm(uint64_t item)
{
	struct upset_injector *shm = injector.shm;
	const char *text = (const char *)shm + upset_injector_items(shm)[item].faults;
	unsigned int column;

	upset_faults_free(&injector.faults);
	if (text[0] == '\0')
		return 0;
	if (upset_faults_parse(text, &injector.faults, &column, NULL) != 0 ||
		injector.faults.count > UPSET_INJECTOR_FAULTS)
		return -EINVAL;
	for (unsigned int i = 0; i < injector.faults.count; i++)
		injector.armed[i] = (struct upset_armed){.fault = &injector.faults.faults[i],
			.injection = &injector.run->injections[i],
			.taker = -1};
	return 0;
}

static void register_callbacks(qemu_plugin_id_t id)
{
	qemu_plugin_register_vcpu_init_cb(id, vcpu_init);
	qemu_plugin_register_vcpu_tb_trans_cb(id, injector_translate);
	qemu_plugin_register_vcpu_unwind_cb(id, injector_unwind);
	qemu_plugin_register_vcpu_syscall_filter_cb(id, injector_filter_syscall);
	qemu_plugin_register_vcpu_syscall_ret_cb(id, after_syscall);
	qemu_plugin_register_vcpu_signal_cb(id, take_signal);
	qemu_plugin_register_atexit_cb(id, at_exit, NULL);
}

static int attach(int fd)
{
	struct stat info;

	if (fstat(fd, &info) != 0)
		return -errno;
	injector.shm = mmap(NULL, (size_t)info.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (injector.shm == MAP_FAILED || injector.shm->magic != UPSET_INJECTOR_MAGIC ||
		injector.shm->size != (uint64_t)info.st_size)
		return -EINVAL;
	apart_close(fd);
	injector.run = &injector.shm->run;
	atomic_store(&injector.run->started, 1);
	injector.mode = injector.shm->mode;
	switch (injector.mode) {
	case UPSET_INJECTOR_LOCATE:
		return locate_begin();
	case UPSET_INJECTOR_CARRY:
		return carrier_begin();
	default:
		return injector_arm(0);
	}
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(
	qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
	int fd = -1;

	injector.socket = -1;
	atomic_store(&injector.mapped, true);
	for (int i = 0; i < argc; i++) {
		if (strncmp(argv[i], "apart=", 6) == 0)
			apart_begin(atoi(argv[i] + 6));
		if (strncmp(argv[i], "shm=", 4) == 0)
			fd = atoi(argv[i] + 4);
		if (strncmp(argv[i], "socket=", 7) == 0)
			injector.socket = atoi(argv[i] + 7);
	}
	if (fd < 0 || injector.socket < 0 || info->system_emulation || attach(fd) != 0) {
		fprintf(stderr, "upset: this plugin is loaded by upset itself, in user mode\n");
		return -1;
	}
	(void)pthread_atfork(NULL, NULL, in_child);
	injector.id = id;
	guest_begin(argc, argv);
	register_callbacks(id);
	return 0;
}
