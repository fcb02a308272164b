/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System calls and signals: their numbers, the files that the program opens for
 * writing, and what changes the memory map.
 */
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/qemu/guest/guest.h"
#include "engine/qemu/plugin/plugin.h"

/* --- files ---------------------------------------------------------------------------- */

static bool is_known_file(const char *path)
{
	const struct upset_shm_text *text = upset_shm_find(plugin.shm, plugin.shm->files);

	for (; text != NULL; text = upset_shm_find(plugin.shm, text->next)) {
		if (strcmp(text->text, path) == 0)
			return true;
	}
	return false;
}

static void add_file(const char *path)
{
	size_t size = strlen(path) + 1;
	upset_ref ref;
	struct upset_shm_text *text;

	upset_shm_lock(&plugin.shm->lock);
	if (!is_known_file(path)) {
		ref = upset_shm_alloc(plugin.shm, sizeof(*text) + size);
		text = upset_shm_find(plugin.shm, ref);
		if (text != NULL) {
			memcpy(text->text, path, size);
			text->size = (uint32_t)size;
			text->next = plugin.shm->files;
			plugin.shm->files = ref;
		}
	}
	upset_shm_unlock(&plugin.shm->lock);
}

static bool opens_for_writing(const struct vcpu *vcpu, int64_t number)
{
	switch (number) {
	case SYS_open:
		return vcpu->syscall_arguments[1] & (O_WRONLY | O_RDWR);
	case SYS_openat:
		return vcpu->syscall_arguments[2] & (O_WRONLY | O_RDWR);
	case SYS_creat:
		return true;
	default:
		return false;
	}
}

static void note_file(int64_t fd)
{
	char link[64], path[PATH_MAX];
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%lld", (long long)fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n <= 0 || path[0] != '/')
		return;
	path[n] = '\0';
	if (strncmp(path, "/dev/", 5) != 0 && strncmp(path, "/proc/", 6) != 0)
		add_file(path);
}

/* --- system calls ---------------------------------------------------------------------------- */

static bool changes_maps(int64_t number)
{
	switch (number) {
	case SYS_mmap:
	case SYS_munmap:
	case SYS_mprotect:
	case SYS_mremap:
	case SYS_brk:
	case SYS_shmat:
	case SYS_shmdt:
		return true;
	default:
		return false;
	}
}

static bool becomes_another(int64_t number)
{
	return number == SYS_execve || number == SYS_execveat;
}

static bool may_end(int64_t number)
{
	return number == SYS_exit_group || number == SYS_exit || becomes_another(number) ||
	       number == SYS_kill || number == SYS_tgkill || number == SYS_tkill;
}

static void count_syscall(struct upset_shm *shm, int64_t number)
{
	if (number >= 0 && number < UPSET_SHM_SYSCALLS) {
		shm->syscalls[number]++;
		return;
	}
	for (unsigned int i = 0; i < UPSET_SHM_ODD_SYSCALLS; i++) {
		if (shm->odd_syscalls[i].count == 0)
			shm->odd_syscalls[i].number = number;
		if (shm->odd_syscalls[i].number == number) {
			shm->odd_syscalls[i].count++;
			return;
		}
	}
}

void plugin_syscall(qemu_plugin_id_t id, unsigned int vcpu_index, int64_t number, uint64_t a1,
	uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5, uint64_t a6, uint64_t a7, uint64_t a8)
{
	struct vcpu *vcpu = plugin_vcpu(vcpu_index);

	(void)id, (void)a4, (void)a5, (void)a6, (void)a7, (void)a8;
	if (plugin.child || vcpu == NULL)
		return;
	vcpu->syscall_number = upset_abi_canonical(guest_abi(), number);
	vcpu->syscall_arguments[0] = a1;
	vcpu->syscall_arguments[1] = a2;
	vcpu->syscall_arguments[2] = a3;
	plugin_calls_syscall(vcpu);
	upset_shm_lock(&plugin.shm->lock);
	count_syscall(plugin.shm, number);
	if (becomes_another(vcpu->syscall_number))
		plugin.shm->exec_pending = 1;
	upset_shm_unlock(&plugin.shm->lock);
	if (may_end(vcpu->syscall_number))
		plugin_maps_snapshot();
}

/* --- what is the same in each run --------------------------------------------------------------
 */

uint64_t guest_executed(unsigned int vcpu)
{
	return upset_shm_instructions(plugin.shm, plugin_vcpu(vcpu)->shm);
}

bool guest_is_alone(void)
{
	return plugin.shm->thread_number == 1 && !plugin.child;
}

bool plugin_filter_syscall(qemu_plugin_id_t id, unsigned int vcpu_index, int64_t number,
	uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5, uint64_t a6, uint64_t a7,
	uint64_t a8, uint64_t *result)
{
	const struct call call = guest_call(number, a1, a2, a3, a4, a5, a6, vcpu_index);
	bool answered;

	(void)a7, (void)a8;
	answered = guest_answer(&call, (int64_t *)result);
	plugin_timers_plan(id, vcpu_index);
	return answered;
}

/* --- results of system calls -------------------------------------------------------------------
 */

/* The result of a system call is what its instruction wrote to rax. */
static void sample_result(struct vcpu *vcpu, int64_t number, int64_t result)
{
	struct upset_shm_thread *t = vcpu->shm;
	const uint64_t value = (uint64_t)result;

	/* Those two leave by another way; the number stays. QEMU restarts with its own code. */
	if (number == SYS_rt_sigreturn || result == -512) {
		if (upset_shm_finish_syscall(plugin.shm, t) != 0)
			plugin_out_of_memory();
		return;
	}
	if (t->syscall_block == 0)
		return;
	if (upset_block_sample(plugin.shm,
		    upset_shm_at(plugin.shm, plugin.shm->blocks[t->syscall_block - 1]),
		    (unsigned int)t->syscall_row, &value) != 0)
		plugin_out_of_memory();
	t->syscall_block = 0;
}

void plugin_syscall_return(
	qemu_plugin_id_t id, unsigned int vcpu_index, int64_t number, int64_t result)
{
	struct vcpu *vcpu = plugin_vcpu(vcpu_index);

	(void)id;
	number = upset_abi_canonical(guest_abi(), number);
	guest_after(number, result);
	if (plugin.child || vcpu == NULL)
		return;
	sample_result(vcpu, number, result);
	plugin_calls_syscall_return(vcpu, result);
	if (becomes_another(number))
		plugin.shm->exec_pending = 0;
	if (result >= 0 && opens_for_writing(vcpu, number))
		note_file(result);
	if (changes_maps(number))
		plugin_maps_changed();
}

void plugin_signal(qemu_plugin_id_t id, unsigned int vcpu_index, int signal)
{
	(void)id;
	if (plugin.child || signal <= 0 || signal >= UPSET_SHM_SIGNALS)
		return;
	upset_shm_lock(&plugin.shm->lock);
	plugin.shm->signals[signal]++;
	if (signal == SIGILL)
		guest_note_illegal(plugin.isa, &plugin.shm->illegal,
			plugin_program_counter(plugin_vcpu(vcpu_index)));
	upset_shm_unlock(&plugin.shm->lock);
	plugin_calls_signal(plugin_vcpu(vcpu_index), signal);
	plugin_maps_snapshot();
}

/* --- children -----------------------------------------------------------------------------------
 */

static void in_parent(void)
{
	upset_shm_lock(&plugin.shm->lock);
	plugin.shm->children++;
	upset_shm_unlock(&plugin.shm->lock);
}

/*
 * A child is not counted: from here on its translated code writes to a copy of
 * its own.  Locks that another thread held stay locked there, so nothing in the
 * child takes one.
 */
static void in_child(void)
{
	plugin.child = true;
	if (mmap(plugin.shm, UPSET_SHM_BYTES, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, plugin.fd, 0) == MAP_FAILED)
		_exit(125);
	atomic_store(&plugin.shm->lock, 0);
}

void plugin_system_init(void)
{
	(void)pthread_atfork(NULL, in_parent, in_child);
}
