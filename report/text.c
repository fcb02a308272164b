/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names on a terminal.  They come from the program under test, so that nothing
 * in them may move the cursor, change colours or reorder what is read.
 */
#include <inttypes.h>
#include <string.h>

#include "report/internal.h"
#include "store/utf8.h"

struct range {
	uint32_t first, last;
};

static bool is_in(uint32_t code, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

/* Controls, and what has no width or turns the direction of writing. */
static bool is_harmful(uint32_t code)
{
	static const struct range ranges[] = {{0, 0x1f}, {0x7f, 0x9f}, {0xad, 0xad}, {0x300, 0x36f},
		{0x61c, 0x61c}, {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},
		{0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb},
		{0xe0000, 0xe0fff}};

	return is_in(code, ranges, sizeof(ranges) / sizeof(ranges[0]));
}

static unsigned int columns_of(uint32_t code)
{
	static const struct range wide[] = {{0x1100, 0x115f}, {0x2e80, 0xa4cf}, {0xac00, 0xd7a3},
		{0xf900, 0xfaff}, {0xfe30, 0xfe6f}, {0xff00, 0xff60}, {0xffe0, 0xffe6},
		{0x1f300, 0x1faff}, {0x20000, 0x3fffd}};

	return is_in(code, wide, sizeof(wide) / sizeof(wide[0])) ? 2 : 1;
}

void upset_text_clean(const char *text, size_t text_size, char *clean, size_t size)
{
	size_t out = 0;

	for (size_t at = 0; at < text_size;) {
		uint32_t code;
		size_t length = upset_utf8_decode(text + at, text_size - at, &code);
		char piece[16];

		if (length == 0 || (is_harmful(code) && code < 0x80))
			(void)snprintf(piece, sizeof(piece), "\\x%02x", (unsigned char)text[at]);
		else if (is_harmful(code))
			(void)snprintf(piece, sizeof(piece), "\\u{%" PRIx32 "}", code);
		else
			(void)snprintf(piece, sizeof(piece), "%.*s", (int)length, text + at);
		if (out + strlen(piece) + 1 > size)
			break;
		memcpy(clean + out, piece, strlen(piece));
		out += strlen(piece);
		at += length == 0 ? 1 : length;
	}
	clean[out] = '\0';
}

unsigned int upset_text_width(const char *text)
{
	size_t size = strlen(text);
	unsigned int width = 0;
	uint32_t code = 0;

	for (size_t at = 0; at < size; at += upset_utf8_decode(text + at, size - at, &code)) {
		(void)upset_utf8_decode(text + at, size - at, &code);
		width += columns_of(code);
	}
	return width;
}

/* Print as much of @text as fits into @width columns; returns the columns used. */
static unsigned int print_start(const char *text, unsigned int width, FILE *out)
{
	size_t size = strlen(text);
	unsigned int used = 0;
	uint32_t code;

	for (size_t at = 0; at < size;) {
		size_t length = upset_utf8_decode(text + at, size - at, &code);

		if (used + columns_of(code) > width)
			break;
		used += columns_of(code);
		(void)fwrite(text + at, 1, length, out);
		at += length;
	}
	return used;
}

/* The longest end of @text that fits into @width columns. */
static const char *find_end(const char *text, unsigned int width)
{
	unsigned int left = upset_text_width(text);
	size_t size = strlen(text);
	uint32_t code = 0;
	size_t at = 0;

	while (at < size && left > width) {
		at += upset_utf8_decode(text + at, size - at, &code);
		left -= columns_of(code);
	}
	return text + at;
}

static void pad(unsigned int columns, FILE *out)
{
	(void)fprintf(out, "%*s", (int)columns, "");
}

void upset_text_print(const char *text, unsigned int width, bool right, bool last, FILE *out)
{
	unsigned int full = upset_text_width(text);
	unsigned int used = full;

	if (right && full < width)
		pad(width - full, out);
	if (full <= width) {
		(void)fputs(text, out);
	} else if (width < 5) {
		used = print_start(text, width, out);
	} else {
		const char *end = find_end(text, (width - 2) - (width - 2) / 2);

		used = print_start(text, (width - 2) / 2, out);
		(void)fputs("..", out);
		(void)fputs(end, out);
		used += 2 + upset_text_width(end);
	}
	if (!right && !last && used < width)
		pad(width - used, out);
}
