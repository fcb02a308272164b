/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See syscalls.h. */
#include "engine/syscalls.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ERRORS = 4095, RESETS = (int)SA_RESETHAND, ACTION_BYTES = 32 };

int64_t upset_syscall_number(const struct upset_state *before)
{
	/* 32 bits of the register count. */
	return (int32_t)(uint32_t)upset_state_word(before, before->isa->syscall_number);
}

uint64_t upset_syscall_argument(const struct upset_state *before, unsigned int i)
{
	return upset_state_word(before, before->isa->syscall_arguments[i]);
}

bool upset_syscall_is(
	const struct upset_abi *abi, const struct upset_state *before, const char *name)
{
	const char *own =
		abi == NULL ? NULL : upset_abi_call_name(abi, upset_syscall_number(before));

	return own != NULL && strcmp(own, name) == 0;
}

bool upset_syscall_is_sigreturn(const struct upset_abi *abi, const struct upset_state *before)
{
	return upset_syscall_is(abi, before, "rt_sigreturn") ||
	       upset_syscall_is(abi, before, "sigreturn");
}

/* --- mappings --------------------------------------------------------------------------------- */

struct call {
	const struct upset_abi *abi;
	const struct upset_syscall_effects *effects;
	void *context;
	int64_t number;
	uint64_t arguments[UPSET_ISA_SYSCALL_ARGUMENTS];
	uint64_t result;
};

static void tell_mapped(const struct call *call, uint64_t start, uint64_t size, bool executable)
{
	if (call->effects->mapped != NULL)
		call->effects->mapped(call->context, start, size, executable);
}

/* What is to be mapped is said in memory, or is one of several things that the call does. */
static void mapped_somewhere(const struct call *call)
{
	tell_mapped(call, 0, UINT64_MAX, true);
}

static void mapped(const struct call *call)
{
	if (upset_abi_form(call->abi, call->number) == UPSET_ABI_IN_MEMORY)
		mapped_somewhere(call);
	else
		tell_mapped(call, call->result, call->arguments[1],
			(call->arguments[2] & PROT_EXEC) != 0);
}

static void unmapped(const struct call *call)
{
	tell_mapped(call, call->arguments[0], call->arguments[1], false);
}

static void protected(const struct call *call)
{
	tell_mapped(call, call->arguments[0], call->arguments[1],
		(call->arguments[2] & PROT_EXEC) != 0);
}

static void moved(const struct call *call)
{
	tell_mapped(call, call->arguments[0], call->arguments[1], false);
	tell_mapped(call, call->result, call->arguments[2], false);
}

static void shared_attached(const struct call *call)
{
	tell_mapped(call, call->result, 1, (call->arguments[2] & SHM_EXEC) != 0);
}

static void shared_detached(const struct call *call)
{
	tell_mapped(call, call->arguments[0], 1, false);
}

static void break_set(const struct call *call)
{
	if (call->effects->break_set != NULL)
		call->effects->break_set(call->context);
}

/* --- files ------------------------------------------------------------------------------------ */

static void created(const struct call *call)
{
	if (call->effects->opened != NULL)
		call->effects->opened(call->context, (int)call->result);
}

static void opened_with(const struct call *call, uint64_t own_flags)
{
	const uint64_t flags = upset_abi_open_flags(call->abi, own_flags);

	if ((flags & O_PATH) == 0 && (flags & (O_ACCMODE | O_CREAT | O_TRUNC)) != O_RDONLY)
		created(call);
}

static void opened(const struct call *call)
{
	opened_with(call, call->arguments[1]);
}

static void opened_at(const struct call *call)
{
	opened_with(call, call->arguments[2]);
}

/* Flags come first there, of 64 bits for all. */
static void opened_how(const struct call *call)
{
	uint64_t flags;

	if (call->effects->read_memory(
		    call->context, call->arguments[2], (uint8_t *)&flags, sizeof(flags)))
		opened_with(call, flags);
}

/* --- signals, processes, threads -------------------------------------------------------------- */

/* Its first word is the handler. */
static void action_set_with(const struct call *call, unsigned int flags_at)
{
	const struct upset_abi *abi = call->abi;
	const uint64_t signal = call->arguments[0], at = call->arguments[1];
	uint8_t action[ACTION_BYTES] = {0};
	uint64_t handler, flags;

	if (call->effects->handler_set == NULL || at == 0 ||
		!call->effects->read_memory(call->context, at, action, flags_at + abi->word_bytes))
		return;
	handler = upset_abi_word(abi, action);
	flags = upset_abi_word(abi, action + flags_at);
	if (handler == (uintptr_t)SIG_IGN)
		handler = 0;
	call->effects->handler_set(call->context, signal, handler, (flags & (uint32_t)RESETS) != 0);
}

static void action_set(const struct call *call)
{
	action_set_with(call, call->abi->sigaction_flags);
}

/* A mask of one word lies in between. */
static void old_action_set(const struct call *call)
{
	action_set_with(call, 2 * call->abi->word_bytes);
}

static void process_made(const struct call *call)
{
	if (call->result != 0 && call->effects->process_made != NULL)
		call->effects->process_made(call->context);
}

static void affinity_told(const struct call *call)
{
	if (call->effects->affinity_told != NULL)
		call->effects->affinity_told(
			call->context, (pid_t)call->arguments[0], call->arguments[2], call->result);
}

/* --- all of them ------------------------------------------------------------------------------ */

static const struct {
	const char *name;
	void (*returned)(const struct call *call);
} table[] = {
	{"mmap", mapped},
	{"mmap2", mapped},
	{"munmap", unmapped},
	{"mprotect", protected},
	{"pkey_mprotect", protected},
	{"mremap", moved},
	{"remap_file_pages", unmapped},
	{"madvise", unmapped},
	{"brk", break_set},
	{"shmat", shared_attached},
	{"shmdt", shared_detached},
	{"ipc", mapped_somewhere},
	{"open", opened},
	{"creat", created},
	{"openat", opened_at},
	{"openat2", opened_how},
	{"rt_sigaction", action_set},
	{"sigaction", old_action_set},
	{"fork", process_made},
	{"vfork", process_made},
	{"clone", process_made},
	{"clone3", process_made},
	{"sched_getaffinity", affinity_told},
};

void upset_syscall_returned(const struct upset_abi *abi, const struct upset_state *before,
	uint64_t result, const struct upset_syscall_effects *effects, void *context)
{
	const bool narrow = before->isa->word_bits == 32;
	struct call call = {.abi = abi,
		.effects = effects,
		.context = context,
		.number = upset_syscall_number(before),
		.result = narrow ? (uint32_t)result : result};

	if (abi == NULL || call.result >= (narrow ? (uint32_t)-ERRORS : (uint64_t)-ERRORS))
		return;
	for (unsigned int i = 0; i < UPSET_ISA_SYSCALL_ARGUMENTS; i++)
		call.arguments[i] = upset_syscall_argument(before, i);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (upset_syscall_is(abi, before, table[i].name))
			table[i].returned(&call);
	}
}

int upset_syscall_add_file(struct upset_profile *profile, pid_t pid, int fd)
{
	char link[64], path[PATH_MAX];
	struct stat status;
	ssize_t size;

	(void)snprintf(link, sizeof(link), "/proc/%d/fd/%d", (int)pid, fd);
	size = readlink(link, path, sizeof(path) - 1);
	if (size <= 0 || path[0] != '/' || stat(link, &status) != 0 || !S_ISREG(status.st_mode) ||
		status.st_nlink == 0) /* nobody can find it any more */
		return 0;
	path[size] = '\0';
	return upset_profile_add_file(profile, path);
}
