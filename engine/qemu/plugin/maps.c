/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Snapshots of the program's memory map, as text in the form of /proc/PID/maps
 * without what belongs to QEMU itself.  A snapshot is taken when code is met
 * that the last one does not explain, and before the program may end.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/qemu/plugin/plugin.h"

struct range {
	uint64_t start, end;
};

static struct {
	GArray *hosts; /* struct range: QEMU's own mappings when the plugin was loaded */
	GArray *code;  /* struct range: executable mappings of files in the last snapshot */
	GString *last[2]; /* texts of the last snapshots: of code, of everything */
	bool changed;
	uint64_t heap_start, heap_end, stack;
	pthread_mutex_t lock;
} maps = { .changed = true, .lock = PTHREAD_MUTEX_INITIALIZER };

static char *read_all(void)
{
	GString *text = g_string_sized_new(65536);
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	char buffer[16384];
	ssize_t n;

	while (fd >= 0 && (n = read(fd, buffer, sizeof(buffer))) > 0)
		g_string_append_len(text, buffer, n);
	if (fd >= 0)
		(void)close(fd);
	return g_string_free(text, FALSE);
}

static bool parse_range(const char *line, struct range *range)
{
	return sscanf(line, "%" SCNx64 "-%" SCNx64, &range->start, &range->end) == 2;
}

static bool is_host(const struct range *range)
{
	uint64_t shared = (uint64_t)(uintptr_t)plugin.shm;

	if (range->start < shared + UPSET_SHM_BYTES && range->end > shared)
		return true;
	for (unsigned int i = 0; i < maps.hosts->len; i++) {
		const struct range *host = &g_array_index(maps.hosts, struct range, i);

		if (range->start < host->end && range->end > host->start)
			return true;
	}
	return false;
}

static bool is_file_code(const char *line)
{
	const char *mode = strchr(line, ' ');

	return mode != NULL && mode[3] == 'x' && strchr(line, '/') != NULL;
}

/* The program's mappings out of @text; all, or only the code of files. */
static GString *select_lines(const char *text, bool all)
{
	GString *out = g_string_new(NULL);
	const char *line = text, *end;

	for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		char *copy = g_strndup(line, (size_t)(end - line));
		struct range range;

		if (parse_range(copy, &range) && !is_host(&range) && (all || is_file_code(copy)))
			g_string_append_printf(out, "%s\n", copy);
		if (all && range.start <= maps.stack && maps.stack < range.end)
			g_string_append_printf(out, "%" PRIx64 "-%" PRIx64
						    " rw-p 00000000 00:00 0 [stack]\n",
					       range.start, range.end);
		g_free(copy);
	}
	if (all && maps.heap_end > maps.heap_start)
		g_string_append_printf(out,
				       "%" PRIx64 "-%" PRIx64 " rw-p 00000000 00:00 0 [heap]\n",
				       maps.heap_start, (maps.heap_end + 4095) & ~(uint64_t)4095);
	return out;
}

static void keep(const GString *text)
{
	struct upset_shm *shm = plugin.shm;
	upset_ref ref = upset_shm_alloc(shm, sizeof(struct upset_shm_text) + text->len + 1);
	struct upset_shm_text *to = upset_shm_at(shm, ref);

	if (to == NULL)
		plugin_out_of_memory();
	memcpy(to->text, text->str, text->len + 1);
	to->size = (uint32_t)text->len;
	to->number = ++shm->maps_count;
	to->next = shm->maps;
	shm->maps = ref;
}

static void note_code(const GString *text)
{
	const char *line = text->str, *end;
	struct range range;

	g_array_set_size(maps.code, 0);
	for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		if (parse_range(line, &range) && is_file_code(line))
			g_array_append_val(maps.code, range);
	}
}

static void look(bool all)
{
	char *text = read_all();
	GString *lines = select_lines(text, all);

	g_free(text);
	maps.changed = false;
	if (maps.last[all] == NULL || !g_string_equal(maps.last[all], lines)) {
		keep(lines);
		note_code(lines);
		if (maps.last[all] != NULL)
			g_string_free(maps.last[all], TRUE);
		maps.last[all] = lines;
	} else {
		g_string_free(lines, TRUE);
	}
}

static bool is_explained(uint64_t address)
{
	for (unsigned int i = 0; i < maps.code->len; i++) {
		const struct range *range = &g_array_index(maps.code, struct range, i);

		if (address >= range->start && address < range->end)
			return true;
	}
	return false;
}

uint32_t plugin_maps_at(uint64_t address)
{
	uint32_t number;

	pthread_mutex_lock(&maps.lock);
	if (plugin.shm->maps_count == 0) {
		const struct qemu_plugin_storage *rsp = plugin_storage(UPSET_RSP);

		/* The first block: the stack pointer still points to the main stack. */
		memcpy(&maps.stack, qemu_plugin_storage_ptr(0, rsp), 8);
		look(true);
	} else if (maps.changed && !is_explained(address)) {
		look(false);
	}
	number = plugin.shm->maps_count;
	pthread_mutex_unlock(&maps.lock);
	return number;
}

void plugin_maps_snapshot(void)
{
	pthread_mutex_lock(&maps.lock);
	if (maps.code != NULL && plugin.shm->maps_count > 0)
		look(true);
	pthread_mutex_unlock(&maps.lock);
}

void plugin_maps_changed(void)
{
	maps.changed = true;
}

void plugin_maps_brk(uint64_t address)
{
	pthread_mutex_lock(&maps.lock);
	if (maps.heap_start == 0)
		maps.heap_start = address;
	if (address > maps.heap_end)
		maps.heap_end = address;
	pthread_mutex_unlock(&maps.lock);
}

void plugin_maps_init(void)
{
	char *text = read_all();
	const char *line = text, *end;
	struct range range;

	maps.hosts = g_array_new(FALSE, FALSE, sizeof(struct range));
	maps.code = g_array_new(FALSE, FALSE, sizeof(struct range));
	for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		if (parse_range(line, &range))
			g_array_append_val(maps.hosts, range);
	}
	g_free(text);
}
