/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of faults, from left to right, with the place of the first mistake.
 * The grammar is in doc/faults.md.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "fault/fault.h"
#include "fault/names.h"

struct parser {
	const char *text; /* from its beginning */
	const char *at;
	const char *mistake; /* NULL: none yet */
	struct upset_error *error;
};

static bool wrong(struct parser *p, const char *at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Note the first mistake, at @at.  Always false. */
static bool wrong(struct parser *p, const char *at, const char *format, ...)
{
	char message[256];
	va_list arguments;

	if (p->mistake != NULL)
		return false;
	p->mistake = at;
	va_start(arguments, format);
	(void)vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	upset_error_set(p->error, EINVAL, "%s", message);
	return false;
}

static bool out_of_memory(struct parser *p)
{
	if (p->mistake == NULL) {
		p->mistake = p->at;
		upset_error_set(p->error, ENOMEM, "no memory for faults");
	}
	return false;
}

/* --- tokens ---------------------------------------------------------------------------------- */

static void skip_blanks(struct parser *p)
{
	while (*p->at == ' ' || *p->at == '\t')
		p->at++;
}

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The length of the word at @text. */
static size_t word_size(const char *text)
{
	size_t n = 0;

	while (is_name(text[n]))
		n++;
	return n;
}

/* How much of @text to show in a message. */
static int shown(const char *text)
{
	size_t n = strcspn(text, " \t;");

	return n > 40 ? 40 : (int)n;
}

static bool take_word(struct parser *p, const char *word)
{
	size_t n = strlen(word);

	if (word_size(p->at) != n || memcmp(p->at, word, n) != 0)
		return false;
	p->at += n;
	return true;
}

static bool expect_char(struct parser *p, char c, const char *where)
{
	if (*p->at != c)
		return wrong(p, p->at, "'%c' is missing %s", c, where);
	p->at++;
	return true;
}

static bool parse_number(struct parser *p, const char *what, uint64_t *value)
{
	const char *begin = p->at;
	int base = begin[0] == '0' && (begin[1] == 'x' || begin[1] == 'X') ? 16 : 10;
	char *end;

	if (!isdigit((unsigned char)*begin))
		return wrong(p, begin, "%s is a number, decimal or with 0x", what);
	errno = 0;
	*value = strtoull(begin, &end, base);
	if (errno != 0)
		return wrong(p, begin, "%s is too large", what);
	if (is_name(*end) || (base == 16 && end <= begin + 2))
		return wrong(p, end, "%s has a character that is no digit", what);
	p->at = end;
	return true;
}

/* --- bits and values ------------------------------------------------------------------------- */

static bool add_bits(
	struct parser *p, const char *at, struct upset_fault *f, uint64_t from, uint64_t to)
{
	if (to >= UPSET_FAULT_BITS)
		return wrong(p, at, "bits are 0 to %d", UPSET_FAULT_BITS - 1);
	if (to < from)
		return wrong(p, at, "a range of bits begins with the lower one");
	for (uint64_t bit = from; bit <= to; bit++) {
		if (f->bits[bit / 64] >> bit % 64 & 1)
			return wrong(p, at, "bit %u is named twice", (unsigned int)bit);
		f->bits[bit / 64] |= 1ULL << bit % 64;
	}
	return true;
}

/* Step over @c if it is next. */
static bool take_char(struct parser *p, char c)
{
	if (*p->at != c)
		return false;
	p->at++;
	return true;
}

static bool parse_bits(struct parser *p, struct upset_fault *f)
{
	do {
		const char *begin = p->at;
		uint64_t from = 0, to;

		if (!parse_number(p, "a bit", &from))
			return false;
		to = from;
		if (*p->at == '-') {
			p->at++;
			if (!parse_number(p, "a bit", &to))
				return false;
		}
		if (!add_bits(p, begin, f, from, to))
			return false;
	} while (take_char(p, ','));
	return true;
}

static unsigned int digit_value(char c)
{
	return isdigit((unsigned char)c) ? (unsigned int)(c - '0')
					 : (unsigned int)(tolower((unsigned char)c) - 'a' + 10);
}

static bool parse_hex_value(struct parser *p, struct upset_fault *f)
{
	const char *digits = p->at + 2;
	size_t n = strspn(digits, "0123456789abcdefABCDEF");

	if (n == 0 || is_name(digits[n]))
		return wrong(p, digits + n, "a value has a character that is no digit");
	for (size_t i = 0; i < n; i++) {
		size_t nibble = n - 1 - i;

		if (nibble >= sizeof(f->value) * 2) {
			if (digits[i] != '0')
				return wrong(p, p->at, "the value is too large");
			continue;
		}
		f->value[nibble / 2] |= (uint8_t)(digit_value(digits[i]) << nibble % 2 * 4);
	}
	p->at = digits + n;
	return true;
}

static bool parse_value(struct parser *p, struct upset_fault *f)
{
	uint64_t value = 0;

	if (p->at[0] == '0' && (p->at[1] == 'x' || p->at[1] == 'X'))
		return parse_hex_value(p, f);
	if (!parse_number(p, "a value", &value))
		return false;
	for (unsigned int i = 0; i < sizeof(value); i++)
		f->value[i] = (uint8_t)(value >> i * 8);
	return true;
}

static bool parse_model(struct parser *p, struct upset_fault *f, const char **bits)
{
	*bits = p->at;
	for (unsigned int m = 0; m < UPSET_FAULT_MODELS; m++) {
		if (!take_word(p, upset_fault_model_name((enum upset_fault_model)m)))
			continue;
		f->model = (enum upset_fault_model)m;
		*bits = NULL;
		if (*p->at != ':')
			return m != UPSET_FAULT_SET ||
			       wrong(p, p->at, "set needs a value, as in set:0x1f");
		if (m == UPSET_FAULT_SKIP || m == UPSET_FAULT_NONE)
			return wrong(p, p->at, "%s has no bits",
				upset_fault_model_name((enum upset_fault_model)m));
		*bits = ++p->at;
		return m == UPSET_FAULT_SET ? parse_value(p, f) : parse_bits(p, f);
	}
	return wrong(p, p->at, "'%.*s' is no fault model: flip, stuck0, stuck1, set, skip or none",
		shown(p->at), p->at);
}

/* --- places ---------------------------------------------------------------------------------- */

static char *copy(const char *text, size_t size)
{
	return strndup(text, size);
}

/* symbol, or symbol+offset; the offset begins behind the last plus. */
static bool parse_symbol(struct parser *p, const char *end, struct upset_fault_place *place)
{
	const char *plus = memrchr(p->at, '+', (size_t)(end - p->at));

	if (plus != NULL && !isdigit((unsigned char)plus[1]))
		plus = NULL;
	place->symbol = copy(p->at, (size_t)((plus != NULL ? plus : end) - p->at));
	if (place->symbol == NULL)
		return out_of_memory(p);
	if (place->symbol[0] == '\0')
		return wrong(p, p->at, "a symbol's name is missing");
	p->at = plus != NULL ? plus + 1 : end;
	return plus == NULL || parse_number(p, "an offset", &place->offset);
}

/* Up to a blank or one of @stops. */
static bool parse_place(struct parser *p, const char *stops, struct upset_fault_place *place)
{
	const char *end = p->at + strcspn(p->at, stops);
	const char *mark = memchr(p->at, '!', (size_t)(end - p->at));

	if (mark != NULL) {
		if (mark == p->at)
			return wrong(p, mark, "a module's name is missing before '!'");
		place->module = copy(p->at, (size_t)(mark - p->at));
		if (place->module == NULL)
			return out_of_memory(p);
		p->at = mark + 1;
	}
	if (p->at == end)
		return wrong(p, p->at, "an address or a symbol is missing");
	if (!isdigit((unsigned char)*p->at))
		return parse_symbol(p, end, place);
	return parse_number(p, "an address", &place->offset);
}

/* --- locations ------------------------------------------------------------------------------- */

static bool parse_memory(struct parser *p, struct upset_fault *f)
{
	uint64_t bytes = UPSET_FAULT_MEMORY_BYTES;

	f->location = UPSET_FAULT_MEMORY;
	if (!parse_place(p, " \t;,]", &f->place))
		return false;
	if (*p->at == ',') {
		const char *begin = ++p->at;

		if (!parse_number(p, "a size in bytes", &bytes))
			return false;
		if (bytes == 0 || bytes > UPSET_FAULT_BITS / 8)
			return wrong(p, begin, "sizes are 1 to %d bytes", UPSET_FAULT_BITS / 8);
	}
	f->location_bits = (uint16_t)(bytes * 8);
	return expect_char(p, ']', "after the address");
}

static bool parse_code(struct parser *p, struct upset_fault *f)
{
	f->location = UPSET_FAULT_CODE;
	f->location_bits = UPSET_FAULT_CODE_BITS;
	return parse_place(p, " \t;]", &f->place) && expect_char(p, ']', "after the address");
}

static bool parse_operand(struct parser *p, struct upset_fault *f)
{
	const char *begin = p->at;
	uint64_t number = 0;

	f->location = UPSET_FAULT_OPERAND;
	f->location_bits = UPSET_FAULT_BITS;
	if (!parse_number(p, "an operand", &number))
		return false;
	if (number > UINT8_MAX)
		return wrong(p, begin, "there is no operand with that number");
	f->operand = (uint8_t)number;
	return expect_char(p, ']', "after the operand's number");
}

static bool parse_location(struct parser *p, struct upset_fault *f)
{
	const char *begin = p->at;
	size_t n = word_size(begin);

	if (take_word(p, "mem") && *p->at == '[')
		return p->at++, parse_memory(p, f);
	p->at = begin;
	if (take_word(p, "code") && *p->at == '[')
		return p->at++, parse_code(p, f);
	p->at = begin;
	if (take_word(p, "operand") && *p->at == '[')
		return p->at++, parse_operand(p, f);
	p->at = begin + n;
	f->location = UPSET_FAULT_REGISTER;
	if (n > 0 && fault_find_register(begin, n, f))
		return true;
	return wrong(p, begin,
		"'%.*s' is no location: a register as `upset show registers` names it, "
		"mem[ADDRESS], operand[K] or code[ADDRESS]",
		shown(begin), begin);
}

/* @bits: where they stand in the text, NULL when there are none. */
static bool fit(struct parser *p, const char *bits, const char *location, struct upset_fault *f)
{
	if (f->model == UPSET_FAULT_NONE)
		return true;
	if (bits == NULL && f->location_bits > 1)
		return wrong(p, location, "which bit of it? as in %s:3",
			upset_fault_model_name(f->model));
	if (bits == NULL)
		f->bits[0] = 1;
	else if (fault_top_bit(f) >= f->location_bits)
		return wrong(p, bits,
			f->model == UPSET_FAULT_SET ? "the value does not fit into %u bits"
						    : "the location has %u bits, from 0",
			f->location_bits);
	return true;
}

/* --- triggers and durations ------------------------------------------------------------------ */

static bool parse_pc(struct parser *p, struct upset_fault *f)
{
	f->trigger = UPSET_FAULT_AT_PLACE;
	f->count = 1;
	if (!parse_place(p, " \t;#", &f->trigger_place))
		return false;
	skip_blanks(p);
	if (*p->at == '#') {
		const char *begin = ++p->at;

		if (!parse_number(p, "a hit", &f->count))
			return false;
		if (f->count == 0)
			return wrong(p, begin, "hits are counted from 1");
	}
	return true;
}

static bool parse_thread(struct parser *p, struct upset_fault *f)
{
	const char *begin = p->at;
	uint64_t thread = 0;

	if (take_word(p, "any")) {
		f->thread = UPSET_FAULT_ANY_THREAD;
		return f->trigger == UPSET_FAULT_AT_PLACE ||
		       wrong(p, begin, "instructions are counted by thread: name one");
	}
	if (!parse_number(p, "a thread", &thread))
		return false;
	if (thread > INT32_MAX)
		return wrong(p, begin, "there is no thread with that number");
	f->thread = (int64_t)thread;
	return true;
}

static bool parse_trigger(struct parser *p, struct upset_fault *f)
{
	skip_blanks(p);
	if (!expect_char(p, '@', "between location and trigger"))
		return false;
	skip_blanks(p);
	if (strncmp(p->at, "insn=", 5) == 0) {
		p->at += 5;
		if (!parse_number(p, "an instruction", &f->count))
			return false;
	} else if (strncmp(p->at, "pc=", 3) == 0) {
		p->at += 3;
		if (!parse_pc(p, f))
			return false;
	} else {
		return wrong(p, p->at, "'%.*s' is no trigger: insn=N or pc=ADDRESS #HIT",
			shown(p->at), p->at);
	}
	skip_blanks(p);
	if (strncmp(p->at, "thread=", 7) != 0)
		return true;
	p->at += 7;
	return parse_thread(p, f);
}

static bool parse_duration(struct parser *p, struct upset_fault *f)
{
	const char *begin;

	skip_blanks(p);
	begin = p->at;
	if (take_word(p, "forever")) {
		f->duration = UPSET_FAULT_FOREVER;
	} else if (take_word(p, "for")) {
		skip_blanks(p);
		f->duration = UPSET_FAULT_FOR;
		if (!parse_number(p, "a number of instructions", &f->duration_count))
			return false;
		if (f->duration_count == 0)
			return wrong(p, begin, "a fault lasts at least one instruction");
	}
	if (f->duration != UPSET_FAULT_TRANSIENT && f->model == UPSET_FAULT_FLIP)
		return wrong(p, begin, "a flip happens once; stuck0, stuck1 and set can last");
	return true;
}

/* --- all of it ------------------------------------------------------------------------------- */

static bool parse_fault(struct parser *p, struct upset_fault *f)
{
	const char *bits, *location;

	f->thread = -1;
	skip_blanks(p);
	if (!parse_model(p, f, &bits))
		return false;
	skip_blanks(p);
	location = p->at;
	if (f->model != UPSET_FAULT_SKIP && (!parse_location(p, f) || !fit(p, bits, location, f)))
		return false;
	if (!parse_trigger(p, f) || !parse_duration(p, f))
		return false;
	skip_blanks(p);
	return *p->at == '\0' || *p->at == ';' ||
	       wrong(p, p->at, "'%.*s' is too much", shown(p->at), p->at);
}

static struct upset_fault *add_fault(struct parser *p, struct upset_faults *faults)
{
	struct upset_fault *grown = reallocarray(faults->faults, faults->count + 1, sizeof(*grown));

	if (grown == NULL) {
		(void)out_of_memory(p);
		return NULL;
	}
	faults->faults = grown;
	memset(&grown[faults->count], 0, sizeof(*grown));
	return &grown[faults->count++];
}

int upset_faults_parse(const char *text, struct upset_faults *faults, unsigned int *column,
	struct upset_error *error)
{
	struct upset_error own = {0};
	struct parser p = {.text = text, .at = text, .error = error != NULL ? error : &own};

	*faults = (struct upset_faults){0};
	*column = 0;
	do {
		struct upset_fault *f = add_fault(&p, faults);

		if (f == NULL || !parse_fault(&p, f)) {
			*column = (unsigned int)(p.mistake - text) + 1;
			return -p.error->code;
		}
	} while (take_char(&p, ';'));
	return 0;
}

static void free_place(struct upset_fault_place *place)
{
	free(place->module);
	free(place->symbol);
}

void upset_faults_free(struct upset_faults *faults)
{
	for (size_t i = 0; i < faults->count; i++) {
		free_place(&faults->faults[i].place);
		free_place(&faults->faults[i].trigger_place);
	}
	free(faults->faults);
	*faults = (struct upset_faults){0};
}
