/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside engine/gdb only: what a stub can be asked for.  Knows nothing of instruction sets and
 * of counting.  Where nothing else is said functions return 0 or an -errno of packets.h, which
 * gdb_stub_error() puts into words.
 */
#ifndef UPSET_ENGINE_GDB_STUB_H
#define UPSET_ENGINE_GDB_STUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "engine/gdb/description.h"
#include "engine/gdb/packets.h"

enum {
	GDB_SIGTRAP = 5,
	GDB_REGISTERS_BYTES = GDB_PACKET_BYTES / 2, /* of all that `g` tells, at most */
	GDB_WORD_BYTES = 48,
};

enum gdb_stop_kind {
	GDB_STOP_SIGNAL, /* also GDB_SIGTRAP for steps and breakpoints */
	GDB_STOP_SYSCALL_ENTRY,
	GDB_STOP_SYSCALL_RETURN,
	GDB_STOP_EXITED,
	GDB_STOP_KILLED,
};

/* Why the program does not run. */
struct gdb_stop {
	enum gdb_stop_kind kind;
	int value; /* signal as GDB numbers it, or exit status */
};

struct gdb_stub {
	struct gdb_packets packets;
	const char *name; /* where it is, "at HOST:PORT", for messages; the caller's */
	struct gdb_description description;
	size_t packet_bytes;  /* that it takes */
	uint64_t process;     /* that is number of the first thread, too; 0: not known */
	bool resumes_threads; /* it knows vCont */
	bool timed_out;	      /* the program ran until packets.is_late */
	bool steps_far;	      /* a step over a system call does the next instruction, too: QEMU */
	char asked[GDB_WORD_BYTES]; /* the last question, for messages */
};

/*
 * Begin with the stub on @fd, which gdb_stub_close() closes in any case.  @stub is zeroed but
 * for .name and .packets.stop.  0 or -errno with a message.
 */
int gdb_stub_open(struct gdb_stub *stub, int fd, struct upset_error *error);
/* Leave the program alone, it goes on by itself. */
void gdb_stub_detach(struct gdb_stub *stub);
void gdb_stub_close(struct gdb_stub *stub);

/* What @result, which is not 0, of one of the functions below means; -errno for engine.h. */
int gdb_stub_error(const struct gdb_stub *stub, int result, struct upset_error *error);

/* Ask as printf() does, and take the answer into stub->packets. */
int gdb_stub_ask(struct gdb_stub *stub, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
int gdb_stub_answer(struct gdb_stub *stub);
/* Whether that is the protocol's own word for one. */
bool gdb_stub_is_error(const struct gdb_stub *stub);

/* `g`: the registers in the order of their numbers, as hex digits of *@size bytes, or 'x' for
   bytes that are not known; *@digits ends with the next question. */
int gdb_stub_registers(struct gdb_stub *stub, const char **digits, size_t *size);
/* `p`: likewise; -ENODATA: it does not tell. */
int gdb_stub_register(struct gdb_stub *stub, uint32_t number, const char **digits, size_t *size);
/* The byte that two of such digits tell; -1: none. */
int gdb_stub_byte(const char *digits);

/* -EFAULT: it does not tell, such as memory that is not there. */
int gdb_stub_read(struct gdb_stub *stub, uint64_t address, void *bytes, size_t size);

/* -EFAULT: it does not let itself be written. */
int gdb_stub_write(struct gdb_stub *stub, uint64_t address, const uint8_t *bytes, size_t size);
/* `P`; -ENOTSUP: it cannot. */
int gdb_stub_write_register(
	struct gdb_stub *stub, uint32_t number, const uint8_t *bytes, size_t size);

/* Let the program go on, for one instruction or until something comes, with @signal (0: none),
   as GDB numbers it; and wait for that. */
int gdb_stub_go(struct gdb_stub *stub, bool step, int signal, struct gdb_stop *stop);
/* -ENOTSUP: it has no such. */
int gdb_stub_break(struct gdb_stub *stub, uint64_t address, bool set);
/* Stop at entry to and return from system call @number; < 0: at none.  -ENOTSUP: it cannot. */
int gdb_stub_catch(struct gdb_stub *stub, int64_t number);

/* An object of the program, or a file of the stub's machine: *@text[*@size] and a zero, the
   caller's to free.  -ENOTSUP, -ENOENT: it does not tell, or there is none; -ENOMEM. */
int gdb_stub_object(
	struct gdb_stub *stub, const char *object, const char *annex, char **text, size_t *size);
int gdb_stub_file(struct gdb_stub *stub, const char *path, char **text, size_t *size);

#endif
