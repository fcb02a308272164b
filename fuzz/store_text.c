/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counts by bit and names as a damaged or hostile study may hold them: what
 * decodes encodes to the same counts, and what is shown has no controls.
 */
#include <stdlib.h>
#include <string.h>

#include "report/format.h"
#include "store/store.h"
#include "store/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_ones(const uint8_t *data, size_t size)
{
	uint64_t ones[UPSET_COUNTED_BITS_MAX], again[UPSET_COUNTED_BITS_MAX];
	uint8_t blob[UPSET_ONES_BLOB_MAX];
	unsigned int bits = size > 0 ? data[0] : 0;
	size_t encoded;

	if (upset_ones_decode(data, size, bits, ones) != 0)
		return;
	encoded = upset_ones_encode(ones, bits, blob);
	if (upset_ones_decode(blob, encoded, bits, again) != 0 ||
		memcmp(ones, again, bits * sizeof(*ones)) != 0)
		abort();
}

static void check_text(const char *text, size_t size)
{
	char clean[256];
	uint32_t code = 0;

	upset_text_clean(text, size, clean, sizeof(clean));
	if (!upset_utf8_is_valid(clean, strlen(clean)) ||
		upset_text_width(clean) > 2 * sizeof(clean))
		abort();
	for (size_t at = 0; clean[at] != '\0'; at += upset_utf8_decode(clean + at, 4, &code))
		if ((unsigned char)clean[at] < 0x20)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_ones(data, size);
	check_text((const char *)data, size);
	return 0;
}
