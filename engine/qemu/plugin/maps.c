/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Snapshots of the program's memory map, in the form of /proc/PID/maps.  One is
 * taken when code is met that the last one does not explain, and before the
 * program may end.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/qemu/guest/apart.h"
#include "engine/qemu/plugin/plugin.h"
#include "engine/ranges.h"

struct code {
	uint64_t start, end;
};

static struct {
	pthread_mutex_t lock;
	GArray *code;  /* struct code: executable mappings of files in the last snapshot */
	char *last[2]; /* texts of the last snapshots: of code alone, of everything */
	bool changed;
} maps = {.changed = true, .lock = PTHREAD_MUTEX_INITIALIZER};

static char *read_maps(void)
{
	char *text = NULL;
	off_t size;
	int fd;

	apart_lift_limits();
	fd = memfd_create("upset-maps", MFD_CLOEXEC);
	if (fd < 0)
		plugin_out_of_memory();
	qemu_plugin_write_maps(fd);
	size = lseek(fd, 0, SEEK_END);
	text = g_malloc0((gsize)size + 1);
	if (pread(fd, text, (size_t)size, 0) != size)
		text[0] = '\0';
	(void)close(fd);
	apart_put_back_limits();
	return text;
}

static bool is_file_code(const char *line, struct upset_range *range)
{
	return upset_range_read(line, range) && range->executable && range->path[0] == '/';
}

/* The lines of @text that map code of files. */
static char *select_code(const char *text)
{
	GString *out = g_string_new(NULL);
	const char *line = text, *end;
	struct upset_range range;

	for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		if (is_file_code(line, &range))
			g_string_append_len(out, line, end - line + 1);
	}
	return g_string_free(out, FALSE);
}

static void keep(const char *text)
{
	struct upset_shm *shm = plugin.shm;
	size_t size = strlen(text);
	upset_ref ref = upset_shm_alloc(shm, sizeof(struct upset_shm_text) + size + 1);
	struct upset_shm_text *to = upset_shm_find(shm, ref);

	if (to == NULL)
		plugin_out_of_memory();
	memcpy(to->text, text, size + 1);
	to->size = (uint32_t)size;
	to->number = shm->maps_count + 1;
	to->next = shm->maps;
	shm->maps = ref;
	shm->maps_count++;
}

static void note_code(const char *text)
{
	const char *line = text, *end;
	struct upset_range range;

	if (maps.code == NULL)
		maps.code = g_array_new(FALSE, FALSE, sizeof(struct code));
	g_array_set_size(maps.code, 0);
	for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		if (is_file_code(line, &range)) {
			const struct code code = {range.start, range.end};

			g_array_append_val(maps.code, code);
		}
	}
}

/*
 * Take a snapshot out of @text (given away), of code alone or of everything,
 * unless it would be the last one again.
 */
static void look(char *text, bool all)
{
	if (!all) {
		char *code = select_code(text);

		g_free(text);
		text = code;
	}
	maps.changed = false;
	if (maps.last[all] != NULL && strcmp(maps.last[all], text) == 0) {
		g_free(text);
		return;
	}
	keep(text);
	note_code(text);
	g_free(maps.last[all]);
	maps.last[all] = text;
}

static bool is_explained(uint64_t address)
{
	for (unsigned int i = 0; i < maps.code->len; i++) {
		struct code code;

		memcpy(&code, maps.code->data + i * sizeof(code), sizeof(code));
		if (address >= code.start && address < code.end)
			return true;
	}
	return false;
}

uint32_t plugin_maps_at(uint64_t address)
{
	uint32_t number;

	pthread_mutex_lock(&maps.lock);
	if (plugin.shm->maps_count == 0)
		look(read_maps(), true);
	else if (maps.changed && !is_explained(address))
		look(read_maps(), false);
	number = plugin.shm->maps_count;
	pthread_mutex_unlock(&maps.lock);
	return number;
}

void plugin_maps_snapshot(void)
{
	/*
	 * Reading takes QEMU's mmap lock, which a translating thread holds when it
	 * comes for ours: so never the other way round.
	 */
	char *text = read_maps();

	pthread_mutex_lock(&maps.lock);
	look(text, true);
	pthread_mutex_unlock(&maps.lock);
}

void plugin_maps_changed(void)
{
	maps.changed = true;
}
