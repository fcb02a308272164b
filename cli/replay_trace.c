/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the runs without and with a fault part, told with the program's source. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/replay.h"
#include "cli/tell.h"
#include "isa/isa.h"
#include "symbols/symbols.h"

enum { TEXT_SIZE = 160, STEPS_TIMED = 100000 };

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static void print_place(const struct upset_traced *t)
{
	struct upset_symbols *symbols = upset_symbols_open(t->module);
	struct upset_place place = {0};

	if (symbols != NULL)
		(void)upset_symbols_find(symbols, t->module_address, &place);
	if (place.function != NULL)
		printf("  %s+0x%" PRIx64, place.function,
			t->module_address - place.function_address);
	else
		printf("  %s+0x%" PRIx64, base_name(t->module), t->module_address);
	if (place.file != NULL)
		printf(" at %s:%u", base_name(place.file), place.line);
	upset_symbols_close(symbols);
}

static void print_step(const char *name, const struct upset_traced *t)
{
	char text[TEXT_SIZE] = "no instruction";
	struct upset_insn insn;

	if (upset_isa_decode(t->isa, &insn, 0, t->module != NULL ? t->module_address : t->address,
		    t->bytes, t->size) == 0)
		upset_isa_format(t->isa, &insn, text, sizeof(text));
	printf("  %-8s0x%" PRIx64, name, t->address);
	if (t->module != NULL)
		print_place(t);
	printf("  %s\n", text);
}

/* Where a run goes on; @ended is how it ended where it does not. */
static void print_way(
	const char *name, const struct upset_traced *t, const struct upset_experiment_result *ended)
{
	if (t->known) {
		print_step(name, t);
		return;
	}
	printf("  %-8sends: ", name);
	upset_experiment_print_end(stdout, ended);
	printf("\n");
}

/* Where something is that happens @steps instructions behind the fault. */
static void print_distance(uint64_t steps)
{
	if (steps == 0)
		printf("at the fault itself\n");
	else
		printf("%" PRIu64 " instruction%s behind the fault\n", steps,
			steps == 1 ? "" : "s");
}

static void tell_event(
	const char *name, const struct upset_traced *t, uint64_t fault, const char *what)
{
	if (!t->known)
		return;
	printf("%-10s%s ", name, what);
	print_distance(t->insn - fault);
	print_step("", t);
}

static void tell_divergence(const struct upset_trace *trace, uint64_t fault,
	const struct upset_experiment_result *golden, const struct upset_experiment_result *faulty)
{
	printf("diverges  ");
	print_distance(trace->last.known ? trace->last.insn + 1 - fault : 0);
	if (trace->last.known)
		print_step("behind", &trace->last);
	print_way("golden", &trace->golden, golden);
	print_way("faulty", &trace->faulty, faulty);
}

void replay_trace_tell(const struct upset_trace *trace, uint64_t fault,
	const struct upset_experiment_result *golden, const struct upset_experiment_result *faulty)
{
	tell_event(trace->overwritten ? "lost" : "read", &trace->used, fault,
		trace->overwritten ? "what was changed is overwritten" : "first");
	tell_event("spreads", &trace->spread, fault, "to a general register without the fault");
	tell_event("writes", &trace->wrote, fault, "something else");
	if (trace->end == UPSET_TRACE_DIVERGED)
		tell_divergence(trace, fault, golden, faulty);
	else if (trace->end == UPSET_TRACE_SAME)
		printf("same      both execute the same instructions to the end\n");
	else
		printf("same      for %" PRIu64
		       " instructions, and not compared further; see --steps\n",
			trace->steps);
	printf("compared  %" PRIu64 " instructions", trace->steps);
	if (trace->steps >= STEPS_TIMED && trace->host_time_ns > 0)
		printf(", %.1f million a second",
			(double)trace->steps * 1e3 / (double)trace->host_time_ns);
	printf("\n");
}
