/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What Zydis says of instructions of x86-64 and i386, see host_insn.h.
 */
#include "tests/isa/host_insn.h"

#include <string.h>

#include <Zydis/Zydis.h>

#include "tests/isa/host.h"

static ZydisDecodedInstruction zydis_decode(
	const struct upset_isa *isa, const struct upset_insn *insn)
{
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
	ZydisDecodedInstruction decoded;
	ZydisDecoder decoder;

	if (isa->word_bits == 64)
		ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	else
		ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32);
	ZydisDecoderDecodeFull(&decoder, insn->bytes, insn->size, &decoded, operands);
	return decoded;
}

/*
 * Instructions whose effect is not in their rows (state beyond registers and
 * memory), whose results differ each time, or that disturb the test.
 */
static const char *const not_run[] = {"vzeroupper", "emms", "fincstp", "fdecstp", "ffree", "ffreep",
	"fninit", "fnclex", "fxsave", "fxrstor", "fxrstor64", "xsave", "xsavec", "xsavec64",
	"xsaveopt", "xrstor", "xrstors", "fnsave", "frstor", "fnstenv", "fldenv", "fldcw", "fnstcw",
	"fnstsw", "ldmxcsr", "vldmxcsr", "stmxcsr", "rdfsbase", "wrfsbase", "popf", "popfd",
	"popfq", "pushf", "pushfd", "pushfq", "rdpid", "xgetbv", "rdpkru", "wrpkru", "sldt", "str",
	"smsw", "sgdt", "lar", "lsl", "verr", "rdtsc", "rdtscp", "cpuid", "rdrand", "rdseed",
	"umonitor", "tpause", "monitor", "mwait", "clzero", "xbegin", "xend", "xabort", "xtest",
	"incsspq", "ptwrite"};

/* After which a program of x86-64 does not find what belongs to its thread. */
static bool names_segment(const struct upset_insn *insn)
{
	/* push fs, pop fs, mov with a segment register */
	return insn->bytes[0] == 0x0f || insn->bytes[0] == 0x8c || insn->bytes[0] == 0x8e ||
	       insn->bytes[1] == 0x8c;
}

bool host_insn_is_runnable(const struct upset_isa *isa, const struct upset_insn *insn)
{
	const char *name = ZydisMnemonicGetString((ZydisMnemonic)insn->form);

	if (insn->classes & (UPSET_CLASS_BRANCH | UPSET_CLASS_SYSCALL | UPSET_CLASS_TRAP))
		return false;
	if (strcmp(name, "enter") == 0)
		return insn->bytes[3] == 0; /* nested ones push more than their row */
	if (isa->word_bits == 64 &&
		(strcmp(name, "mov") == 0 || strcmp(name, "push") == 0 || strcmp(name, "pop") == 0))
		return !names_segment(insn);
	for (size_t i = 0; i < sizeof(not_run) / sizeof(not_run[0]); i++) {
		if (strcmp(not_run[i], name) == 0)
			return false;
	}
	return insn->memory_count <= HOST_WINDOWS;
}

uint64_t host_insn_undefined_flags(const struct upset_isa *isa, const struct upset_insn *insn)
{
	const ZydisDecodedInstruction decoded = zydis_decode(isa, insn);
	uint64_t undefined;

	undefined = decoded.cpu_flags ? decoded.cpu_flags->undefined : 0;
	/* Shifts by the operand's width or more; Zydis does not look at the count. */
	if (decoded.meta.category == ZYDIS_CATEGORY_SHIFT && decoded.raw.imm[0].size &&
		(decoded.raw.imm[0].value.u & 31) >= decoded.operand_width)
		undefined = UINT64_MAX;
	for (unsigned int i = 0; i < insn->operand_count; i++) {
		const struct upset_resource *resource =
			upset_isa_resource(isa, insn->operands[i].resource);

		if (resource->kind == UPSET_RESOURCE_FLAG)
			undefined &= ~(UINT64_C(1) << resource->flag_bit);
	}
	return undefined;
}

void host_insn_move(const struct upset_isa *isa, struct upset_insn *insn, uint64_t address)
{
	const ZydisDecodedInstruction decoded = zydis_decode(isa, insn);
	uint8_t bytes[UPSET_INSN_MAX_BYTES];

	if (!insn->memory[0].absolute || decoded.raw.disp.size < 32 ||
		(decoded.attributes & ZYDIS_ATTRIB_IS_RELATIVE))
		return;
	memcpy(bytes, insn->bytes, sizeof(bytes));
	memcpy(bytes + decoded.raw.disp.offset, &address, decoded.raw.disp.size / 8);
	(void)upset_isa_decode(isa, insn, 0, insn->address, bytes, insn->size);
}
