/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plugin that carries faults out inside QEMU: how it is loaded, and who is called back.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "engine/qemu/guest/apart.h"
#include "engine/qemu/guest/guest.h"
#include "engine/qemu/injector/budget.h"
#include "engine/qemu/injector/modes.h"
#include "engine/qemu/injector/state.h"
#include "engine/qemu/injector/syscalls.h"
#include "engine/qemu/injector/translate.h"

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

static const struct injector_mode *const modes[] = {
	[UPSET_INJECTOR_EXPERIMENT] = &injector_experiment,
	[UPSET_INJECTOR_LOCATE] = &injector_locate,
	[UPSET_INJECTOR_CARRY] = &injector_carry,
	[UPSET_INJECTOR_TRACE] = &injector_trace,
};

static void vcpu_init(qemu_plugin_id_t id, unsigned int index)
{
	struct thread *t = injector_new_thread(index);

	(void)id;
	injector_plan(t);
	qemu_plugin_vcpu_set_base(index, t);
}

static void take_signal(qemu_plugin_id_t id, unsigned int vcpu_index, int signal)
{
	(void)id;
	if (signal == SIGILL && !injector.child)
		guest_note_illegal(injector.isa, &injector.run->illegal,
			injector_program_counter(injector_thread(vcpu_index)));
}

static void at_exit(qemu_plugin_id_t id, void *userdata)
{
	(void)id, (void)userdata;
	injector_end();
}

static void in_child(void)
{
	injector.child = true;
}

static void register_callbacks(qemu_plugin_id_t id)
{
	qemu_plugin_register_vcpu_init_cb(id, vcpu_init);
	qemu_plugin_register_vcpu_tb_trans_cb(id, injector_translate);
	qemu_plugin_register_vcpu_unwind_cb(id, injector_unwind);
	qemu_plugin_register_vcpu_syscall_filter_cb(id, injector_filter_syscall);
	qemu_plugin_register_vcpu_syscall_ret_cb(id, injector_after_syscall);
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
	injector.shm->isa = upset_isa_index(injector.isa);
	atomic_store(&injector.run->started, 1);
	if (injector.shm->mode >= sizeof(modes) / sizeof(modes[0]))
		return -EINVAL;
	injector.mode = modes[injector.shm->mode];
	return injector.mode->begin();
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(
	qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
	int fd = -1;

	injector.isa = upset_isa_find_qemu(info->target_name);
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
	if (fd < 0 || injector.socket < 0 || info->system_emulation || injector.isa == NULL ||
		attach(fd) != 0) {
		fprintf(stderr, "upset: this plugin is loaded by upset itself, in user mode\n");
		return -1;
	}
	(void)pthread_atfork(NULL, NULL, in_child);
	injector.id = id;
	injector.register_callbacks = register_callbacks;
	if (!guest_begin(info->target_name, argc, argv)) {
		fprintf(stderr, "upset: nothing is known of programs for %s\n", info->target_name);
		return -1;
	}
	register_callbacks(id);
	return 0;
}
