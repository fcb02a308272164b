/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading UTF-8 that may be broken: what is stored as text, and what is shown. */
#ifndef UPSET_STORE_UTF8_H
#define UPSET_STORE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Decode the character at the start of @text[@size] (@size > 0) into *@code.
 * Returns its length in bytes, or 0 when they are no UTF-8 (surrogates and
 * over-long forms are none).
 */
size_t upset_utf8_decode(const char *text, size_t size, uint32_t *code);

bool upset_utf8_is_valid(const char *text, size_t size);

#endif
