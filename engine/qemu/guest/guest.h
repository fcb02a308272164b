/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the program reads of its machine, the same in each run: compiled into both
 * plugins, for golden runs and for experiments.  Nothing here knows what a plugin
 * counts or injects, but for guest_executed() and guest_is_alone(), which it has.
 */
#ifndef UPSET_ENGINE_QEMU_GUEST_GUEST_H
#define UPSET_ENGINE_QEMU_GUEST_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/illegal.h"
#include "linux/abi.h"

/* A system call of the program. */
struct call {
	int64_t number; /* the host's, see linux/abi.h */
	uint64_t a1, a2, a3, a4, a5, a6;
	unsigned int vcpu;	 /* whose it is */
	unsigned int time_bytes; /* of each of the two parts of its times */
	uint8_t form;		 /* enum upset_abi_form */
	int64_t own;		 /* the program's number */
};

/* --- what the plugin tells -------------------------------------------------------------------- */

/* Instructions that the thread has executed; called outside of translated code. */
uint64_t guest_executed(unsigned int vcpu);
/* Whether this is the program's process, and has had one thread so far. */
bool guest_is_alone(void);

/* --- what is asked of it ---------------------------------------------------------------------- */

/* Once, when the plugin is loaded with these arguments in a QEMU for @isa; false where nothing
   is known of that. */
bool guest_begin(const char *isa, int argc, char **argv);
/* Linux as the program sees it. */
const struct upset_abi *guest_abi(void);
/* The call that thread @vcpu makes by the program's @number. */
struct call guest_call(int64_t number, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4,
	uint64_t a5, uint64_t a6, unsigned int vcpu);
/* Before @call: true if it was answered with *@result and is not to be made. */
bool guest_answer(const struct call *call, int64_t *result);
/* The thread's call, @number of the host, has returned @result: put what is the same in each run
   where the machine's is. */
void guest_after(int64_t number, int64_t result);

/* SIGILL has come before the instruction at @address. */
void guest_note_illegal(
	const struct upset_isa *isa, struct upset_illegal *illegal, uint64_t address);

/* The number of its process, as the program sees it. */
int guest_process(void);
/* In a process that is a copy of the program's, and no child of it. */
void guest_is_copy(void);
/* The program takes file @now for @before, which it is in place of. */
struct stat;
void guest_replaces(const struct stat *before, const struct stat *now);

/* --- memory of the program: false where it has none, or at 0 (memory.c) ----------------------- */

bool guest_read(uint64_t address, void *value, size_t size);
bool guest_write(uint64_t address, const void *value, size_t size);
/* @count words of the program, each as one of 64 bits. */
bool guest_read_words(uint64_t address, uint64_t *words, size_t count);
bool guest_write_words(uint64_t address, const uint64_t *words, size_t count);
/* The string at @address with its end, if that fits in @size. */
bool guest_read_text(uint64_t address, char *text, size_t size);

#endif
