/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers of the stub as resources: see layout.h. */
#include "engine/gdb/layout.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	TOP_BIT =
		11, /* of x87's status word, where the number of the register that is st0 begins */
	X87_REGISTERS = 8,
	MMX_BYTES = 8,
	VALUE_BYTES = UPSET_COUNTED_BITS_MAX / 8,
};

/* --- by name ---------------------------------------------------------------------------------- */

/* The upper half of a vector has a name of its own in GDB: ymm3h. */
static unsigned int find_upper_half(const struct upset_isa *isa, const char *name)
{
	const size_t size = strlen(name);
	unsigned int resource;
	uint16_t bits;

	if (size < 2 || name[size - 1] != 'h')
		return UPSET_RESOURCE_NONE;
	resource = upset_isa_find_resource(isa, name, size - 1, &bits);
	if (resource == UPSET_RESOURCE_NONE ||
		isa->resources[resource].kind != UPSET_RESOURCE_VECTOR)
		return UPSET_RESOURCE_NONE;
	return resource;
}

/* Where there is SVE, v3 is the low bits of z3. */
static unsigned int find_scalable(const struct upset_isa *isa, const char *name, uint16_t *bits)
{
	char vector[GDB_NAME_BYTES];

	if (name[0] != 'z' || name[1] < '0' || name[1] > '9')
		return UPSET_RESOURCE_NONE;
	(void)snprintf(vector, sizeof(vector), "v%s", name + 1);
	return upset_isa_find_resource(isa, vector, strlen(vector), bits);
}

/* The resource that register @name is, or a part of; of that @part. */
static unsigned int find_resource(
	const struct upset_isa *isa, const struct gdb_register *from, struct gdb_part *part)
{
	unsigned int resource;

	*part = (struct gdb_part){.from = from};
	resource = upset_isa_find_resource(isa, from->name, strlen(from->name), &part->bits);
	if (resource != UPSET_RESOURCE_NONE)
		return resource;
	if (isa->flags != UPSET_RESOURCE_NONE &&
		(strcmp(from->name, "eflags") == 0 || strcmp(from->name, "cpsr") == 0)) {
		part->bits = isa->resources[isa->flags].bits;
		return isa->flags;
	}
	resource = find_scalable(isa, from->name, &part->bits);
	if (resource != UPSET_RESOURCE_NONE)
		return resource;
	resource = find_upper_half(isa, from->name);
	if (resource != UPSET_RESOURCE_NONE)
		part->bits = part->bit_offset = (uint16_t)(isa->resources[resource].bits / 2);
	return resource;
}

/* Register @from, which lies @at in @digits of `g`, if it reaches so far. */
static void place(
	struct gdb_layout *layout, const struct gdb_register *from, const char *digits, size_t at)
{
	struct gdb_part part;
	unsigned int resource = find_resource(layout->isa, from, &part);

	if (part.bits > from->bits)
		part.bits = (uint16_t)from->bits;
	part.told = at + from->bits / 8 <= layout->bytes;
	part.at = (uint32_t)at;
	if (part.told && gdb_stub_byte(digits + 2 * at) < 0) /* it says that it does not know */
		return;
	if (strcmp(from->name, "fstat") == 0)
		layout->x87_status = part;
	if (resource == UPSET_RESOURCE_NONE)
		return;
	for (unsigned int i = 0; i < GDB_PARTS; i++) {
		if (layout->parts[resource][i].from == NULL) {
			layout->parts[resource][i] = part;
			return;
		}
	}
}

int gdb_layout_make(struct gdb_layout *layout, const struct upset_isa *isa, struct gdb_stub *stub,
	struct upset_error *error)
{
	const struct gdb_description *d = &stub->description;
	const uint8_t needed[] = {isa->pc, isa->sp};
	const char *digits;
	size_t at = 0;
	int rc;

	*layout = (struct gdb_layout){.isa = isa};
	rc = gdb_stub_registers(stub, &digits, &layout->bytes);
	if (rc != 0)
		return gdb_stub_error(stub, rc, error);
	for (size_t i = 0; i < d->count; i++) {
		place(layout, &d->registers[i], digits, at);
		at += d->registers[i].bits / 8;
	}
	for (unsigned int i = 0; i < sizeof(needed); i++) {
		const struct gdb_part *part = &layout->parts[needed[i]][0];

		if (part->from == NULL || !part->told || part->bits < isa->word_bits)
			return upset_error_set(error, EIO,
				"the stub %s tells the registers of %s, but no '%s' of %s, "
				"which "
				"the program is for; connect to the one that has this program",
				stub->name,
				d->architecture[0] == '\0' ? "another machine" : d->architecture,
				isa->resources[needed[i]].name, isa->name);
	}
	return 0;
}

/* --- what it tells ---------------------------------------------------------------------------- */

static const struct upset_resource *resource_of(
	const struct gdb_layout *layout, unsigned int resource)
{
	return &layout->isa->resources[resource];
}

/* The first resource of kind X87, or NONE. */
static unsigned int x87_stack(const struct gdb_layout *layout)
{
	for (unsigned int i = 0; i < layout->isa->resource_count; i++)
		if (resource_of(layout, i)->kind == UPSET_RESOURCE_X87)
			return i;
	return UPSET_RESOURCE_NONE;
}

/* MMX registers lie in x87 ones, and all of those must be told. */
static bool has_mmx(const struct gdb_layout *layout)
{
	unsigned int stack = x87_stack(layout);

	if (stack == UPSET_RESOURCE_NONE || !layout->x87_status.told)
		return false;
	for (unsigned int i = 0; i < X87_REGISTERS; i++)
		if (!layout->parts[stack + i][0].told)
			return false;
	return true;
}

bool gdb_layout_has(const struct gdb_layout *layout, unsigned int resource, unsigned int bit_offset,
	unsigned int bits)
{
	const struct upset_resource *r = resource_of(layout, resource);
	unsigned int from = bit_offset, end = bit_offset + bits;

	if (r->kind == UPSET_RESOURCE_MMX)
		return has_mmx(layout);
	if (r->kind == UPSET_RESOURCE_FLAG) {
		from = r->flag_bit;
		end = from + r->bits;
		resource = layout->isa->flags;
	}
	for (unsigned int i = 0; i < GDB_PARTS; i++) {
		const struct gdb_part *part = &layout->parts[resource][i];

		if (part->from != NULL && part->bit_offset <= from &&
			from < part->bit_offset + (unsigned int)part->bits)
			from = part->bit_offset + (unsigned int)part->bits;
	}
	return from >= end;
}

/* --- filling images --------------------------------------------------------------------------- */

/* Digits are in the order of the program's memory.  False: the stub does not know them. */
static bool put_value(const struct gdb_layout *layout, const struct gdb_part *part,
	unsigned int resource, const char *digits, struct upset_state *state)
{
	const unsigned int bytes = part->from->bits / 8;
	uint8_t value[VALUE_BYTES] = {0};

	for (unsigned int i = 0; i < bytes && i < VALUE_BYTES; i++) {
		unsigned int at = layout->isa->big_endian ? bytes - 1 - i : i;
		int byte = gdb_stub_byte(digits + 2 * (size_t)at);

		if (byte < 0)
			return false;
		value[i] = (uint8_t)byte;
	}
	upset_state_put(state, resource, part->bit_offset, part->bits, value);
	return true;
}

static void fill_mmx(const struct gdb_layout *layout, const char *digits, struct upset_state *state)
{
	const unsigned int stack = x87_stack(layout);
	const char *status = digits + 2 * (size_t)layout->x87_status.at;
	const int low = gdb_stub_byte(status + 2);
	const unsigned int top = low < 0 ? 0 : (unsigned int)low >> (TOP_BIT - 8) & 7;
	unsigned int number = 0;

	for (unsigned int i = 0; i < layout->isa->resource_count; i++) {
		const struct upset_resource *r = resource_of(layout, i);

		if (r->kind != UPSET_RESOURCE_MMX)
			continue;
		memcpy(upset_state_place(state, i),
			upset_state_place(state, stack + ((number - top) & 7)), MMX_BYTES);
		number++;
	}
}

int gdb_layout_read(
	const struct gdb_layout *layout, struct gdb_stub *stub, struct upset_state *state)
{
	const char *digits;
	size_t bytes;
	int rc = gdb_stub_registers(stub, &digits, &bytes);

	if (rc != 0)
		return rc;
	if (bytes != layout->bytes)
		return -EPROTO;
	for (unsigned int r = 0; r < layout->isa->resource_count; r++) {
		for (unsigned int i = 0; i < GDB_PARTS; i++) {
			const struct gdb_part *part = &layout->parts[r][i];

			if (part->from != NULL && part->told &&
				!put_value(layout, part, r, digits + 2 * (size_t)part->at, state))
				return -EPROTO;
		}
	}
	if (has_mmx(layout))
		fill_mmx(layout, digits, state);
	return 0;
}

static int read_register(const struct gdb_layout *layout, struct gdb_stub *stub,
	unsigned int resource, const struct gdb_part *part, struct upset_state *state)
{
	const char *digits;
	size_t size;
	int rc = gdb_stub_register(stub, part->from->number, &digits, &size);

	if (rc != 0)
		return rc == -ENODATA ? -EPROTO : rc;
	if (size != part->from->bits / 8 || !put_value(layout, part, resource, digits, state))
		return -EPROTO;
	return 0;
}

int gdb_layout_read_rows(const struct gdb_layout *layout, struct gdb_stub *stub,
	const struct upset_insn *insn, enum upset_access access, struct upset_state *state)
{
	for (unsigned int row = 0; row < insn->operand_count; row++) {
		const struct upset_operand *o = &insn->operands[row];

		if (o->access != access || o->resource == UPSET_MEMORY)
			continue;
		for (unsigned int i = 0; i < GDB_PARTS; i++) {
			const struct gdb_part *part = &layout->parts[o->resource][i];
			int rc = 0;

			if (part->from != NULL && !part->told)
				rc = read_register(layout, stub, o->resource, part, state);
			if (rc != 0)
				return rc;
		}
	}
	return 0;
}

/* --- one by one ------------------------------------------------------------------------------- */

/* Whose parts hold it. */
static unsigned int holder(const struct gdb_layout *layout, unsigned int resource)
{
	return resource_of(layout, resource)->kind == UPSET_RESOURCE_FLAG ? layout->isa->flags
									  : resource;
}

int gdb_layout_read_one(const struct gdb_layout *layout, struct gdb_stub *stub,
	unsigned int resource, struct upset_state *state)
{
	const unsigned int in = holder(layout, resource);
	const bool is_mmx = resource_of(layout, resource)->kind == UPSET_RESOURCE_MMX;
	int rc = gdb_layout_read(layout, stub, state);

	if (rc == 0 && layout->parts[in][0].from == NULL)
		return is_mmx && has_mmx(layout) ? 0 : -ENODATA;
	for (unsigned int i = 0; rc == 0 && i < GDB_PARTS; i++) {
		const struct gdb_part *part = &layout->parts[in][i];

		if (part->from != NULL && !part->told)
			rc = read_register(layout, stub, in, part, state);
	}
	return rc;
}

static int write_part(const struct gdb_layout *layout, struct gdb_stub *stub, unsigned int resource,
	const struct gdb_part *part, const struct upset_state *state)
{
	const unsigned int bytes = part->from->bits / 8;
	uint8_t value[VALUE_BYTES] = {0}, sent[VALUE_BYTES];
	int rc;

	if (bytes > VALUE_BYTES)
		return -ENODATA;
	upset_state_get(state, resource, part->bit_offset, part->bits, value);
	for (unsigned int i = 0; i < bytes; i++)
		sent[i] = value[layout->isa->big_endian ? bytes - 1 - i : i];
	rc = gdb_stub_write_register(stub, part->from->number, sent, bytes);
	return rc == -ENOTSUP ? -ENODATA : rc;
}

int gdb_layout_write_one(const struct gdb_layout *layout, struct gdb_stub *stub,
	unsigned int resource, const struct upset_state *state)
{
	const unsigned int in = holder(layout, resource);
	int rc = layout->parts[in][0].from == NULL ? -ENODATA : 0;

	for (unsigned int i = 0; rc == 0 && i < GDB_PARTS; i++)
		if (layout->parts[in][i].from != NULL)
			rc = write_part(layout, stub, in, &layout->parts[in][i], state);
	return rc;
}
