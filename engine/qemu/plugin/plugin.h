/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plugin inside QEMU, shared between its files.  All policy is here; QEMU's
 * patches only offer the means.  Counts go to the shared memory (shm.h), which
 * the driver reads when the program has ended.
 */
#ifndef UPSET_ENGINE_QEMU_PLUGIN_H
#define UPSET_ENGINE_QEMU_PLUGIN_H

#include <stdbool.h>

#include <glib.h>
#include <qemu/qemu-plugin.h>

#include "engine/qemu/block.h"
#include "engine/qemu/plugin/plan.h"
#include "isa/state.h"
#include "profile/profile.h"

/* An instruction that callbacks sample. */
struct site {
	struct block *block;
	unsigned int index; /* in the block */
	struct upset_insn insn;
};

/* A block as the plugin knows it; lives as long as the program. */
struct block {
	struct upset_shm_block *shm;
	struct block *next;    /* with the same hash */
	struct site *transfer; /* its last instruction, when calls are followed and it is one to
				  follow */
	struct site *sites;    /* [insn_count] of slow instructions, others unused; or NULL */
	uint64_t hash;
	/* Of an execution, for translated code: enum upset_work_kind without the first. */
	int64_t accesses[UPSET_WORK_KINDS - 1] __attribute__((aligned(16)));
};

struct event { /* a memory access of a slow instruction */
	uint64_t address;
	unsigned int bytes;
	bool store;
	unsigned char value[16];
};

enum { EVENTS_MAX = 160 };

/* A REP instruction that has begun: it is the same one when it goes on. */
struct rep {
	bool active;
	uint64_t pc, sp, counter; /* where it stopped */
	struct upset_state before;
};

struct vcpu {
	unsigned int index;
	struct upset_shm_thread *shm;
	unsigned int slot;	   /* in shm->threads */
	const struct site *active; /* slow instruction that has begun, or NULL */
	struct upset_state before, after;
	unsigned int event_count;
	struct event events[EVENTS_MAX];
	struct rep rep;
	int64_t syscall_number;
	uint64_t syscall_arguments[3];
	struct upset_calls_thread calls;
	uint64_t handler; /* that rt_sigaction is about to set */
};

struct plugin {
	const struct upset_isa *isa; /* of the program */
	struct upset_shm *shm;
	int fd;	       /* of the shared memory */
	bool child;    /* this is a forked process, which is not counted */
	bool budgeted; /* blocks take their instructions from the thread's budget */
	unsigned int detail;
	struct vcpu **vcpus;
	unsigned int vcpu_room;
};
extern struct plugin plugin;

/* install.c: what QEMU calls, also when blocks are to be translated anew. */
void plugin_register(qemu_plugin_id_t id);

/* End QEMU: there is no memory left to count in. */
void plugin_out_of_memory(void) __attribute__((noreturn));

/* threads.c */
struct vcpu *plugin_vcpu(unsigned int index);
void plugin_vcpu_init(qemu_plugin_id_t id, unsigned int index);
void plugin_vcpu_exit(qemu_plugin_id_t id, unsigned int index);
struct upset_shm_slot *plugin_slot(const struct vcpu *vcpu, const struct block *block);
/* A zeroed bucket for a thread's records of @block; 0: out of memory. */
upset_ref plugin_take_bucket(const struct upset_shm_block *block);

/* translate.c */
void plugin_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);
struct block *plugin_block(unsigned int id);

/* emit.c */
void plugin_emit(struct qemu_plugin_tb *tb, struct block *block, const struct upset_plan *plan,
	const struct upset_plan_insn *insns);

/* record.c */
void plugin_begin_counting(void);
void plugin_end_counting(void);
void plugin_full(unsigned int vcpu_index, void *block);
void plugin_unwind(qemu_plugin_id_t id, unsigned int vcpu_index, uint64_t pc);
/* Take back the block that has begun: only @done instructions of it were executed. */
void plugin_take_back(struct vcpu *vcpu, struct block *block, unsigned int done);

/* slow.c */
void plugin_slow_before(unsigned int vcpu_index, void *site);
void plugin_slow_after(unsigned int vcpu_index, void *site);
void plugin_slow_access(
	unsigned int vcpu_index, qemu_plugin_meminfo_t info, uint64_t address, void *site);
void plugin_slow_stop(struct vcpu *vcpu);
void plugin_trap(struct vcpu *vcpu, const struct site *site);
void plugin_sample(const struct site *site, unsigned int row, const void *value);
/* Account for the address of memory row @row, detail full. */
void plugin_touch(const struct site *site, unsigned int row, uint64_t address);

/* rep.c */
void plugin_rep_before(unsigned int vcpu_index, void *site);
void plugin_rep_done(unsigned int vcpu_index, void *site);
void plugin_rep_again(unsigned int vcpu_index, void *site);
void plugin_rep_access(struct vcpu *vcpu, const struct site *site);
void plugin_rep_stop(struct vcpu *vcpu);

/* timers.c */
/* The thread has no timer. */
void plugin_timers_begin(struct vcpu *vcpu);
/* Timers may have been set: give the thread what it may execute until the next one expires. */
void plugin_timers_plan(qemu_plugin_id_t id, unsigned int vcpu_index);
/* The thread's budget does not last for @block: leave translated code.  False: it does. */
bool plugin_timers_leave(unsigned int vcpu_index, const struct block *block);

/* calls.c */
void plugin_calls_begin(struct vcpu *vcpu);
void plugin_calls_end(struct vcpu *vcpu);
/* A block's last instruction, a struct site, has taken the thread elsewhere. */
void plugin_calls_followed(unsigned int vcpu_index, void *site);
/* A signal is about to be delivered. */
void plugin_calls_signal(struct vcpu *vcpu, int signal);
/* A system call was entered; it returned @result. */
void plugin_calls_syscall(struct vcpu *vcpu);
void plugin_calls_syscall_return(struct vcpu *vcpu, int64_t result);

/* state.c */
void plugin_find_state(void);
/* Read what the rows and addresses of @insn name, at least; the rest of @state is not valid. */
void plugin_read_state(
	const struct vcpu *vcpu, const struct upset_insn *insn, struct upset_state *state);
uint64_t plugin_stack_pointer(const struct vcpu *vcpu);
uint64_t plugin_program_counter(const struct vcpu *vcpu);

/* system.c */
void plugin_syscall(qemu_plugin_id_t id, unsigned int vcpu_index, int64_t number, uint64_t a1,
	uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5, uint64_t a6, uint64_t a7, uint64_t a8);
bool plugin_filter_syscall(qemu_plugin_id_t id, unsigned int vcpu_index, int64_t number,
	uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5, uint64_t a6, uint64_t a7,
	uint64_t a8, uint64_t *result);
void plugin_syscall_return(
	qemu_plugin_id_t id, unsigned int vcpu_index, int64_t number, int64_t result);
void plugin_signal(qemu_plugin_id_t id, unsigned int vcpu_index, int signal);
void plugin_system_init(void);

/* maps.c */
void plugin_maps_changed(void);
/* Number of the snapshot that says what lies at @address. */
uint32_t plugin_maps_at(uint64_t address);
/* Remember all mappings, for the end of the run. */
void plugin_maps_snapshot(void);

#endif
