/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decodes the program's instructions, once per address as long as their bytes
 * cannot have changed: an entry holds for one generation of the executable
 * mappings, and bytes that can be written are compared at every execution.
 */
#include <Zydis/Zydis.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/maps.h"
#include "engine/native/native.h"

enum { MAX_INSN_BYTES = 15, FIRST_SLOTS = 4096 };

struct native_code_slot {
	uint64_t address;
	struct native_code code; /* record NULL: free slot */
	uint32_t generation;
};

/* --- mappings ---------------------------------------------------------------- */

static int add_area(void *context, const struct upset_mapping *mapping, bool shared)
{
	struct native_trace *trace = context;
	uint32_t index = upset_profile_add_mapping(trace->profile, mapping);
	struct native_area *areas;

	if (index == UINT32_MAX)
		return -ENOMEM;
	areas = reallocarray(trace->areas, trace->area_count + 1, sizeof(*areas));
	if (areas == NULL)
		return -ENOMEM;
	trace->areas = areas;
	areas[trace->area_count++] = (struct native_area){
		.start = mapping->start,
		.end = mapping->end,
		.mapping = index,
		.executable = mapping->executable,
		/* Shared memory can be writable at another address. */
		.can_change = mapping->writable || shared,
		.time_page = native_time_page_find(mapping->path),
	};
	return 0;
}

void native_code_read_maps(struct native_trace *trace)
{
	int result;

	trace->area_count = 0;
	trace->maps_changed = false;
	result = upset_maps_read(trace->pid, add_area, trace);
	/* A program that is being killed has no mappings any more. */
	if (result != 0 && result != -ESRCH && trace->result == 0)
		trace->result = upset_error_set(trace->error, result == -ENOMEM ? ENOMEM : EIO,
			"cannot read the program's memory map: %s", strerror(-result));
}

static const struct native_area *search_area(const struct native_trace *trace, uint64_t address)
{
	size_t low = 0, high = trace->area_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (trace->areas[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == trace->area_count || trace->areas[low].start > address)
		return NULL;
	return &trace->areas[low];
}

/* The stack grows without a system call, so what is not found is looked for again. */
static const struct native_area *find_area(struct native_trace *trace, uint64_t address)
{
	const struct native_area *area;

	if (!trace->maps_changed) {
		area = search_area(trace, address);
		if (area != NULL)
			return area;
	}
	native_code_read_maps(trace);
	return search_area(trace, address);
}

void native_code_changed(struct native_trace *trace, uint64_t start, uint64_t size, bool executable)
{
	uint64_t end = start + size < start ? UINT64_MAX : start + size;

	trace->maps_changed = true;
	for (size_t i = 0; i < trace->area_count && !executable; i++)
		executable = trace->areas[i].executable && trace->areas[i].start < end &&
			     start < trace->areas[i].end;
	if (executable)
		trace->generation++;
}

/* --- the table by address -------------------------------------------------------- */

static struct native_code_slot *find_slot(const struct native_trace *trace, uint64_t address)
{
	size_t i = (size_t)((address * UINT64_C(0x9e3779b97f4a7c15)) >> 32);

	for (;; i++) {
		struct native_code_slot *slot = &trace->slots[i & (trace->slot_count - 1)];

		if (slot->code.record == NULL || slot->address == address)
			return slot;
	}
}

static bool grow_slots(struct native_trace *trace)
{
	struct native_code_slot *old = trace->slots;
	size_t old_count = trace->slot_count;
	size_t count = old_count == 0 ? FIRST_SLOTS : 2 * old_count;
	struct native_code_slot *slots = calloc(count, sizeof(*slots));

	if (slots == NULL)
		return false;
	trace->slots = slots;
	trace->slot_count = count;
	for (size_t i = 0; i < old_count; i++)
		if (old[i].code.record != NULL)
			*find_slot(trace, old[i].address) = old[i];
	free(old);
	return true;
}

void native_code_free(struct native_trace *trace)
{
	free(trace->slots);
	free(trace->areas);
	trace->slots = NULL;
	trace->areas = NULL;
	trace->slot_count = trace->slots_used = trace->area_count = 0;
}

/* --- decoding ---------------------------------------------------------------------- */

static bool is_prefix(uint8_t byte)
{
	switch (byte) {
	case 0x26:
	case 0x2e:
	case 0x36:
	case 0x3e:
	case 0x64:
	case 0x65: /* segment */
	case 0x66:
	case 0x67:
	case 0xf0:
	case 0xf2:
	case 0xf3:
		return true;
	default:
		return (byte & 0xf0) == 0x40; /* REX */
	}
}

static const uint8_t *opcode_of(const struct upset_insn *insn)
{
	unsigned int i = 0;

	while (i + 1 < insn->size && is_prefix(insn->bytes[i]))
		i++;
	return insn->bytes + i;
}

/* Opcode 8e /2. */
static bool is_mov_to_ss(const struct upset_insn *insn)
{
	const uint8_t *opcode = opcode_of(insn);

	return opcode[0] == 0x8e && (opcode[1] >> 3 & 7) == 2;
}

/* Which 64-bit mode has not. */
static bool is_pop_to_ss(const struct upset_insn *insn)
{
	return opcode_of(insn)[0] == 0x17;
}

unsigned int native_mnemonic_needs(const struct upset_insn *insn)
{
	switch (insn->form) {
	case ZYDIS_MNEMONIC_PUSHF:
	case ZYDIS_MNEMONIC_PUSHFD:
	case ZYDIS_MNEMONIC_PUSHFQ:
		return NATIVE_PUSHES_FLAGS;
	case ZYDIS_MNEMONIC_POPF:
	case ZYDIS_MNEMONIC_POPFD:
	case ZYDIS_MNEMONIC_POPFQ:
		return NATIVE_POPS_FLAGS;
	case ZYDIS_MNEMONIC_MOV:
		return is_mov_to_ss(insn) ? NATIVE_SHADOWS_NEXT : 0;
	case ZYDIS_MNEMONIC_POP:
		return is_pop_to_ss(insn) ? NATIVE_SHADOWS_NEXT : 0;
	default:
		return 0;
	}
}

static bool is_extended(const struct upset_isa *isa, uint8_t resource)
{
	enum upset_resource_kind kind = upset_isa_resource(isa, resource)->kind;

	return kind == UPSET_RESOURCE_VECTOR || kind == UPSET_RESOURCE_X87 ||
	       kind == UPSET_RESOURCE_MMX;
}

static unsigned int find_needs(const struct upset_isa *isa, const struct upset_insn *insn)
{
	unsigned int needs = native_mnemonic_needs(insn);
	bool wide = false;

	for (unsigned int i = 0; i < insn->operand_count; i++) {
		const struct upset_operand *row = &insn->operands[i];

		if (is_extended(isa, row->resource))
			needs |= row->access == UPSET_READ ? NATIVE_READS_XSTATE
							   : NATIVE_WRITES_XSTATE;
		if (row->resource == UPSET_MEMORY) {
			needs |= NATIVE_HAS_MEMORY;
			wide |= !upset_operand_is_counted(row);
		}
	}
	/* The x87 stack turns without a row, and the state is loaded whole from memory. */
	if ((needs & NATIVE_WRITES_XSTATE) == 0 &&
		((insn->classes & UPSET_CLASS_X87) != 0 || wide ||
			((insn->classes & UPSET_CLASS_VECTOR) != 0 &&
				(needs & NATIVE_READS_XSTATE) == 0)))
		needs |= NATIVE_SPOILS_XSTATE;
	return needs;
}

/* Reads what there is of the longest instruction at @address. */
static size_t read_code(
	const struct native_trace *trace, uint64_t address, uint8_t bytes[MAX_INSN_BYTES])
{
	size_t in_page = 4096 - (address & 4095);

	if (in_page >= MAX_INSN_BYTES)
		return native_read_memory(trace, address, bytes, MAX_INSN_BYTES);
	if (native_read_memory(trace, address, bytes, in_page) != in_page)
		return 0;
	return in_page + native_read_memory(trace, address + in_page, bytes + in_page,
				 MAX_INSN_BYTES - in_page);
}

static bool is_same(
	const struct native_code *code, const uint8_t *bytes, size_t size, uint32_t mapping)
{
	const struct upset_profile_insn *record = code->record;

	return record->mapping == mapping && record->insn.size <= size &&
	       memcmp(record->insn.bytes, bytes, record->insn.size) == 0;
}

static struct native_code decode(struct native_trace *trace, uint64_t address,
	const struct native_area *area, const uint8_t *bytes, size_t size)
{
	struct native_code code = {0};
	struct upset_insn insn;

	if (upset_isa_decode(trace->profile->isa, &insn, 0, address, bytes, size) != 0)
		return code;
	code.record = upset_profile_get_insn(trace->profile, &insn, area->mapping);
	if (code.record == NULL) {
		trace->result = upset_error_set(
			trace->error, ENOMEM, "no memory for the program's instructions");
		return code;
	}
	code.needs = find_needs(trace->profile->isa, &insn);
	return code;
}

/* Whether one of the bytes [@address, @address + @size) can change without our notice. */
static bool can_change(
	struct native_trace *trace, const struct native_area *area, uint64_t address, size_t size)
{
	if (!area->can_change && address + size > area->end) {
		area = find_area(trace, area->end);
		return area == NULL || area->can_change;
	}
	return area->can_change;
}

/* Read the bytes at @slot's address again, and decode them if they are other ones. */
static struct native_code renew(
	struct native_trace *trace, uint64_t address, struct native_code_slot *slot)
{
	const struct native_area *area = find_area(trace, address);
	struct native_code code = {0};
	uint8_t bytes[MAX_INSN_BYTES];
	size_t size;

	if (area == NULL)
		return code;
	size = read_code(trace, address, bytes);
	if (slot->code.record != NULL && is_same(&slot->code, bytes, size, area->mapping))
		code = slot->code;
	else
		code = decode(trace, address, area, bytes, size);
	if (code.record == NULL)
		return code;
	code.needs &= ~(unsigned int)NATIVE_CAN_CHANGE;
	if (can_change(trace, area, address, code.record->insn.size))
		code.needs |= NATIVE_CAN_CHANGE;
	if (slot->code.record == NULL)
		trace->slots_used++;
	*slot = (struct native_code_slot){address, code, trace->generation};
	return code;
}

struct native_code native_code_get(struct native_trace *trace, uint64_t address)
{
	const struct native_code none = {0};
	struct native_code_slot *slot;

	if (2 * trace->slots_used >= trace->slot_count && !grow_slots(trace)) {
		trace->result = upset_error_set(
			trace->error, ENOMEM, "no memory for the program's instructions");
		return none;
	}
	slot = find_slot(trace, address);
	if (slot->code.record != NULL && slot->generation == trace->generation &&
		(slot->code.needs & NATIVE_CAN_CHANGE) == 0)
		return slot->code;
	return renew(trace, address, slot);
}
