/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory maps in the kernel's text form -> mappings and regions. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/maps.h"
#include "engine/process.h"
#include "engine/ranges.h"
#include "isa/x86/x86.h"

struct seen {
	struct upset_mapping mappings[32];
	char paths[32][128];
	bool shared[32];
	size_t count;
};

static int note(void *context, const struct upset_mapping *mapping, bool shared)
{
	struct seen *seen = context;

	assert_true(seen->count < 32);
	seen->mappings[seen->count] = *mapping;
	(void)strncpy(seen->paths[seen->count], mapping->path, sizeof(seen->paths[0]) - 1);
	seen->shared[seen->count++] = shared;
	return 0;
}

static struct seen parse(const char *text, uint64_t heap_start)
{
	struct seen seen = {.count = 0};
	FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");

	assert_non_null(file);
	assert_int_equal(upset_maps_parse(file, heap_start, note, &seen), 0);
	(void)fclose(file);
	return seen;
}

static const char usual[] =
	"555555554000-555555556000 r--p 00000000 08:01 1234                       /usr/bin/my "
	"prog\n"
	"555555556000-55555555a000 r-xp 00002000 08:01 1234                       /usr/bin/my "
	"prog\n"
	"55555555c000-55555555d000 rw-p 00007000 08:01 1234                       /usr/bin/my "
	"prog\n"
	"55555555d000-55555555e000 rw-p 00000000 00:00 0 \n"
	"55555555e000-55555557f000 rw-p 00000000 00:00 0                          [heap]\n"
	"7ffff7a00000-7ffff7c00000 r--p 00000000 08:01 99                         /usr/lib/locale\n"
	"7ffff7d00000-7ffff7d10000 rw-s 00000000 00:01 5                          /memfd:x "
	"(deleted)\n"
	"7ffff7e00000-7ffff7e01000 r-xp 00000000 00:00 0 \n"
	"7ffff7fc0000-7ffff7fc2000 r-xp 00000000 00:00 0                          [vdso]\n"
	"7ffff7fd0000-7ffff7fd1000 rw-p 00000000 00:00 0                          [anon:arena]\n"
	"7ffff7fd2000-7ffff7fd3000 ---p 00001000 08:01 1234                       /usr/bin/my "
	"prog\n"
	"7ffffffde000-7ffffffff000 rw-p 00000000 00:00 0                          [stack]\n";

static void decides_regions(void **state)
{
	static const struct {
		enum upset_region region;
		const char *path;
	} expected[] = {
		{UPSET_REGION_RODATA, "/usr/bin/my prog"},
		{UPSET_REGION_CODE, "/usr/bin/my prog"},
		{UPSET_REGION_DATA, "/usr/bin/my prog"},
		{UPSET_REGION_BSS, "[anon]"},
		{UPSET_REGION_HEAP, "[heap]"},
		{UPSET_REGION_MAPPING, "/usr/lib/locale"},
		{UPSET_REGION_MAPPING, "/memfd:x (deleted)"},
		{UPSET_REGION_MAPPING, "[anon]"},
		{UPSET_REGION_MAPPING, "[vdso]"},
		{UPSET_REGION_MAPPING, "[anon]"},
		{UPSET_REGION_MAPPING, "/usr/bin/my prog"},
		{UPSET_REGION_STACK, "[stack]"},
	};
	struct seen seen = parse(usual, 0);

	(void)state;
	assert_int_equal(seen.count, sizeof(expected) / sizeof(expected[0]));
	for (size_t i = 0; i < seen.count; i++) {
		assert_int_equal(seen.mappings[i].region, expected[i].region);
		assert_string_equal(seen.paths[i], expected[i].path);
	}
}

static void reads_fields(void **state)
{
	struct seen seen = parse(usual, 0);

	(void)state;
	assert_true(seen.mappings[1].start == 0x555555556000);
	assert_true(seen.mappings[1].end == 0x55555555a000);
	assert_int_equal(seen.mappings[1].offset, 0x2000);
	assert_true(seen.mappings[1].readable && seen.mappings[1].executable);
	assert_false(seen.mappings[1].writable);
	assert_true(seen.mappings[2].writable);
	assert_false(seen.shared[2]);
	assert_true(seen.shared[6]);
	assert_false(seen.mappings[10].readable);
}

/* An anonymous mapping that does not touch the data is no bss. */
static void wants_bss_to_touch_the_data(void **state)
{
	struct seen seen = parse("1000-2000 r-xp 00000000 08:01 1 /a\n"
				 "2000-3000 rw-p 00001000 08:01 1 /a\n"
				 "4000-5000 rw-p 00000000 00:00 0 \n",
		0);

	(void)state;
	assert_int_equal(seen.mappings[2].region, UPSET_REGION_MAPPING);
}

static void splits_bss_from_heap(void **state)
{
	struct seen seen = parse("1000-2000 r-xp 00000000 08:01 1 /a\n"
				 "2000-3000 rw-p 00001000 08:01 1 /a\n"
				 "3000-9000 rw-p 00000000 00:00 0 [heap]\n",
		0x5000);

	(void)state;
	assert_int_equal(seen.count, 4);
	assert_int_equal(seen.mappings[2].region, UPSET_REGION_BSS);
	assert_true(seen.mappings[2].start == 0x3000 && seen.mappings[2].end == 0x5000);
	assert_int_equal(seen.mappings[3].region, UPSET_REGION_HEAP);
	assert_true(seen.mappings[3].start == 0x5000 && seen.mappings[3].end == 0x9000);
}

static void takes_no_bss_for_the_heap(void **state)
{
	struct seen seen = parse("1000-2000 r-xp 00000000 08:01 1 /a\n"
				 "2000-3000 rw-p 00001000 08:01 1 /a\n"
				 "3000-5000 rw-p 00000000 00:00 0 [heap]\n",
		0x5000);

	(void)state;
	assert_int_equal(seen.count, 3);
	assert_int_equal(seen.mappings[2].region, UPSET_REGION_BSS);
	assert_string_equal(seen.paths[2], "[anon]");
}

static void leaves_out_what_is_no_mapping(void **state)
{
	struct seen seen = parse("\n"
				 "garbage\n"
				 "2000-1000 rw-p 00000000 00:00 0 [backwards]\n"
				 "1000-2000 r\n"
				 "1000-2000 rwxpq 00000000 00:00 0 [flags]\n"
				 "zzzz-2000 rw-p 00000000 00:00 0 \n"
				 "1000-2000 rw-p 00000000 08:01 7 /a\\012b",
		0);

	(void)state;
	assert_int_equal(seen.count, 1);
	assert_string_equal(seen.paths[0], "/a\nb");
}

static void skips_paths(void **state)
{
	static const char *const skip[] = {"/usr/bin/my prog", "[heap]", NULL};
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_COUNTS);
	int fd = memfd_create("maps", MFD_CLOEXEC);

	(void)state;
	assert_int_equal(write(fd, usual, sizeof(usual) - 1), sizeof(usual) - 1);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(upset_process_read_maps(0, fd, skip, profile), 0);
	assert_int_equal(profile->mapping_count, 7);
	assert_int_equal(profile->mappings[0].region, UPSET_REGION_BSS);
	assert_int_equal(close(fd), 0); /* still the caller's */
	upset_profile_free(profile);
}

static void reads_a_process(void **state)
{
	struct upset_profile *profile = upset_profile_new(&upset_isa_x86_64, UPSET_DETAIL_COUNTS);
	static int datum = 1;
	int local = 0;
	unsigned int found = 0;

	(void)state;
	assert_int_equal(upset_process_read_maps(getpid(), -1, NULL, profile), 0);
	for (size_t i = 0; i < profile->mapping_count; i++) {
		const struct upset_mapping *m = &profile->mappings[i];

		if ((uintptr_t)&datum >= m->start && (uintptr_t)&datum < m->end) {
			assert_int_equal(m->region, UPSET_REGION_DATA);
			found |= 1;
		}
		if ((uintptr_t)&local >= m->start && (uintptr_t)&local < m->end &&
			m->region == UPSET_REGION_STACK)
			found |= 2;
		if ((uintptr_t)reads_a_process >= m->start && (uintptr_t)reads_a_process < m->end) {
			assert_int_equal(m->region, UPSET_REGION_CODE);
			found |= 4;
		}
	}
	assert_int_equal(found & 5, 5);
	assert_int_equal(upset_process_read_maps(0x7ffffff0, -1, NULL, profile), -ESRCH);
	upset_profile_free(profile);
}

static void reads_one_line(void **state)
{
	static const char *const none[] = {"", "\n", "1000-2000", "1000-2000 r-xp",
		"2000-1000 r-xp 0 08:01 7", "1000-2000 r-x\n 0 08:01 7", "name"};
	struct upset_range range;

	(void)state;
	assert_true(upset_range_read(
		"7f00-7f80 r-xs 0000a000 08:01 131  /a b\n1-2 rw-p 0 0:0 0 /c\n", &range));
	assert_int_equal(range.start, 0x7f00);
	assert_int_equal(range.end, 0x7f80);
	assert_int_equal(range.offset, 0xa000);
	assert_int_equal(range.inode, 131);
	assert_true(range.readable && !range.writable && range.executable && range.shared);
	assert_int_equal(range.path_size, 4);
	assert_memory_equal(range.path, "/a b", 4);
	/* Nothing of the next line is this one's. */
	assert_true(upset_range_read("1-2 -w-p 0 0:0 0\n3-4 r--p 0 0:0 0 /c\n", &range));
	assert_true(!range.readable && range.writable && !range.executable && !range.shared);
	assert_int_equal(range.inode, 0);
	assert_int_equal(range.path_size, 0);
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_false(upset_range_read(none[i], &range));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_one_line),
		cmocka_unit_test(decides_regions),
		cmocka_unit_test(reads_fields),
		cmocka_unit_test(wants_bss_to_touch_the_data),
		cmocka_unit_test(splits_bss_from_heap),
		cmocka_unit_test(takes_no_bss_for_the_heap),
		cmocka_unit_test(leaves_out_what_is_no_mapping),
		cmocka_unit_test(skips_paths),
		cmocka_unit_test(reads_a_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
