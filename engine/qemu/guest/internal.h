/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside engine/qemu/guest only: what each file says of a system call. */
#ifndef UPSET_ENGINE_QEMU_GUEST_INTERNAL_H
#define UPSET_ENGINE_QEMU_GUEST_INTERNAL_H

#include "engine/qemu/guest/guest.h"

enum {
	SECOND_NS = 1000000000,
	MILLISECOND_NS = 1000000,
	MICROSECOND_NS = 1000,
	CLOCK_TICK_NS = 10 * MILLISECOND_NS, /* sysconf(_SC_CLK_TCK) is 100 */
	GUEST_PROCESS = 2, /* the program's number and its parent's, as in a sandbox */
	GUEST_PARENT = 1,
};
/* When each run begins, as its clock has it: 2026-01-01, in UTC; then one ns an instruction. */
#define CLOCK_EPOCH_NS (1767225600ULL * SECOND_NS)
#define MACHINE_MEMORY_BYTES (16ULL << 30)

/* guest.c: bytes of each of the two parts of times in the thread's present call. */
uint64_t guest_time_bytes(void);

/* memory.c: a time of two parts, the second in units of @unit ns; false: no such address, or no
   time. */
bool guest_read_time(uint64_t address, uint64_t unit, uint64_t *ns);
bool guest_write_time(uint64_t address, uint64_t unit, uint64_t ns);

/* clock.c: time is what was executed; all of it ends with the second thread. */
/* On clock @clock, a clockid_t. */
uint64_t clock_now_ns(unsigned int vcpu, uint64_t clock);
/* Before @call: note how long it may wait. */
void clock_before(const struct call *call);
bool clock_answer(const struct call *call, int64_t *result);
void clock_after(const struct call *call, int64_t result);
/* The counter of time, for qemu_plugin_set_ticks_cb(). */
bool clock_ticks(unsigned int vcpu, uint64_t *ticks);

/* random.c: random numbers, as long as there is one thread. */
void random_begin(void);
void random_after(const struct call *call, int64_t result);
void random_take(void *bytes, size_t size);

/* numbers.c: devices, inodes and times of files; always, since programs compare them. */
/* Files' times from @since_ns on, by the machine's clock, are those of the run's begin. */
void numbers_begin(uint64_t since_ns);
void numbers_after(const struct call *call, int64_t result);
uint64_t numbers_inode(uint64_t device, uint64_t inode);
uint64_t numbers_device(void);

/* machine.c: load, memory and processor; which process it is. */
void machine_begin(void);
bool machine_answer(const struct call *call, int64_t *result);
void machine_after(const struct call *call, int64_t result);

/* files.c: /proc. */
bool files_answer(const struct call *call, int64_t *result);
void files_after(const struct call *call, int64_t result);

#endif
