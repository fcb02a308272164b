/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Carrying out faults: see inject.h. */
#include "engine/inject.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "isa/state.h"

static int impossible(struct upset_injection *injection, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int impossible(struct upset_injection *injection, const char *format, ...)
{
	va_list arguments;

	injection->state = UPSET_INJECTION_IMPOSSIBLE;
	va_start(arguments, format);
	(void)vsnprintf(injection->reason, sizeof(injection->reason), format, arguments);
	va_end(arguments);
	return -ENOENT;
}

/* --- where ------------------------------------------------------------------------------------ */

/* 0 where there is no such register. */
static uint64_t read_word(const struct upset_inject_state *state, unsigned int resource)
{
	uint8_t value[UPSET_INJECT_BYTES] = {0};
	uint64_t word = 0;

	if (resource != UPSET_RESOURCE_NONE &&
		state->read_register(state->context, resource, value))
		memcpy(&word, value, sizeof(word));
	return word;
}

static uint64_t program_counter(const struct upset_inject_state *state)
{
	return read_word(state, state->isa->pc);
}

bool upset_inject_decode(
	const struct upset_inject_state *state, uint64_t address, struct upset_insn *insn)
{
	uint8_t bytes[UPSET_INSN_MAX_BYTES];
	size_t n = state->isa->insn_bytes_max;

	/* It may be the last one before memory that cannot be read. */
	while (n > 0 && !state->read_memory(state->context, address, bytes, n))
		n--;
	return n > 0 &&
	       upset_isa_decode(state->isa, insn, (unsigned int)read_word(state, state->isa->mode),
		       address, bytes, n) == 0;
}

/* The row of operand @number: what it reads before what it writes; -1: there is none. */
static int find_operand(const struct upset_insn *insn, unsigned int number)
{
	int written = -1;

	for (unsigned int k = 0; k < insn->operand_count; k++) {
		if (insn->operands[k].index != number)
			continue;
		if (insn->operands[k].access == UPSET_READ)
			return (int)k;
		if (written < 0)
			written = (int)k;
	}
	return written;
}

uint64_t upset_inject_address(
	const struct upset_inject_state *state, const struct upset_memory *memory)
{
	const uint8_t named[] = {memory->base, memory->index, memory->segment, memory->bit_string};
	struct upset_state image;

	upset_state_init(&image, state->isa);
	for (size_t i = 0; i < sizeof(named); i++) {
		if (named[i] != UPSET_RESOURCE_NONE)
			(void)state->read_register(
				state->context, named[i], upset_state_place(&image, named[i]));
	}
	return upset_state_address(&image, memory);
}

static int find_in_insn(const struct upset_fault *fault, const struct upset_inject_state *state,
	struct upset_inject_target *target, struct upset_injection *injection)
{
	const struct upset_operand *o;
	struct upset_insn insn;
	int row;

	if (!upset_inject_decode(state, program_counter(state), &insn))
		return impossible(injection, "there is no instruction at the trigger");
	row = find_operand(&insn, fault->operand);
	if (row < 0)
		return impossible(injection, "the instruction has no operand %u", fault->operand);
	o = &insn.operands[row];
	target->after = o->access == UPSET_WRITE;
	target->bits = o->bits;
	target->memory = o->resource == UPSET_MEMORY;
	target->resource = o->resource;
	target->bit_offset = o->bit_offset;
	if (!target->memory)
		return 0;
	if (insn.memory[o->memory].scattered)
		return impossible(injection, "the addresses of a gather are not computed");
	target->address = upset_inject_address(state, &insn.memory[o->memory]);
	return 0;
}

static unsigned int highest_bit(const struct upset_fault *fault)
{
	for (unsigned int bit = UPSET_FAULT_BITS - 1; bit > 0; bit--) {
		if (fault->model == UPSET_FAULT_SET ? fault->value[bit / 8] >> bit % 8 & 1
						    : fault->bits[bit / 64] >> bit % 64 & 1)
			return bit;
	}
	return 0;
}

static int check_width(const struct upset_fault *fault, const struct upset_inject_target *target,
	struct upset_injection *injection)
{
	if (highest_bit(fault) >= target->bits)
		return impossible(injection, "bit %u is beyond its %u bits", highest_bit(fault),
			target->bits);
	if ((target->bits + target->bit_offset + 7) / 8 > UPSET_INJECT_BYTES)
		return impossible(injection, "operands of %u bits are too wide", target->bits);
	return 0;
}

int upset_inject_find(const struct upset_fault *fault, uint64_t place,
	const struct upset_inject_state *state, struct upset_inject_target *target,
	struct upset_injection *injection)
{
	uint16_t bits = fault->location_bits;
	struct upset_insn insn;
	int rc = 0;

	*target = (struct upset_inject_target){
		.isa = state->isa,
		.resource = fault->location == UPSET_FAULT_REGISTER
				    ? upset_fault_register(fault, state->isa, &bits)
				    : UPSET_RESOURCE_NONE,
		.address = place,
		.memory = fault->location != UPSET_FAULT_REGISTER,
	};
	target->bits = bits;
	if (fault->location == UPSET_FAULT_REGISTER && target->resource == UPSET_RESOURCE_NONE)
		return impossible(injection, "%s has no such register", state->isa->name);
	if (fault->location == UPSET_FAULT_CODE) {
		if (!upset_inject_decode(state, place, &insn))
			return impossible(
				injection, "there is no instruction at 0x%" PRIx64, place);
		target->bits = insn.size * 8U;
	}
	if (fault->location == UPSET_FAULT_OPERAND)
		rc = find_in_insn(fault, state, target, injection);
	return rc == 0 ? check_width(fault, target, injection) : rc;
}

/* --- what ------------------------------------------------------------------------------------- */

/* Bytes that hold the target, from its first one. */
static size_t bytes_of(const struct upset_inject_target *target)
{
	return target->memory ? target->bits / 8 : UPSET_INJECT_BYTES;
}

static bool read_target(
	const struct upset_inject_target *t, const struct upset_inject_state *state, uint8_t *value)
{
	memset(value, 0, UPSET_INJECT_BYTES);
	return t->memory ? state->read_memory(state->context, t->address, value, bytes_of(t))
			 : state->read_register(state->context, t->resource, value);
}

static bool write_target(const struct upset_inject_target *t,
	const struct upset_inject_state *state, const uint8_t *value)
{
	return t->memory ? state->write_memory(state->context, t->address, value, bytes_of(t))
			 : state->write_register(state->context, t->resource, value);
}

static bool get_bit(const uint8_t *value, unsigned int bit)
{
	return value[bit / 8] >> bit % 8 & 1;
}

static void put_bit(uint8_t *value, unsigned int bit, bool one)
{
	uint8_t mask = (uint8_t)(1U << bit % 8);

	value[bit / 8] = (uint8_t)(one ? value[bit / 8] | mask : value[bit / 8] & ~mask);
}

/* The bits of the location alone, from bit 0 on. */
static void extract(
	const struct upset_inject_target *t, const uint8_t *value, uint8_t out[UPSET_INJECT_BYTES])
{
	memset(out, 0, UPSET_INJECT_BYTES);
	for (unsigned int bit = 0; bit < t->bits; bit++)
		put_bit(out, bit, get_bit(value, bit + t->bit_offset));
}

/* Change @value as the fault says; whether that made a difference. */
static bool change(
	const struct upset_fault *fault, const struct upset_inject_target *t, uint8_t *value)
{
	bool changed = false;

	for (unsigned int bit = 0; bit < t->bits; bit++) {
		bool old = get_bit(value, bit + t->bit_offset), new;

		if (fault->model != UPSET_FAULT_SET && !(fault->bits[bit / 64] >> bit % 64 & 1))
			continue;
		switch (fault->model) {
		case UPSET_FAULT_FLIP:
			new = !old;
			break;
		case UPSET_FAULT_SET:
			new = get_bit(fault->value, bit);
			break;
		default:
			new = fault->model == UPSET_FAULT_STUCK1;
			break;
		}
		put_bit(value, bit + t->bit_offset, new);
		changed |= new != old;
	}
	return changed;
}

void upset_inject_apply(const struct upset_fault *fault, const struct upset_inject_target *target,
	const struct upset_inject_state *state, struct upset_injection *injection)
{
	uint8_t value[UPSET_INJECT_BYTES];

	injection->bits = (uint16_t)target->bits;
	if (!read_target(target, state, value)) {
		(void)impossible(injection, "there is nothing to read at 0x%" PRIx64,
			target->memory ? target->address : 0);
		return;
	}
	extract(target, value, injection->old_value);
	(void)change(fault, target, value);
	extract(target, value, injection->new_value);
	if (!write_target(target, state, value) || !read_target(target, state, value)) {
		(void)impossible(injection, "it cannot be written");
		return;
	}
	extract(target, value, injection->read_back);
	injection->state =
		memcmp(injection->read_back, injection->new_value, UPSET_INJECT_BYTES) == 0
			? UPSET_INJECTION_DONE
			: UPSET_INJECTION_REFUSED;
}

void upset_inject_hold(const struct upset_fault *fault, const struct upset_inject_target *target,
	const struct upset_inject_state *state)
{
	uint8_t value[UPSET_INJECT_BYTES];

	if (read_target(target, state, value) && change(fault, target, value))
		(void)write_target(target, state, value);
}

void upset_inject_skip(const struct upset_inject_state *state, struct upset_injection *injection)
{
	uint64_t pc = program_counter(state), next, back;
	struct upset_insn insn;
	uint8_t value[UPSET_INJECT_BYTES] = {0};

	if (!upset_inject_decode(state, pc, &insn)) {
		(void)impossible(injection, "there is no instruction at the trigger");
		return;
	}
	next = pc + insn.size;
	injection->bits = 64;
	memcpy(injection->old_value, &pc, sizeof(pc));
	memcpy(injection->new_value, &next, sizeof(next));
	memcpy(value, &next, sizeof(next));
	(void)state->write_register(state->context, state->isa->pc, value);
	back = program_counter(state);
	memcpy(injection->read_back, &back, sizeof(back));
	injection->state = back == next ? UPSET_INJECTION_DONE : UPSET_INJECTION_REFUSED;
}
