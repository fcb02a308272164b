# SPDX-License-Identifier: GPL-2.0-or-later
# A thin front: every target does all of its own set-up, can be stopped and run
# again, and does nothing twice.  The build proper is Meson's, see meson.build.
MAKEFLAGS += --no-print-directory
JOBS := $(shell nproc)
# Sanitizers make compilers warn of what is not so; the first build's warnings count.
ASAN := -Db_sanitize=address,undefined -Db_lundef=false -Dwerror=false

all: packages qemu
	@test -f build/build.ninja || meson setup build
	@ninja -C build -j $(JOBS)

packages:
	@setup/packages.sh build

qemu: packages
	@qemu/build.sh

demo: all demo-packages
	@setup/demo.sh

demo-packages:
	@setup/packages.sh demo

test-packages:
	@setup/packages.sh tests

build-asan: all test-packages
	@test -f build-asan/build.ninja || meson setup build-asan $(ASAN)
	@ninja -C build-asan -j $(JOBS)

check-ready: all test-packages build-asan

check: check-ready
	@setup/check.sh

bench: all
	@bench/run.sh

clean:
	@for folder in build build-asan; do \
		test ! -f $$folder/build.ninja || ninja -C $$folder clean; done

distclean:
	rm -rf build build-asan

.PHONY: all packages qemu demo demo-packages test-packages build-asan check-ready check \
	bench clean distclean
.NOTPARALLEL:
