# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A QEMU source tree of a few lines, that qemu/build.sh takes for one: configure
# writes a build.ninja which makes a shell script for each target.  Sourced.

# fake_qemu_tree FOLDER VERSION
fake_qemu_tree()
{
	mkdir -p "$1/linux-user" "$1/include/qemu" "$1/configs/devices/x86_64-softmmu"
	echo "$2" >"$1/VERSION"
	printf 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n' >"$1/linux-user/main.c"
	echo "untouched" >"$1/linux-user/other.c"
	for target in x86_64 aarch64 riscv64 i386; do
		echo "$target" >"$1/linux-user/$target.c"
	done
	fake_plugin_header >"$1/include/qemu/qemu-plugin.h"
	fake_configure >"$1/configure"
	fake_emulator "$2" >"$1/emulator"
	chmod +x "$1/configure" "$1/emulator"
}

fake_plugin_header()
{
	cat <<-'END'
		#include <stdint.h>
		#include <stddef.h>
		#define QEMU_PLUGIN_EXPORT __attribute__((visibility("default")))
		#define QEMU_PLUGIN_VERSION 4
		typedef uint64_t qemu_plugin_id_t;
		typedef struct qemu_info_t qemu_info_t;
		struct qemu_plugin_tb;
		size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
		void qemu_plugin_register_vcpu_tb_trans_cb(
			qemu_plugin_id_t id, void (*cb)(qemu_plugin_id_t, struct qemu_plugin_tb *));
		void qemu_plugin_register_atexit_cb(
			qemu_plugin_id_t id, void (*cb)(qemu_plugin_id_t, void *), void *userdata);
	END
}

# It counts how often it ran, and what was compiled is listed in obj/compiled.
fake_configure()
{
	cat <<-'END'
		#!/bin/sh
		echo "$*" >>../configured
		cat >build.ninja <<-'NINJA'
			rule compile
			  command = echo $in >>compiled && cp $in $out
			rule link
			  command = sed s/QEMU/$out/ ../src/emulator >$out && chmod +x $out
			build main.o: compile ../src/linux-user/main.c
			build other.o: compile ../src/linux-user/other.c
		NINJA
		for target in x86_64 aarch64 riscv64 i386; do
			cat >>build.ninja <<-NINJA
				build libqemu-$target-linux-user.a.p/$target.o: compile ../src/linux-user/$target.c
				build qemu-$target: link main.o other.o libqemu-$target-linux-user.a.p/$target.o | ../src/emulator
			NINJA
		done
		cat >>build.ninja <<-NINJA
			build libqemu-x86_64-softmmu.a.p/machine.o: compile ../src/linux-user/x86_64.c
			build qemu-system-x86_64: link libqemu-x86_64-softmmu.a.p/machine.o | ../src/emulator
		NINJA
	END
}

fake_emulator()
{
	cat <<-END
		#!/bin/sh
		case \$1 in
		--version) echo "QEMU version $1 (Debian)" ;;
		-plugin) echo "plugin ok: 1 instructions translated" ;;
		-M) echo "machine ok" | sed 's/machine ok/plugin ok: 1 instructions translated/' ;;
		*) test -x "\$1" ;;
		esac
	END
}
