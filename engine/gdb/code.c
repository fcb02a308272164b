/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decodes the program's instructions, once per address as long as their bytes cannot have
 * changed, and sees to it that the stub tells what their rows name.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "engine/gdb/run.h"

enum { PAGE = 4096, TEXT_BYTES = 128 };

/* --- what the stub does not tell -------------------------------------------------------------- */

static int not_told(const struct gdb_run *run, const struct upset_insn *insn, unsigned int resource,
	unsigned int bits, const char *does)
{
	char text[TEXT_BYTES];

	upset_isa_format(run->isa, insn, text, sizeof(text));
	return upset_error_set(run->error, EIO,
		"the stub %s does not tell all of register %s, which '%s' at 0x%" PRIx64 " %s; use "
		"--detail counts, or an engine that knows it",
		run->stub.name, upset_isa_resource_name(run->isa, resource, bits), text,
		insn->address, does);
}

static int check_rows(const struct gdb_run *run, const struct upset_insn *insn)
{
	for (unsigned int row = 0; row < insn->operand_count; row++) {
		const struct upset_operand *o = &insn->operands[row];

		if (o->resource != UPSET_MEMORY && upset_operand_is_counted(o) &&
			!gdb_layout_has(&run->layout, o->resource, o->bit_offset, o->bits))
			return not_told(run, insn, o->resource, o->bits,
				o->access == UPSET_READ ? "reads" : "writes");
	}
	return 0;
}

/* Addresses are computed from whole registers, which rows do not name all of. */
static int check_addresses(const struct gdb_run *run, const struct upset_insn *insn)
{
	for (unsigned int i = 0; i < insn->memory_count; i++) {
		const struct upset_memory *m = &insn->memory[i];
		const uint8_t parts[] = {m->base, m->index, m->segment};

		for (unsigned int k = 0; k < sizeof(parts) && !m->scattered; k++)
			if (parts[k] != UPSET_RESOURCE_NONE &&
				!gdb_layout_has(&run->layout, parts[k], 0,
					run->isa->resources[parts[k]].bits))
				return not_told(run, insn, parts[k],
					run->isa->resources[parts[k]].bits, "needs for an address");
	}
	return 0;
}

static int check(const struct gdb_run *run, const struct upset_insn *insn)
{
	char text[TEXT_BYTES];
	int result;

	if ((insn->quirks & UPSET_QUIRK_EXCLUSIVE) != 0) {
		upset_isa_format(run->isa, insn, text, sizeof(text));
		return upset_error_set(run->error, EIO,
			"the program comes to '%s' at 0x%" PRIx64
			", and no store-exclusive succeeds "
			"where it is stepped; build it with -march=armv8.1-a, or use engine qemu",
			text, insn->address);
	}
	if (run->request->detail == UPSET_DETAIL_COUNTS)
		return 0;
	result = check_rows(run, insn);
	return result == 0 ? check_addresses(run, insn) : result;
}

/* --- decoding --------------------------------------------------------------------------------- */

/* Reads what there is of the longest instruction at @address. */
static int read_code(struct gdb_run *run, uint64_t address, uint8_t *bytes, size_t *size)
{
	const size_t longest = run->isa->insn_bytes_max, in_page = PAGE - (address & (PAGE - 1));
	int result = gdb_stub_read(&run->stub, address, bytes, longest);

	*size = longest;
	if (result == -EFAULT) {
		*size = in_page < longest ? in_page : 0;
		result = *size > 0 ? gdb_stub_read(&run->stub, address, bytes, *size) : 0;
	}
	if (result == -EFAULT) {
		*size = 0;
		result = 0;
	}
	return result == 0 ? 0 : gdb_stub_error(&run->stub, result, run->error);
}

static bool is_same(const struct upset_profile_insn *record, const uint8_t *bytes, size_t size,
	uint32_t mapping)
{
	return record->mapping == mapping && record->insn.size <= size &&
	       memcmp(record->insn.bytes, bytes, record->insn.size) == 0;
}

static int decode(struct gdb_run *run, uint64_t address, const struct gdb_area *area,
	const uint8_t *bytes, size_t size, struct upset_profile_insn **record)
{
	struct upset_insn insn;
	int result;

	*record = NULL;
	if (upset_isa_decode(run->isa, &insn,
		    (unsigned int)upset_state_word(&run->before, run->isa->mode), address, bytes,
		    size) != 0)
		return 0;
	result = check(run, &insn);
	if (result != 0)
		return result;
	*record = upset_profile_get_insn(run->profile, &insn, area->mapping);
	return *record != NULL ? 0
			       : upset_error_set(run->error, ENOMEM,
					 "no memory for the program's instructions");
}

/* Whether one of the bytes [@address, @address + @size) can change without our notice. */
static bool can_change(
	struct gdb_run *run, const struct gdb_area *area, uint64_t address, size_t size)
{
	const struct gdb_area *next = area + 1;

	if (area->can_change || address + size <= area->end)
		return area->can_change;
	return next == run->areas + run->area_count || next->start != area->end || next->can_change;
}

/* Read the bytes at @address again, and decode them if they are other ones. */
static int renew(struct gdb_run *run, uint64_t address, struct gdb_code_slot *slot)
{
	struct upset_profile_insn *record;
	const struct gdb_area *area;
	uint8_t bytes[UPSET_INSN_MAX_BYTES];
	size_t size = 0;
	int result = gdb_maps_find(run, address, &area);

	if (slot->address != address)
		*slot = (struct gdb_code_slot){.address = address};
	record = slot->record;
	slot->record = NULL;
	if (result == 0 && area != NULL)
		result = read_code(run, address, bytes, &size);
	if (result != 0 || size == 0)
		return result;
	if (record == NULL || !is_same(record, bytes, size, area->mapping))
		result = decode(run, address, area, bytes, size, &record);
	if (result != 0 || record == NULL)
		return result;
	*slot = (struct gdb_code_slot){address, record, run->generation,
		can_change(run, area, address, record->insn.size)};
	return 0;
}

int gdb_code_get(struct gdb_run *run, uint64_t address, struct upset_profile_insn **record)
{
	struct gdb_code_slot *slot =
		&run->slots[address / run->isa->insn_alignment % GDB_CODE_SLOTS];
	int result = 0;

	if (slot->address != address || slot->record == NULL ||
		slot->generation != run->generation || slot->can_change)
		result = renew(run, address, slot);
	*record = slot->record;
	return result;
}
