/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a sandbox tells of what was done to files.  Skipped where the machine allows none. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "sandbox/sandbox.h"
#include "tests/sandbox/inside.h"

static int write_text(const char *path, const char *text, int flags)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | flags, 0640);
	bool good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	(void)close(fd);
	return good ? 0 : 1;
}

static int do_nothing(void)
{
	return 0;
}

static int use_temporary_file(void)
{
	return put("work/temporary") != 0 || unlink("work/temporary") != 0;
}

static int use_temporary_folder(void)
{
	return mkdir("work/t", 0700) != 0 || put("work/t/a") != 0 || rename("work/t/a", "b") != 0 ||
	       unlink("b") != 0 || rmdir("work/t") != 0;
}

static int change_and_restore(void)
{
	return write_text("work/text", "X", 0) != 0 || write_text("work/text", "h", 0) != 0 ||
	       chmod("work/deep", 0) != 0 || chmod("work/deep", 0700) != 0 ||
	       rename("work/link", "link") != 0 || rename("link", "work/link") != 0;
}

static int open_to_write(void)
{
	return write_text("work/text", "", 0);
}

static int create(void)
{
	return write_text("work/new", "", O_CREAT);
}

static int create_elsewhere(void)
{
	return write_text("work/deep/new", "", O_CREAT);
}

static int create_with_text(void)
{
	return write_text("work/new", "a", O_CREAT);
}

static int create_with_other_text(void)
{
	return write_text("work/new", "b", O_CREAT);
}

static int create_for_all(void)
{
	return create() != 0 || chmod("work/new", 0666) != 0;
}

static int create_unreadable(void)
{
	return write_text("work/new", "a", O_CREAT) != 0 || chmod("work/new", 0) != 0;
}

static int create_unreadable_with_other_text(void)
{
	return write_text("work/new", "b", O_CREAT) != 0 || chmod("work/new", 0) != 0;
}

static int change(void)
{
	return write_text("work/text", "H", 0);
}

static int append(void)
{
	return write_text("work/text", "!", O_APPEND);
}

static int cut(void)
{
	return truncate("work/text", 0);
}

static int change_mode(void)
{
	return chmod("work/text", 0600);
}

static int change_mode_of_folder(void)
{
	return chmod("work/deep", 0500);
}

static int delete_file(void)
{
	return unlink("work/text");
}

static int delete_folder(void)
{
	return unlink("work/deep/inner") != 0 || rmdir("work/deep") != 0;
}

static int empty_folder(void)
{
	return unlink("work/deep/inner");
}

static int move(void)
{
	return rename("work/text", "work/moved");
}

static int copy(void)
{
	return write_text("work/moved", "hello", O_CREAT);
}

static int replace_folder(void)
{
	return delete_folder() != 0 || mkdir("work/deep", 0700) != 0 ||
	       write_text("work/deep/other", "inner", O_CREAT) != 0;
}

static int replace_folder_alike(void)
{
	return delete_folder() != 0 || mkdir("work/deep", 0700) != 0 ||
	       write_text("work/deep/inner", "inner", O_CREAT) != 0;
}

static int replace_folder_by_empty(void)
{
	return delete_folder() != 0 || mkdir("work/deep", 0700) != 0;
}

static int move_folder(void)
{
	if (rename("work/deep", "work/away") == 0)
		return 0;
	/* Who is not root has to copy. */
	return errno != EXDEV || delete_folder() != 0 || mkdir("work/away", 0700) != 0 ||
	       write_text("work/away/inner", "inner", O_CREAT) != 0;
}

static int make_instead_of_moving(void)
{
	return delete_folder() != 0 || mkdir("work/away", 0700) != 0;
}

static int make_folder(void)
{
	return mkdir("work/new", 0750);
}

static int link_here(void)
{
	return symlink("text", "work/new");
}

static int link_there(void)
{
	return symlink("/etc/passwd", "work/new");
}

static int link_itself(void)
{
	return symlink("new", "work/new");
}

static int replace_link(void)
{
	return unlink("work/link") != 0 || symlink("/", "work/link") != 0;
}

static int make_fifo(void)
{
	return mkfifo("work/new", 0640);
}

static int name_badly(void)
{
	return write_text("work/a\nf 640 ", "", O_CREAT);
}

static int write_sparsely(void)
{
	return put("work/new") != 0 || truncate("work/new", 1 << 20) != 0;
}

static int create_two(void)
{
	return put("work/1") != 0 || put("work/2") != 0;
}

static int create_two_backwards(void)
{
	return put("work/2") != 0 || put("work/1") != 0;
}

static void make_work(void **state)
{
	(void)state;
	assert_int_equal(mkdir("work", 0700), 0);
	assert_int_equal(mkdir("work/deep", 0700), 0);
	assert_int_equal(write_text("work/text", "hello", O_CREAT), 0);
	assert_int_equal(write_text("work/deep/inner", "inner", O_CREAT), 0);
	assert_int_equal(symlink("/etc", "work/link"), 0);
}

static void remove_work(void **state)
{
	(void)state;
	assert_int_equal(unlink("work/text"), 0);
	assert_int_equal(unlink("work/deep/inner"), 0);
	assert_int_equal(unlink("work/link"), 0);
	assert_int_equal(rmdir("work/deep"), 0);
	assert_int_equal(rmdir("work"), 0);
}

/* SHA-256 of nothing. */
static const char no_files[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

static void tells_when_files_are_as_before(void **state)
{
	int (*const acts[])(void) = {do_nothing, use_temporary_file, use_temporary_folder,
		change_and_restore, open_to_write};

	make_work(state);
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		assert_int_equal(inside(acts[i]), 0);
		if (strcmp(files, no_files) != 0)
			fail_msg("act %zu: %s", i, files);
	}
	remove_work(state);
}

static void tells_what_was_done_to_files(void **state)
{
	int (*const acts[])(void) = {do_nothing, create, create_elsewhere, create_with_text,
		create_with_other_text, create_for_all, create_unreadable,
		create_unreadable_with_other_text, change, append, cut, change_mode,
		change_mode_of_folder, delete_file, delete_folder, empty_folder, move, copy,
		replace_folder, replace_folder_alike, replace_folder_by_empty, move_folder,
		make_instead_of_moving, make_folder, link_here, link_there, link_itself,
		replace_link, make_fifo, name_badly, write_sparsely, create_two};
	enum { ACTS = sizeof(acts) / sizeof(acts[0]) };
	char seen[ACTS][UPSET_HASH_HEX_SIZE];

	make_work(state);
	for (size_t i = 0; i < ACTS; i++) {
		assert_int_equal(inside(acts[i]), 0);
		assert_int_equal(strlen(files), UPSET_HASH_HEX_SIZE - 1);
		memcpy(seen[i], files, sizeof(files));
		for (size_t j = 0; j < i; j++) {
			if (strcmp(seen[j], files) == 0)
				fail_msg("acts %zu and %zu look the same", i, j);
		}
	}
	/* It does not depend on time. */
	for (size_t i = 0; i < ACTS; i++) {
		assert_int_equal(inside(acts[i]), 0);
		if (strcmp(seen[i], files) != 0)
			fail_msg("act %zu looks different again", i);
	}
	/* Nor on the order. */
	assert_int_equal(inside(create_two_backwards), 0);
	assert_string_equal(files, seen[ACTS - 1]);
	remove_work(state);
}

static int nest(void)
{
	static const char name[] = "0123456789012345678901234567890123456789";

	for (unsigned int i = 0; i < 200; i++) {
		if (mkdir(name, 0700) != 0 || chdir(name) != 0)
			return 1;
	}
	return 0;
}

static int make_many(void)
{
	char name[32];

	for (unsigned int i = 0; i < 3000; i++) {
		(void)snprintf(name, sizeof(name), "%u", i);
		if (put(name) != 0 || truncate(name, 1 << 20) != 0)
			return 1;
	}
	return 0;
}

/* Paths longer than the kernel takes; three gigabytes of nothing. */
static void does_not_tell_what_is_too_much(void **state)
{
	(void)state;
	assert_int_equal(inside(nest), 0);
	assert_string_equal(files, "");
	assert_int_equal(inside(make_many), 0);
	assert_string_equal(files, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_when_files_are_as_before),
		cmocka_unit_test(tells_what_was_done_to_files),
		cmocka_unit_test(does_not_tell_what_is_too_much),
	};

	return inside_begin() ? inside_end(cmocka_run_group_tests(tests, NULL, NULL)) : SKIPPED;
}
