/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside the injector only: what its files share. */
#ifndef UPSET_ENGINE_QEMU_INJECTOR_INJECTOR_H
#define UPSET_ENGINE_QEMU_INJECTOR_INJECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include <qemu/qemu-plugin.h>

#include "engine/armed.h"
#include "engine/qemu/injector/layout.h"

/* A thread; the base pointer of its translated code points here. */
struct thread {
	uint64_t left;	  /* instructions until something is to be done */
	uint64_t target;  /* the number of that instruction, from 0 */
	uint64_t current; /* the block that it is in, a struct code */
	/* When the target was set: what was left, and how many instructions were executed. */
	uint64_t given, since;
	uint64_t repeats; /* of REP instructions until then, but the last of each */
	uint64_t
		resumed; /* address of the instruction that it goes on with, counted before; or 0 */
	uint32_t number; /* in order of creation */
	unsigned int index;
	bool leaving; /* by will, nothing is to be corrected */
};

struct injector {
	qemu_plugin_id_t id;
	struct upset_injector *shm;
	struct upset_injector_run *run; /* of this process */
	enum upset_injector_mode mode;
	int socket;
	bool child;	     /* a process that the program forked, in which no faults are */
	bool copy;	     /* of a process in mode UPSET_INJECTOR_CARRY */
	bool scout;	     /* a copy without a fault that tells what it translates */
	atomic_bool mapped;  /* something, since places were looked for */
	atomic_bool handles; /* a signal that an instruction may raise */
	atomic_uint threads; /* created so far */
	struct upset_faults faults;
	struct upset_armed armed[UPSET_INJECTOR_FAULTS];
};
extern struct injector injector;

struct thread *injector_thread(unsigned int vcpu_index);

/* The program hangs: end it. */
void injector_hang(void) __attribute__((noreturn));

/* Say why, and end the process: what the driver takes for an error of upset's own. */
void injector_give_up(const char *why) __attribute__((noreturn));

/* Whether the program never had more than one thread. */
static inline bool injector_is_single(void)
{
	return atomic_load(&injector.threads) == 1;
}

/* Instructions that the thread has executed; exact outside of translated code. */
static inline uint64_t injector_executed(const struct thread *t)
{
	return t->target - t->left;
}

/* The same of repeats of REP instructions. */
static inline uint64_t injector_repeated(const struct thread *t)
{
	return t->repeats + (t->given - t->left) - (injector_executed(t) - t->since);
}

/* Set the thread's budget to the next instruction before which something is to be done. */
void injector_plan(struct thread *t);
/* Nothing but the code ahead will look at its registers before it is executed. */
bool injector_is_alone(const struct thread *t);

/* More than any thread executes. */
#define INJECTOR_FAR_AWAY (1ULL << 62)

/* Find the triggers' places that are not known yet. */
void injector_resolve(void);
/* The thread is outside of translated code, before an instruction; at that of a trigger when
   @trigger is not NULL, else its budget is used up. */
void injector_at_boundary(unsigned int vcpu_index, void *trigger);

/* translate.c: a block is translated */
void injector_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);
/* A block was left in the middle, before @pc: give back what it did not execute. */
void injector_unwind(qemu_plugin_id_t id, unsigned int vcpu_index, uint64_t pc);

/* messages.c: ask the driver where a place of fault @fault of item @item is.  False: not mapped. */
bool injector_find(uint64_t item, unsigned int fault, bool trigger, uint64_t *address);
/* A new file with the program's memory map, to be closed. */
int injector_write_maps(void);
/* Whether the driver takes what the scout did, with @count outputs, for a run like the golden one.
 */
bool injector_ask(const struct upset_injector_message *message, const int *fds, size_t count);
/* Tell the driver something, with @count descriptors. */
void injector_tell(const struct upset_injector_message *message, const int *fds, size_t count);

/* state.c: of the thread that is outside of translated code, once registers were found */
void injector_find_state(void);
struct upset_inject_state injector_state(struct thread *thread);
uint64_t injector_program_counter(const struct thread *thread);
/* Where a general register lies; it is up to date in callbacks with registers, too. */
const uint64_t *injector_general_register(const struct thread *thread, unsigned int resource);

/* hash.c: of all that the thread can still use: registers and memory; 0: too much, or unknown. */
uint64_t injector_hash_state(struct thread *thread);

/* Parse the faults of @item, and await their triggers. */
int injector_arm(uint64_t item);
/* Carry armed fault @fault out, before the instruction at which the thread is. */
void injector_fire(struct thread *t, unsigned int fault, const uint64_t *place);

/* syscalls.c: before and after system calls; calls.h has the rest of what becomes of them. */
bool injector_filter_syscall(qemu_plugin_id_t id, unsigned int vcpu_index, int64_t number,
	uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5, uint64_t a6, uint64_t a7,
	uint64_t a8, uint64_t *result);
void injector_after_syscall(int64_t number, int64_t result);

/* locate.c: mode UPSET_INJECTOR_LOCATE */
int locate_begin(void);
/* Look for triggers' places, where something was mapped. */
void locate_resolve(void);
/* What is looked for at @pc; NULL: nothing. */
void *locate_at(uint64_t pc);
/* Thread @number comes to such a place, having executed @instructions. */
void locate_arrive(void *place, uint32_t number, uint64_t instructions);

/* trace.c: mode UPSET_INJECTOR_TRACE */
struct trace_site;
/* What trace_step() is to get of an instruction, with @behind more in its block and itself. */
struct trace_site *trace_site_new(
	uint64_t address, const uint8_t *bytes, size_t size, unsigned int behind);
/* The thread comes to it. */
void trace_step(unsigned int vcpu_index, void *site);
/* The thread is outside of translated code, its faults that are due have happened: true if
   steps are to be told from now on. */
bool trace_begins(struct thread *t);
bool trace_is_on(void);
/* Something was mapped. */
void trace_mapped(void);
/* The program writes @size bytes at @address. */
void trace_output(struct thread *t, int64_t number, uint64_t fd, uint64_t address, uint64_t size);

/* carrier.c: mode UPSET_INJECTOR_CARRY */
int carrier_begin(void);
/* The instruction before which the next item is to be made; UINT64_MAX: none. */
uint64_t carrier_next(void);
/* The thread is outside of translated code; make copies that are due.  True in a copy. */
bool carrier_at(struct thread *t);
/* Make no more copies: @why; wait for those there are, and end. */
void carrier_stop(const char *why) __attribute__((noreturn));
/* In the scout: a block is translated. */
void carrier_note_block(uint64_t first, uint64_t last);
/* The program ends: wait for all copies. */
void carrier_finish(void);
/* The program has mapped something. */
void carrier_mapped(void);
/* The program has opened descriptor @fd. */
void carrier_opened(int fd);
/* Whether @fd is the program's standard output or error, as it was given to it. */
bool carrier_is_output(int fd);

#endif
