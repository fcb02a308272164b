/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One experiment, told in full: see tell.h. */
#include "cli/tell.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/difference.h"
#include "engine/ending.h"

void upset_experiment_print_value(FILE *out, const uint8_t *value, unsigned int bits)
{
	unsigned int n = (bits + 7) / 8;

	fprintf(out, "0x");
	while (n-- > 0)
		fprintf(out, "%02x", value[n]);
}

void upset_end_print(FILE *out, enum upset_end end, int status)
{
	const char *signal_name = sigabbrev_np(status);

	if (end == UPSET_END_HUNG)
		fprintf(out, "did not end");
	else if (end == UPSET_END_SIGNALED)
		fprintf(out, "killed by signal %d (SIG%s)", status,
			signal_name != NULL ? signal_name : "?");
	else
		fprintf(out, "exit status %d", status);
}

void upset_experiment_print_end(FILE *out, const struct upset_experiment_result *result)
{
	upset_end_print(out, result->seen.end, result->seen.status);
}

static void print_values(const char *name, const uint8_t *value, unsigned int bits)
{
	printf("  %-8s", name);
	upset_experiment_print_value(stdout, value, bits);
}

static void print_fault(const struct upset_fault *fault, const struct upset_injection *i)
{
	struct upset_faults one = {(struct upset_fault *)(uintptr_t)fault, 1};
	char *text = upset_faults_print(&one);

	printf("fault     %s\n", text != NULL ? text : "");
	free(text);
	switch (i->state) {
	case UPSET_INJECTION_NOT_REACHED:
		printf("          its trigger did not come\n");
		return;
	case UPSET_INJECTION_IMPOSSIBLE:
		printf("          at 0x%" PRIx64 ": %s\n", i->address, i->reason);
		return;
	default:
		break;
	}
	printf("  at      0x%" PRIx64 "\n", i->address);
	print_values("before", i->old_value, i->bits);
	printf("\n");
	print_values("after", i->new_value, i->bits);
	printf("\n");
	print_values("read", i->read_back, i->bits);
	printf(i->state == UPSET_INJECTION_DONE ? "\n" : ", refused\n");
}

static void print_trial(const char *name, const struct upset_trial *t)
{
	printf("%-10s", name);
	upset_experiment_print_end(stdout, &t->result);
	if (t->result.instructions > 0)
		printf(", %" PRIu64 " instructions", t->result.instructions);
	printf(", wrote %zu and %zu bytes, %.1f ms\n", t->result.seen.out.bytes,
		t->result.seen.err.bytes, (double)t->result.seen.host_time_ns / 1e6);
	if (t->result.seen.reason[0] != '\0')
		printf("          %s; %s\n", t->result.seen.reason,
			upset_ending_advice(t->result.seen.obstacle));
}

static void print_difference(const struct upset_experiment *e, const struct upset_seen *golden)
{
	const struct upset_seen *seen = &e->trial.result.seen;

	if (e->cause == UPSET_CAUSE_STDOUT)
		printf("          standard output differs from byte %zu on\n",
			upset_difference_first(golden->out.data, golden->out.looked, seen->out.data,
				seen->out.looked));
	if (e->cause == UPSET_CAUSE_STDERR)
		printf("          standard error differs from byte %zu on\n",
			upset_difference_first(golden->err.data, golden->err.looked, seen->err.data,
				seen->err.looked));
}

void upset_experiment_tell(const struct upset_experiment *e, const struct upset_trial *golden)
{
	uint64_t latency;

	for (size_t i = 0; i < e->faults.count; i++)
		print_fault(&e->faults.faults[i], &e->injections[i]);
	print_trial("golden", golden);
	print_trial("faulty", &e->trial);
	print_difference(e, &golden->result.seen);
	printf("outcome   %s (%s)", upset_outcome_name(e->outcome), upset_cause_name(e->cause));
	printf("\n");
	if ((e->outcome == UPSET_OUTCOME_SDC || e->outcome == UPSET_OUTCOME_DUE) &&
		upset_trial_latency(&e->trial.result, &latency))
		printf("latency   %" PRIu64 " instructions from the fault to the end\n", latency);
}
