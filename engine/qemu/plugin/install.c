/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loading the plugin: attach the shared memory, register the callbacks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "engine/qemu/guest/apart.h"
#include "engine/qemu/guest/guest.h"
#include "engine/qemu/plugin/plugin.h"

enum { ENDING_MS = 10000 };

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

struct plugin plugin;

void plugin_out_of_memory(void)
{
	plugin.shm->lost++;
	(void)!write(2, "upset: out of memory while counting\n", 36);
	_exit(125);
}

static int attach(int fd)
{
	/* Where sanitizers, which map what they have at fixed addresses, have nothing. */
	void *const free_place = (void *)0x400000000000;
	struct upset_shm *shm = mmap(free_place, UPSET_SHM_BYTES, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_NORESERVE, fd, 0);

	if (shm == MAP_FAILED)
		return -1;
	if (shm->magic != UPSET_SHM_MAGIC || shm->version != UPSET_SHM_VERSION)
		return -1;
	(void)madvise(shm, UPSET_SHM_BYTES, MADV_DONTDUMP);
	plugin.shm = shm;
	plugin.fd = fd;
	plugin.detail = shm->detail;
	return 0;
}

/* No thread executes any more, but one may still be putting what it had into its blocks. */
static void wait_for_threads(void)
{
	const struct timespec ms = {.tv_nsec = 1000000};

	for (int i = 0; i < ENDING_MS && upset_shm_is_counting(plugin.shm); i++)
		(void)nanosleep(&ms, NULL);
}

static void at_exit(qemu_plugin_id_t id, void *userdata)
{
	(void)id, (void)userdata;
	if (plugin.child)
		return;
	wait_for_threads();
	plugin_maps_snapshot();
}

void plugin_register(qemu_plugin_id_t id)
{
	qemu_plugin_register_vcpu_init_cb(id, plugin_vcpu_init);
	qemu_plugin_register_vcpu_exit_cb(id, plugin_vcpu_exit);
	qemu_plugin_register_vcpu_tb_trans_cb(id, plugin_translate);
	qemu_plugin_register_vcpu_unwind_cb(id, plugin_unwind);
	qemu_plugin_register_vcpu_signal_cb(id, plugin_signal);
	qemu_plugin_register_vcpu_syscall_cb(id, plugin_syscall);
	qemu_plugin_register_vcpu_syscall_filter_cb(id, plugin_filter_syscall);
	qemu_plugin_register_vcpu_syscall_ret_cb(id, plugin_syscall_return);
	qemu_plugin_register_atexit_cb(id, at_exit, NULL);
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(
	qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
	int fd = -1;

	plugin.isa = upset_isa_find_qemu(info->target_name);
	for (int i = 0; i < argc; i++) {
		if (strncmp(argv[i], "apart=", 6) == 0)
			apart_begin(atoi(argv[i] + 6));
		if (strncmp(argv[i], "shm=", 4) == 0)
			fd = atoi(argv[i] + 4);
	}
	if (fd < 0 || info->system_emulation || plugin.isa == NULL || attach(fd) != 0) {
		fprintf(stderr, "upset: this plugin is loaded by upset itself, in user mode\n");
		return -1;
	}
	plugin_system_init();
	if (!guest_begin(info->target_name, argc, argv)) {
		fprintf(stderr, "upset: nothing is known of programs for %s\n", info->target_name);
		return -1;
	}
	plugin_register(id);
	return 0;
}
