/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The smallest plugin that proves a QEMU usable: qemu/build.sh compiles it
 * against the new header, loads it and expects its one line of output.
 */
#include <inttypes.h>
#include <stdio.h>

#include <qemu-plugin.h>

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

static uint64_t translated_insns;

static void on_block(qemu_plugin_id_t id, struct qemu_plugin_tb *block)
{
	(void)id;
	translated_insns += qemu_plugin_tb_n_insns(block);
}

static void report(qemu_plugin_id_t id, void *context)
{
	(void)id;
	(void)context;
	if (translated_insns > 0)
		fprintf(stderr, "plugin ok: %" PRIu64 " instructions translated\n",
			translated_insns);
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(
	qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
	(void)info;
	(void)argc;
	(void)argv;
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_block);
	qemu_plugin_register_atexit_cb(id, report, NULL);
	return 0;
}
