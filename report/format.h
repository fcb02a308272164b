/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers and names as text, for report/ and for the messages of cli/. */
#ifndef UPSET_REPORT_FORMAT_H
#define UPSET_REPORT_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The shortest decimal that reads back as @value. */
void upset_format_real(double value, char *text, size_t size);
/* "12,345,678", or with an SI suffix ("12.35 M") where that is wider than @width (>= 7). */
void upset_format_count(uint64_t value, unsigned int width, char *text, size_t size);
/* "12.3 MB", "1.234 s". */
void upset_format_bytes(uint64_t bytes, char *text, size_t size);
void upset_format_time(uint64_t ns, char *text, size_t size);

/* Make the characters of @text harmless for a terminal: controls become \xHH or \u{HHHH}. */
void upset_text_clean(const char *text, size_t text_size, char *clean, size_t size);
/* Columns that clean text takes on a terminal. */
unsigned int upset_text_width(const char *text);
/* Print @text in @width columns, its middle left out where it is longer. */
void upset_text_print(const char *text, unsigned int width, bool right, bool last, FILE *out);

/* Write @text[@size] as a field of CSV, in quotes where it needs them. */
void upset_write_csv_text(const char *text, size_t size, FILE *out);
/* The same as a string of JSON; bytes that are no UTF-8, which it cannot hold, become U+FFFD. */
void upset_write_json_text(const char *text, size_t size, FILE *out);

#endif
