/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stub's description of its registers: see description.h. */
#include "engine/gdb/description.h"

#include <ctype.h>
#include <errno.h>
#include <expat.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct reading {
	struct gdb_description *description;
	gdb_document *document;
	void *context;
	struct upset_error *error;
	unsigned int documents; /* so far */
	uint32_t next;		/* number of the next register that does not tell its own */
	bool in_architecture;
	XML_Parser parser; /* of the document that is being read */
	int result;
};

static int read_document(struct reading *r, const char *name);

static void fail(struct reading *r, int result)
{
	if (r->result == 0)
		r->result = result;
	(void)XML_StopParser(r->parser, XML_FALSE);
}

static const char *find(const char **attributes, const char *name)
{
	for (; attributes[0] != NULL; attributes += 2)
		if (strcmp(attributes[0], name) == 0)
			return attributes[1];
	return NULL;
}

/* A decimal number of at most @most; false: it is none. */
static bool take_number(const char *text, uint32_t most, uint32_t *number)
{
	uint64_t value = 0;

	if (text == NULL || *text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if (!isdigit((unsigned char)*text))
			return false;
		value = value * 10 + (uint64_t)(*text - '0');
		if (value > most)
			return false;
	}
	*number = (uint32_t)value;
	return true;
}

static void bad_register(struct reading *r, const char *name)
{
	fail(r, upset_error_set(r->error, EPROTO,
			"the description of registers is damaged at register '%.40s'",
			name == NULL ? "" : name));
}

static void add_register(struct reading *r, const char **attributes)
{
	const char *name = find(attributes, "name"), *number = find(attributes, "regnum");
	struct gdb_description *d = r->description;
	struct gdb_register *more, new = {.number = r->next};

	if (name == NULL || *name == '\0' || strlen(name) >= sizeof(new.name) ||
		!take_number(find(attributes, "bitsize"), GDB_REGISTER_BITS_MOST, &new.bits) ||
		new.bits == 0 || new.bits % 8 != 0 ||
		(number != NULL && !take_number(number, INT32_MAX - 1, &new.number)) ||
		d->count == GDB_REGISTERS_MOST) {
		bad_register(r, name);
		return;
	}
	memcpy(new.name, name, strlen(name) + 1);
	more = reallocarray(d->registers, d->count + 1, sizeof(*more));
	if (more == NULL) {
		fail(r, -ENOMEM);
		return;
	}
	d->registers = more;
	d->registers[d->count++] = new;
	r->next = new.number + 1;
}

static void include(struct reading *r, const char **attributes)
{
	const char *name = find(attributes, "href");
	XML_Parser outer = r->parser;
	int result;

	if (name == NULL) {
		fail(r, upset_error_set(r->error, EPROTO,
				"the description of registers includes a document without a name"));
		return;
	}
	result = read_document(r, name);
	r->parser = outer;
	if (result != 0)
		fail(r, result);
}

static void XMLCALL begin_element(void *context, const char *name, const char **attributes)
{
	struct reading *r = context;

	r->in_architecture = strcmp(name, "architecture") == 0;
	if (r->in_architecture)
		r->description->architecture[0] = '\0';
	else if (strcmp(name, "reg") == 0)
		add_register(r, attributes);
	else if (strcmp(name, "xi:include") == 0)
		include(r, attributes);
}

static void XMLCALL end_element(void *context, const char *name)
{
	struct reading *r = context;

	(void)name;
	r->in_architecture = false;
}

static void XMLCALL take_text(void *context, const char *text, int size)
{
	struct reading *r = context;
	char *to = r->description->architecture;
	size_t length = strlen(to);

	for (int i = 0; i < size && r->in_architecture; i++)
		if (isgraph((unsigned char)text[i]) &&
			length + 1 < sizeof(r->description->architecture))
			to[length++] = text[i];
	to[length] = '\0';
}

static int parse(struct reading *r, const char *name, const char *text, size_t size)
{
	r->parser = XML_ParserCreate(NULL);
	if (r->parser == NULL)
		return -ENOMEM;
	XML_SetUserData(r->parser, r);
	XML_SetElementHandler(r->parser, begin_element, end_element);
	XML_SetCharacterDataHandler(r->parser, take_text);
	if (XML_Parse(r->parser, text, (int)size, XML_TRUE) != XML_STATUS_OK && r->result == 0)
		r->result = upset_error_set(r->error, EPROTO,
			"the description of registers is damaged: line %lu of '%.40s': %s",
			(unsigned long)XML_GetCurrentLineNumber(r->parser), name,
			XML_ErrorString(XML_GetErrorCode(r->parser)));
	XML_ParserFree(r->parser);
	return r->result;
}

static int read_document(struct reading *r, const char *name)
{
	size_t size = 0;
	char *text = NULL;
	int result;

	if (r->documents++ == GDB_INCLUDES_MOST)
		return upset_error_set(r->error, EPROTO,
			"the description of registers includes more than %d documents",
			GDB_INCLUDES_MOST);
	result = r->document(r->context, name, &text, &size);
	if (result == 0)
		result = parse(r, name, text, size);
	free(text);
	return result;
}

static int compare_numbers(const void *a, const void *b)
{
	const struct gdb_register *one = a, *other = b;

	return (one->number > other->number) - (one->number < other->number);
}

static int sort(struct gdb_description *d, struct upset_error *error)
{
	if (d->count == 0)
		return upset_error_set(
			error, EPROTO, "the description of registers describes none");
	qsort(d->registers, d->count, sizeof(*d->registers), compare_numbers);
	for (size_t i = 1; i < d->count; i++)
		if (d->registers[i].number == d->registers[i - 1].number)
			return upset_error_set(error, EPROTO,
				"the description gives '%s' and '%s' the same number",
				d->registers[i - 1].name, d->registers[i].name);
	return 0;
}

int gdb_description_read(
	struct gdb_description *d, gdb_document *document, void *context, struct upset_error *error)
{
	struct reading r = {
		.description = d, .document = document, .context = context, .error = error};
	int result;

	*d = (struct gdb_description){0};
	result = read_document(&r, "target.xml");
	return result == 0 ? sort(d, error) : result;
}

void gdb_description_fini(struct gdb_description *d)
{
	free(d->registers);
	*d = (struct gdb_description){0};
}
