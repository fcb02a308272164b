/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UTF-8 as RFC 3629 defines it: see utf8.h. */
#include "store/utf8.h"

size_t upset_utf8_decode(const char *text, size_t size, uint32_t *code)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const uint8_t *bytes = (const uint8_t *)text;
	uint32_t value = bytes[0];
	size_t length;

	if (value < 0x80) {
		*code = value;
		return 1;
	}
	if ((value & 0xe0) == 0xc0)
		length = 2;
	else if ((value & 0xf0) == 0xe0)
		length = 3;
	else if ((value & 0xf8) == 0xf0)
		length = 4;
	else
		return 0;
	if (length > size)
		return 0;
	value &= 0x7fU >> length;
	for (size_t i = 1; i < length; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (bytes[i] & 0x3f);
	}
	if (value < least[length] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
		return 0;
	*code = value;
	return length;
}

bool upset_utf8_is_valid(const char *text, size_t size)
{
	uint32_t code;

	for (size_t at = 0; at < size;) {
		size_t length = upset_utf8_decode(text + at, size - at, &code);

		if (length == 0)
			return false;
		at += length;
	}
	return true;
}
