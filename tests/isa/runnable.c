/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which instructions of x86-64 and i386 test_host.c runs, see runnable.h.
 */
#include "tests/isa/runnable.h"

#include <string.h>

#include <Zydis/Zydis.h>

#include "tests/isa/host.h"

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

bool isa_is_runnable(const struct upset_isa *isa, const struct upset_insn *insn)
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
