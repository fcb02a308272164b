# SPDX-License-Identifier: GPL-2.0-or-later
# A thin front: every target does all of its own set-up, can be stopped and run
# again, and does nothing twice.  The build proper is Meson's, see meson.build.
MAKEFLAGS += --no-print-directory
JOBS := $(shell nproc)
# Sanitizers make compilers warn of what is not so; the first build's warnings count.
ASAN := -Db_sanitize=address,undefined -Db_lundef=false -Dwerror=false

TSAN := -Db_sanitize=thread -Db_lundef=false -Dwerror=false
TSAN_TESTS := tests/engine/test_engine_output tests/engine/test_engine_shared
FUZZ := -Dfuzz=true -Dc_args=-fsanitize=fuzzer-no-link -Db_sanitize=address,undefined -Db_lundef=false -Dwerror=false
FUZZERS := $(patsubst fuzz/%.c,fuzz/%,$(wildcard fuzz/*.c))

all: packages qemu machines
	@test -f build/build.ninja || meson setup build
	@ninja -C build -j $(JOBS)
	@for guest in fib aes md5 nbody filter filter-doubled filter-hardened; do ln -sf ../build/guests/$$guest guests/$$guest; done

packages:
	@setup/packages.sh build

qemu: packages
	@qemu/build.sh

# A kernel and firmware for each emulator of machines that is built; nothing else needs them.
machines: qemu
	@for target in $$(cat build/qemu/targets); do case $$target in *-softmmu) \
		setup/machine.sh build/machines/$${target%-softmmu} $${target%-softmmu} || \
			echo "machines cannot be made until 'make machines' succeeds" ;; esac; done

# A QEMU for every instruction set; QEMU_TARGETS=+aarch64 for one more than there were.
targets:
	@QEMU_TARGETS=all $(MAKE) all

demo: all demo-packages
	@setup/demo.sh

demo-packages:
	@setup/packages.sh demo

# Tests of other instruction sets want their compilers.
test-packages: qemu
	@setup/packages.sh tests doc deb $$(grep -q -w -e aarch64 -e riscv64 -e i386 build/qemu/targets && echo cross)

build-asan: all test-packages
	@test -f build-asan/build.ninja || meson setup build-asan $(ASAN)
	@ninja -C build-asan -j $(JOBS)

# Only what threads share.
build-tsan: all test-packages
	@test -f build-tsan/build.ninja || meson setup build-tsan $(TSAN)
	@ninja -C build-tsan -j $(JOBS) $(TSAN_TESTS)

build-fuzz: all test-packages
	@test -f build-fuzz/build.ninja || CC=clang meson setup build-fuzz $(FUZZ)
	@ninja -C build-fuzz -j $(JOBS) $(FUZZERS)

# A Slurm for a test, unpacked and not installed: its packages would start daemons.
slurm:
	@setup/slurm.sh build/slurm || echo "the test with Slurm will be skipped"

# Debian's programs of each instruction set whose QEMU is built, the same whatever this machine has:
# unpacked, not installed.
roots: qemu
	@for set in $$(cat build/qemu/targets); do \
		case $$set in *-softmmu) continue ;; esac; \
		setup/root.sh build/roots/$$set $$set || echo "its tests will be skipped"; done

# Of programs of every instruction set, if no other choice is made.
check-ready: export QEMU_TARGETS ?= all
check-ready: all test-packages slurm roots build-asan build-tsan build-fuzz

check: check-ready
	@setup/check.sh

# The same tests with as many experiments as they are worth, before a release.
check-long: all test-packages
	@meson test -C build --no-rebuild --print-errorlogs --suite long

# Where nothing else is said; DESTDIR stands before it.
PREFIX ?= /usr/local

install: all
	@PREFIX='$(PREFIX)' DESTDIR='$(DESTDIR)' setup/install.sh install build

uninstall:
	@PREFIX='$(PREFIX)' DESTDIR='$(DESTDIR)' setup/install.sh uninstall build

# Debian packages for the release that this is.
deb: all deb-packages
	@setup/deb.sh build build/deb

deb-packages:
	@setup/packages.sh deb

# The library's reference, of its headers.
doc: doc-packages
	@mkdir -p build/doc
	@UPSET_DOC=build/doc doxygen doc/Doxyfile
	@echo build/doc/html/index.html

doc-packages:
	@setup/packages.sh doc

bench: all
	@setup/packages.sh bench
	@bench/run.sh
	@bench/merge.sh build/upset build/guests
	@setup/slurm.sh build/slurm || echo "what Slurm adds will not be measured"
	@bench/shards.sh build/upset build/guests build/slurm || [ $$? = 77 ]

paper: all
	@setup/packages.sh paper
	@bench/paper.sh

clean:
	@for folder in build build-asan build-tsan build-fuzz; do \
		test ! -f $$folder/build.ninja || ninja -C $$folder clean; done

distclean:
	rm -rf build build-asan build-tsan build-fuzz
	rm -f guests/fib guests/aes guests/md5 guests/nbody guests/filter guests/filter-doubled guests/filter-hardened

.PHONY: all packages qemu machines targets demo demo-packages test-packages slurm roots install uninstall deb deb-packages doc doc-packages build-asan \
	build-tsan build-fuzz check-ready check check-long bench paper clean distclean
.NOTPARALLEL:
