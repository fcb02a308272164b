/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults in a register that is overwritten before it is read need no copy: see foresee.h. */
#include "engine/qemu/injector/foresee.h"

#include "engine/lookahead.h"
#include "engine/qemu/injector/budget.h"
#include "engine/qemu/injector/faults.h"
#include "engine/qemu/injector/messages.h"
#include "engine/qemu/injector/state.h"

static void tell_same(uint64_t item, const struct upset_injection *injection, bool overwritten)
{
	const struct upset_injector_message message = {
		.kind = UPSET_INJECTOR_ENDED,
		.item = item,
		.same = 1,
		.overwritten = overwritten,
		.injection = *injection,
	};

	injector_tell(&message, NULL, 0);
}

bool foresee(struct thread *t, uint64_t item)
{
	const struct upset_fault *f = faults_armed(0)->fault;
	const struct upset_inject_state state = injector_state(t);
	struct upset_injection injection = {
		.address = injector_program_counter(t), .insn = injector_executed(t)};
	uint8_t before[UPSET_INJECT_BYTES];
	struct upset_inject_target target;
	bool overwritten = false, known;

	if (f->duration != UPSET_FAULT_TRANSIENT || f->model == UPSET_FAULT_SKIP ||
		f->model == UPSET_FAULT_NONE ||
		(f->location != UPSET_FAULT_REGISTER && f->location != UPSET_FAULT_OPERAND))
		return false;
	if (upset_inject_find(f, 0, &state, &target, &injection) != 0) {
		tell_same(item, &injection, false);
		return true;
	}
	if (target.memory || target.after ||
		!state.read_register(state.context, target.resource, before))
		return false;
	upset_inject_apply(f, &target, &state, &injection);
	known = injection.state != UPSET_INJECTION_DONE || !upset_lookahead_is_changed(&injection);
	if (!known && injector_is_alone(t))
		known = overwritten = upset_lookahead_is_overwritten(
			&target, &injection, &state, injector_program_counter(t));
	(void)state.write_register(state.context, target.resource, before);
	if (known)
		tell_same(item, &injection, overwritten);
	return known;
}
