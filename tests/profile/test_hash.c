/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SHA-256 of streams and files, against the examples of FIPS 180-2. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "tests/profile/build.h"

static const char hash_of_nothing[] =
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
static const char hash_of_abc[] =
	"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
/* A million times the letter a. */
static const char hash_of_million[] =
	"cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

static void streams_match_the_examples(void **state)
{
	struct upset_hash *hash = upset_hash_new();
	char hex[UPSET_HASH_HEX_SIZE];

	(void)state;
	upset_hash_finish(hash, hex);
	assert_string_equal(hex, hash_of_nothing);
	upset_hash_update(hash, "a", 1);
	upset_hash_update(hash, "bc", 2);
	upset_hash_finish(hash, hex);
	assert_string_equal(hex, hash_of_abc);
	upset_hash_free(hash);
	upset_hash_free(NULL);
}

static void files_match_the_examples(void **state)
{
	char path[] = "/tmp/upset-hash-XXXXXX", hex[UPSET_HASH_HEX_SIZE];
	int fd = mkstemp(path);
	FILE *file = fdopen(fd, "w");
	uint64_t bytes;

	(void)state;
	assert_non_null(file);
	for (int i = 0; i < 1000000; i++)
		(void)fputc('a', file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(upset_hash_file(path, hex, &bytes), 0);
	assert_string_equal(hex, hash_of_million);
	assert_int_equal(bytes, 1000000);
	assert_int_equal(upset_hash_file(path, hex, NULL), 0);
	assert_int_equal(unlink(path), 0);
}

static void other_files_are_refused_without_waiting(void **state)
{
	char folder[] = "/tmp/upset-hash-XXXXXX", path[64], hex[UPSET_HASH_HEX_SIZE];
	uint64_t bytes = 1;

	(void)state;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/pipe", folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(upset_hash_file(path, hex, &bytes), -EINVAL);
	assert_string_equal(hex, "");
	assert_int_equal(bytes, 0);
	assert_int_equal(upset_hash_file(folder, hex, &bytes), -EINVAL);
	assert_int_equal(upset_hash_file("/dev/zero", hex, &bytes), -EINVAL);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(upset_hash_file(path, hex, &bytes), -ENOENT);
	assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(streams_match_the_examples),
		cmocka_unit_test(files_match_the_examples),
		cmocka_unit_test(other_files_are_refused_without_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
