/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of machines, read and written: see machine.h and upset-machine(5). */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/nearest.h"
#include "base/read.h"
#include "machine/machine.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define FIRST_WORD "upset-machine"

enum { TEXT_MOST = 1 << 20, VERSION = 1 };

/* What is read, and where it is. */
struct reader {
	struct upset_machine *machine;
	struct upset_error *error;
	const char *name;
	unsigned int line, column;
	uint32_t seen; /* keys that there were, a bit each */
};

struct key {
	const char *name;
	int (*take)(struct reader *r, const struct key *key, const char *value);
	size_t at; /* of a text or words in struct upset_machine */
	bool needed, repeated;
};

/* What each mistake begins with. */
#define PLACE "%s:%u:%u: "
#define PLACE_OF(r) (r)->name, (r)->line, (r)->column

static int no_memory(struct upset_error *error)
{
	return upset_error_set(error, ENOMEM, "out of memory");
}

/* --- values ----------------------------------------------------------------------------------- */

static int take_version(struct reader *r, const struct key *key, const char *value)
{
	(void)key;
	if (strcmp(value, "1") == 0)
		return 0;
	return upset_error_set(r->error, EPROTO,
		PLACE "version '%.40s' of machines is not known, %d is", PLACE_OF(r), value,
		VERSION);
}

static int take_arch(struct reader *r, const struct key *key, const char *value)
{
	(void)key;
	r->machine->arch = upset_machine_arch(value, 0);
	if (r->machine->arch != NULL)
		return 0;
	return upset_error_set(r->error, EPROTO,
		PLACE "there are no machines for '%.40s', but for %s", PLACE_OF(r), value,
		upset_machine_arch(NULL, 0)->name);
}

static int take_memory(struct reader *r, const struct key *key, const char *value)
{
	(void)key;
	if (upset_machine_memory_parse(value, &r->machine->memory_bytes) == 0)
		return 0;
	return upset_error_set(r->error, EPROTO,
		PLACE "memory is a number with K, M or G, at least 1M, not '%.40s'", PLACE_OF(r),
		value);
}

static int take_region(struct reader *r, const struct key *key, const char *value)
{
	(void)key;
	if (upset_machine_region_parse(value, &r->machine->region) == 0)
		return 0;
	return upset_error_set(r->error, EPROTO,
		PLACE "the region is program or marks, not '%.40s'", PLACE_OF(r), value);
}

static int take_result(struct reader *r, const struct key *key, const char *value)
{
	(void)key;
	for (int i = UPSET_MACHINE_RESULT_NONE; i <= UPSET_MACHINE_RESULT_SERIAL; i++) {
		r->machine->result = (enum upset_machine_result)i;
		if (strcmp(upset_machine_result_name(r->machine->result), value) == 0)
			return 0;
	}
	return upset_error_set(r->error, EPROTO,
		PLACE "the result is on serial, or there is none, not '%.40s'", PLACE_OF(r), value);
}

static int take_text(struct reader *r, const struct key *key, const char *value)
{
	char **text = (char **)((char *)r->machine + key->at);

	*text = strdup(value);
	return *text != NULL ? 0 : no_memory(r->error);
}

static int take_word(struct reader *r, const struct key *key, const char *value)
{
	struct upset_machine_words *words =
		(struct upset_machine_words *)((char *)r->machine + key->at);
	char **grown = reallocarray(words->items, words->count + 1, sizeof(*grown));

	if (grown == NULL)
		return no_memory(r->error);
	words->items = grown;
	grown[words->count] = strdup(value);
	return grown[words->count] != NULL ? (words->count++, 0) : no_memory(r->error);
}

#define AT(member) offsetof(struct upset_machine, member)

static const struct key keys[] = {
	{FIRST_WORD, take_version, 0, .needed = true},
	{"arch", take_arch, 0, .needed = true},
	{"board", take_text, AT(board), .needed = true},
	{"processor", take_text, AT(processor), .needed = true},
	{"memory", take_memory, 0, .needed = true},
	{"kernel", take_text, AT(kernel), .needed = true},
	{"vmlinux", take_text, AT(vmlinux)},
	{"initrd", take_text, AT(initrd)},
	{"append", take_text, AT(append)},
	{"disk", take_word, AT(disks), .repeated = true},
	{"device", take_word, AT(devices), .repeated = true},
	{"region", take_region, 0},
	{"result", take_result, 0},
};

/* --- lines ------------------------------------------------------------------------------------ */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static int choose_key(struct reader *r, const char *word, const struct key **key)
{
	const char *nearest;

	for (size_t i = 0; i < COUNT(keys); i++) {
		if (strcmp(keys[i].name, word) != 0)
			continue;
		*key = &keys[i];
		if (!keys[i].repeated && r->seen & 1U << i)
			return upset_error_set(r->error, EPROTO,
				PLACE "'%s' is there a second time", PLACE_OF(r), word);
		if (i != 0 && (r->seen & 1U) == 0)
			break;
		r->seen |= 1U << i;
		return 0;
	}
	if ((r->seen & 1U) == 0)
		return upset_error_set(r->error, EPROTO,
			PLACE "this is no machine: its first line is '" FIRST_WORD " %d'",
			PLACE_OF(r), VERSION);
	nearest = upset_nearest(word, keys, COUNT(keys), sizeof(keys[0]));
	return upset_error_set(r->error, EPROTO, PLACE "unknown word '%.40s'%s%s%s", PLACE_OF(r),
		word, nearest != NULL ? ", did you mean '" : "", nearest != NULL ? nearest : "",
		nearest != NULL ? "'?" : "");
}

static int check_bytes(struct reader *r, const char *line, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if ((unsigned char)line[i] >= ' ' || line[i] == '\t')
			continue;
		r->column = (unsigned int)i + 1;
		return upset_error_set(r->error, EPROTO, PLACE "a byte 0x%02x, which no text has",
			PLACE_OF(r), (unsigned char)line[i]);
	}
	return 0;
}

/* A line that is ended by a NUL, and can be changed. */
static int take_line(struct reader *r, char *line, size_t size)
{
	const struct key *key = NULL;
	char *word = line, *value;
	int rc = check_bytes(r, line, size);

	while (rc == 0 && size > 0 && is_blank(line[size - 1]))
		line[--size] = '\0';
	while (is_blank(*word))
		word++;
	if (rc != 0 || *word == '\0' || *word == '#')
		return rc;
	value = word + strcspn(word, " \t");
	while (is_blank(*value))
		*value++ = '\0';
	r->column = (unsigned int)(word - line) + 1;
	rc = choose_key(r, word, &key);
	if (rc != 0)
		return rc;
	r->column = (unsigned int)(value - line) + 1;
	if (*value == '\0')
		return upset_error_set(
			r->error, EPROTO, PLACE "'%s' needs a value", PLACE_OF(r), word);
	return key->take(r, key, value);
}

static int check_all(struct reader *r)
{
	if ((r->seen & 1U) == 0)
		return upset_error_set(
			r->error, EPROTO, PLACE "this is no machine: it is empty", PLACE_OF(r));
	for (size_t i = 1; i < COUNT(keys); i++) {
		if (keys[i].needed && (r->seen & 1U << i) == 0)
			return upset_error_set(r->error, EPROTO, PLACE "there is no line '%s'",
				PLACE_OF(r), keys[i].name);
	}
	return 0;
}

static int take_lines(struct reader *r, char *text, size_t size)
{
	char *line = text, *end = text + size;
	int rc = 0;

	while (rc == 0 && line < end) {
		char *behind = memchr(line, '\n', (size_t)(end - line));

		if (behind == NULL)
			behind = end;
		*behind = '\0';
		r->line++;
		r->column = 1;
		rc = take_line(r, line, (size_t)(behind - line));
		line = behind + 1;
	}
	if (rc != 0)
		return rc;
	r->line++;
	r->column = 1;
	return check_all(r);
}

int upset_machine_parse(struct upset_machine *machine, const char *name, const char *text,
	size_t size, struct upset_error *error)
{
	struct reader r = {.machine = machine, .error = error, .name = name};
	char *copy = malloc(size + 1);
	int rc;

	*machine = (struct upset_machine){0};
	if (copy == NULL)
		return no_memory(error);
	memcpy(copy, text, size);
	rc = take_lines(&r, copy, size);
	free(copy);
	return rc;
}

/* --- files ------------------------------------------------------------------------------------ */

static int read_text(const char *path, char **text, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc = 0;
	struct stat info;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &info) != 0)
		rc = -errno;
	else if (!S_ISREG(info.st_mode))
		rc = -EINVAL;
	else if (info.st_size > TEXT_MOST)
		rc = -EFBIG;
	*size = rc == 0 ? (size_t)info.st_size : 0;
	*text = malloc(*size + 1);
	if (rc == 0 && *text == NULL)
		rc = -ENOMEM;
	if (rc == 0 && !upset_read_whole(fd, *text, *size))
		rc = -EIO;
	(void)close(fd);
	return rc;
}

int upset_machine_read(struct upset_machine *machine, const char *folder, struct upset_error *error)
{
	char *path = upset_machine_path(folder, UPSET_MACHINE_FILE), *text = NULL;
	size_t size = 0;
	int rc;

	*machine = (struct upset_machine){0};
	if (path == NULL)
		return no_memory(error);
	rc = read_text(path, &text, &size);
	if (rc == 0 && text != NULL)
		rc = upset_machine_parse(machine, path, text, size, error);
	else
		rc = upset_error_set(error, rc == -EINVAL ? EPROTO : -rc,
			"cannot read %s: %s; `upset machine new -o FOLDER` makes a machine", path,
			strerror(-rc));
	free(text);
	free(path);
	return rc;
}

/* --- writing ---------------------------------------------------------------------------------- */

static void print_words(FILE *out, const char *name, const struct upset_machine_words *words)
{
	for (size_t i = 0; i < words->count; i++)
		(void)fprintf(out, "%s %s\n", name, words->items[i]);
}

static void print_text(FILE *out, const char *name, const char *text)
{
	if (text != NULL)
		(void)fprintf(out, "%s %s\n", name, text);
}

char *upset_machine_print(const struct upset_machine *m)
{
	char *text = NULL, memory[32];
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (out == NULL)
		return NULL;
	upset_machine_memory_print(m->memory_bytes, memory);
	(void)fprintf(out, FIRST_WORD " %d\n", VERSION);
	print_text(out, "arch", m->arch->name);
	print_text(out, "board", m->board);
	print_text(out, "processor", m->processor);
	print_text(out, "memory", memory);
	print_text(out, "kernel", m->kernel);
	print_text(out, "vmlinux", m->vmlinux);
	print_text(out, "initrd", m->initrd);
	print_text(out, "append", m->append);
	print_words(out, "disk", &m->disks);
	print_words(out, "device", &m->devices);
	print_text(out, "region", upset_machine_region_name(m->region));
	print_text(out, "result", upset_machine_result_name(m->result));
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

static void free_words(struct upset_machine_words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free(words->items[i]);
	free(words->items);
}

void upset_machine_fini(struct upset_machine *m)
{
	free(m->board);
	free(m->processor);
	free(m->append);
	free(m->kernel);
	free(m->vmlinux);
	free(m->initrd);
	free_words(&m->disks);
	free_words(&m->devices);
	*m = (struct upset_machine){0};
}
