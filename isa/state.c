/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading and writing a register image: see state.h. */
#include "isa/state.h"

void upset_state_init(struct upset_state *state, const struct upset_isa *isa)
{
	state->isa = isa;
	memset(state->image, 0, isa->state_bytes);
}

void upset_state_copy(struct upset_state *to, const struct upset_state *from)
{
	to->isa = from->isa;
	memcpy(to->image, from->image, from->isa->state_bytes);
}

uint64_t upset_state_word(const struct upset_state *state, unsigned int resource)
{
	const struct upset_resource *r;
	uint64_t word = 0;

	if (resource == UPSET_RESOURCE_NONE)
		return 0;
	r = &state->isa->resources[resource];
	if (r->kind == UPSET_RESOURCE_FLAG)
		upset_state_get(state, resource, 0, r->bits, (uint8_t *)&word);
	else
		memcpy(&word, state->image + r->offset, r->bits < 64 ? (r->bits + 7U) / 8 : 8);
	return word;
}

void upset_state_set_word(struct upset_state *state, unsigned int resource, uint64_t value)
{
	unsigned int bits = state->isa->resources[resource].bits;

	upset_state_put(state, resource, 0, bits < 64 ? bits : 64, (const uint8_t *)&value);
}

/* Of [@from, + @bits) those that the resource has. */
static unsigned int bits_there(const struct upset_resource *r, unsigned int from, unsigned int bits)
{
	if (from >= r->bits)
		return 0;
	return bits < r->bits - from ? bits : r->bits - from;
}

void upset_state_get(const struct upset_state *state, unsigned int resource,
	unsigned int bit_offset, unsigned int bits, uint8_t *value)
{
	const struct upset_resource *r = &state->isa->resources[resource];
	unsigned int there = bits_there(r, bit_offset, bits);
	const unsigned int from = r->flag_bit + bit_offset;

	memset(value, 0, (bits + 7U) / 8);
	if (from % 8 == 0) {
		memcpy(value, state->image + r->offset + from / 8, there / 8);
		bit_offset += there / 8 * 8;
		value += there / 8;
		there %= 8;
	}
	for (unsigned int i = 0; i < there; i++) {
		unsigned int at = r->flag_bit + bit_offset + i;

		value[i / 8] |=
			(uint8_t)((state->image[r->offset + at / 8] >> at % 8 & 1) << i % 8);
	}
}

static void put_bit(unsigned char *bytes, unsigned int at, bool one)
{
	const unsigned char mask = (unsigned char)(1U << at % 8);

	bytes[at / 8] = (unsigned char)(one ? bytes[at / 8] | mask : bytes[at / 8] & ~mask);
}

void upset_state_put(struct upset_state *state, unsigned int resource, unsigned int bit_offset,
	unsigned int bits, const uint8_t *value)
{
	const struct upset_resource *r = &state->isa->resources[resource];
	const unsigned int there = bits_there(r, bit_offset, bits);
	const unsigned int from = r->flag_bit + bit_offset;
	unsigned char *bytes = state->image + r->offset;

	if (from % 8 == 0 && there % 8 == 0) {
		memcpy(bytes + from / 8, value, there / 8);
		return;
	}
	for (unsigned int i = 0; i < there; i++)
		put_bit(bytes, from + i, value[i / 8] >> i % 8 & 1);
}

bool upset_state_effect(const struct upset_state *before, const struct upset_insn *insn,
	const struct upset_operand *o, uint8_t *value)
{
	const struct upset_effect *e = &insn->effects[o->effect];
	uint64_t word;

	if (o->effect == UPSET_NO_EFFECT || o->bits > 64 ||
		(e->kind != UPSET_EFFECT_CONSTANT && e->kind != UPSET_EFFECT_BEFORE))
		return false;
	word = e->kind == UPSET_EFFECT_CONSTANT ? e->value : upset_state_word(before, e->a);
	memcpy(value, &word, (o->bits + 7U) / 8);
	return true;
}

/* --- addresses -------------------------------------------------------------------------------- */

/* Bytes from a bit string's address to the element that holds bit @number, which is signed. */
static uint64_t bit_string_bytes(uint64_t number, unsigned int bits)
{
	if (bits == 16)
		return (uint64_t)((int64_t)(int16_t)number >> 4) * 2;
	if (bits == 32)
		return (uint64_t)((int64_t)(int32_t)number >> 5) * 4;
	return (uint64_t)((int64_t)number >> 6) * 8;
}

static uint64_t index_bytes(const struct upset_state *state, const struct upset_memory *m)
{
	const unsigned int unused = 64U - m->index_bits;
	uint64_t index = upset_state_word(state, m->index) << unused;

	index = m->index_signed ? (uint64_t)((int64_t)index >> unused) : index >> unused;
	index <<= m->shift;
	return m->index_negative ? -index : index;
}

uint64_t upset_state_address(const struct upset_state *state, const struct upset_memory *m)
{
	uint64_t address = (uint64_t)m->displacement + upset_state_word(state, m->base);

	if (m->index != UPSET_RESOURCE_NONE)
		address += index_bytes(state, m);
	if (m->bit_string != UPSET_RESOURCE_NONE)
		address += bit_string_bytes(upset_state_word(state, m->bit_string), m->bits);
	if (m->address_bits == 32)
		address = (uint32_t)address;
	address += upset_state_word(state, m->segment);
	address = address >> m->cleared_bits << m->cleared_bits;
	return state->isa->word_bits == 32 ? (uint32_t)address : address;
}
