/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flags in bulk: every SIMD level against the definitions of the flags, written
 * here value by value with wide arithmetic, and against what this processor
 * itself leaves in RFLAGS, over random and edge values.
 */
#include <stdbool.h>

#include "profile/flagcount.h"
#include "profile/flagcount_level.h"
#include "tests/bitcount/levels.h"

enum { R = UPSET_BUCKET_RECORDS, FLAGS = UPSET_FLAG_COUNT };

enum {
	CF = 1 << UPSET_FLAG_CF,
	PF = 1 << UPSET_FLAG_PF,
	AF = 1 << UPSET_FLAG_AF,
	ZF = 1 << UPSET_FLAG_ZF,
	SF = 1 << UPSET_FLAG_SF,
	OF = 1 << UPSET_FLAG_OF,
	RESULT = PF | ZF | SF,
	ALL = CF | AF | OF | RESULT,
};

enum operation {
	ADD,
	ADC,
	SUB,
	SBB,
	CMP,
	INC,
	DEC,
	NEG,
	AND,
	OR,
	XOR,
	TEST,
	SHL,
	SHR,
	SAR,
	OPERATIONS
};

/* What an instruction is to the code under test, and which flags the manuals define. */
static const struct {
	enum upset_flags_kind kind;
	unsigned int defined;
} operations[] = {
	[ADD] = {UPSET_FLAGS_ADD, ALL},
	[ADC] = {UPSET_FLAGS_ADD, ALL},
	[SUB] = {UPSET_FLAGS_SUB, ALL},
	[SBB] = {UPSET_FLAGS_SUB, ALL},
	[CMP] = {UPSET_FLAGS_SUB, ALL},
	[INC] = {UPSET_FLAGS_ADD, ALL & ~CF},
	[DEC] = {UPSET_FLAGS_SUB, ALL & ~CF},
	[NEG] = {UPSET_FLAGS_SUB, ALL},
	[AND] = {UPSET_FLAGS_LOGIC, ALL & ~AF},
	[OR] = {UPSET_FLAGS_LOGIC, ALL & ~AF},
	[XOR] = {UPSET_FLAGS_LOGIC, ALL & ~AF},
	[TEST] = {UPSET_FLAGS_LOGIC, ALL & ~AF},
	[SHL] = {UPSET_FLAGS_SHL, CF | RESULT},
	[SHR] = {UPSET_FLAGS_SHR, CF | RESULT},
	[SAR] = {UPSET_FLAGS_SAR, CF | RESULT},
};

/* One execution: what goes in, and the result and flags that come out. */
struct execution {
	unsigned int bits, shift;
	uint64_t a, b, carry;
	uint64_t r;
	unsigned int flags;
};

/* --- the definitions ------------------------------------------------------------------ */

__extension__ typedef __int128 wide; /* any sum of two values, exactly */

static wide as_signed(uint64_t value, unsigned int bits)
{
	wide v = value;

	return value >> (bits - 1) & 1 ? v - ((wide)1 << bits) : v;
}

static void define_sum(struct execution *e, bool subtract)
{
	wide sign = subtract ? -1 : 1;
	wide full = (wide)e->a + sign * ((wide)e->b + e->carry);
	wide nibbles = (wide)(e->a & 15) + sign * ((wide)(e->b & 15) + e->carry);
	wide exact = as_signed(e->a, e->bits) + sign * (as_signed(e->b, e->bits) + e->carry);
	wide limit = (wide)1 << e->bits;

	e->r = (uint64_t)(full & (limit - 1));
	e->flags = full < 0 || full >= limit ? CF : 0;
	e->flags |= nibbles < 0 || nibbles > 15 ? AF : 0;
	e->flags |= exact < -limit / 2 || exact >= limit / 2 ? OF : 0;
}

/* One bit at a time, so that the bit that left last is known. */
static void define_shift(struct execution *e, enum operation operation)
{
	uint64_t top = (uint64_t)1 << (e->bits - 1);

	e->r = e->a;
	for (unsigned int i = 0; i < e->shift; i++) {
		uint64_t sign = operation == SAR ? e->r & top : 0;
		uint64_t out = operation == SHL ? e->r & top : e->r & 1;

		e->r = operation == SHL ? (e->r & (top - 1)) << 1 : e->r >> 1 | sign;
		e->flags = out ? CF : 0;
	}
	if (operation == SHL && !(e->flags & CF) != !(e->r & top))
		e->flags |= OF;
	if (operation == SHR && e->shift == 1 && e->a & top)
		e->flags |= OF;
}

static void define(struct execution *e, enum operation operation)
{
	unsigned int ones = 0;

	e->flags = 0;
	switch (operation) {
	case ADD:
	case ADC:
	case INC:
		define_sum(e, false);
		break;
	case SUB:
	case SBB:
	case CMP:
	case DEC:
	case NEG:
		define_sum(e, true);
		break;
	case AND:
	case TEST:
		e->r = e->a & e->b;
		break;
	case OR:
		e->r = e->a | e->b;
		break;
	case XOR:
		e->r = e->a ^ e->b;
		break;
	default:
		define_shift(e, operation);
		break;
	}
	for (unsigned int bit = 0; bit < 8; bit++)
		ones += (unsigned int)(e->r >> bit & 1);
	e->flags |= ones % 2 == 0 ? PF : 0;
	e->flags |= e->r == 0 ? ZF : 0;
	e->flags |= e->r >> (e->bits - 1) & 1 ? SF : 0;
}

/* --- the processor ----------------------------------------------------------------------- */

#ifdef __x86_64__
/* Set CF, run the instruction, and fetch RFLAGS without touching the red zone. */
/* clang-format off */
#define RUN(text)                                                                                  \
	__asm__ volatile("lea -128(%%rsp), %%rsp\n\t"                                              \
			 "btl $0, %k[carry]\n\t" text "\n\t"                                       \
			 "pushfq\n\t"                                                              \
			 "pop %[flags]\n\t"                                                        \
			 "lea 128(%%rsp), %%rsp"                                                   \
			 : [r] "+q"(r), [flags] "=&r"(rflags)                                      \
			 : [b] "q"(b), [carry] "r"(e->carry), "c"(e->shift)                        \
			 : "cc");                                                                  \
	break
/* clang-format on */

#define EXECUTE(type)                                                                              \
	static uint64_t execute_##type(struct execution *e, enum operation operation)              \
	{                                                                                          \
		type r = (type)e->a, b = (type)e->b;                                               \
		uint64_t rflags = 0;                                                               \
                                                                                                   \
		switch (operation) {                                                               \
		case ADD:                                                                          \
			RUN("add %[b], %[r]");                                                     \
		case ADC:                                                                          \
			RUN("adc %[b], %[r]");                                                     \
		case SUB:                                                                          \
			RUN("sub %[b], %[r]");                                                     \
		case SBB:                                                                          \
			RUN("sbb %[b], %[r]");                                                     \
		case CMP:                                                                          \
			RUN("cmp %[b], %[r]");                                                     \
		case INC:                                                                          \
			RUN("inc %[r]");                                                           \
		case DEC:                                                                          \
			RUN("dec %[r]");                                                           \
		case NEG:                                                                          \
			r = b;                                                                     \
			RUN("neg %[r]");                                                           \
		case AND:                                                                          \
			RUN("and %[b], %[r]");                                                     \
		case OR:                                                                           \
			RUN("or %[b], %[r]");                                                      \
		case XOR:                                                                          \
			RUN("xor %[b], %[r]");                                                     \
		case TEST:                                                                         \
			RUN("test %[b], %[r]");                                                    \
		case SHL:                                                                          \
			RUN("shl %%cl, %[r]");                                                     \
		case SHR:                                                                          \
			RUN("shr %%cl, %[r]");                                                     \
		default:                                                                           \
			RUN("sar %%cl, %[r]");                                                     \
		}                                                                                  \
		e->r = r;                                                                          \
		return rflags;                                                                     \
	}
EXECUTE(uint8_t)
EXECUTE(uint16_t)
EXECUTE(uint32_t)
EXECUTE(uint64_t)

static void execute(struct execution *e, enum operation operation)
{
	static const unsigned int position[FLAGS] = {0, 2, 4, 6, 7, 11};
	uint64_t rflags = e->bits == 8	  ? execute_uint8_t(e, operation)
			  : e->bits == 16 ? execute_uint16_t(e, operation)
			  : e->bits == 32 ? execute_uint32_t(e, operation)
					  : execute_uint64_t(e, operation);

	e->flags = 0;
	for (unsigned int flag = 0; flag < FLAGS; flag++)
		e->flags |= (unsigned int)(rflags >> position[flag] & 1) << flag;
}
#endif

/* --- columns ----------------------------------------------------------------------------- */

/* R executions of one instruction, and their values as columns. */
struct subject {
	enum operation operation;
	struct execution executions[R];
	struct upset_flags flags;
	uint8_t values[3][R * 8] __attribute__((aligned(64)));
};

static uint64_t pick_value(unsigned int bits)
{
	static const uint64_t edges[] = {0, 1, 2, 7, 8, 15, 16, 0x7f, 0x80, 0xff, 0x7fff, 0x8000,
		0xffff, 0x7fffffff, 0x80000000, 0xffffffff, INT64_MAX, (uint64_t)INT64_MAX + 1,
		UINT64_MAX - 1, UINT64_MAX};
	uint64_t word = random_word();
	uint64_t value =
		word % 3 ? edges[word / 3 % (sizeof(edges) / sizeof(edges[0]))] : random_word();

	return value & UINT64_MAX >> (64 - bits);
}

/* Choose the inputs of R executions; with @constant_b all have the same b. */
static void choose(struct subject *s, enum operation operation, unsigned int bits,
	unsigned int shift, bool constant_b)
{
	uint64_t b = pick_value(bits);

	s->operation = operation;
	for (unsigned int i = 0; i < R; i++) {
		struct execution *e = &s->executions[i];

		*e = (struct execution){.bits = bits, .shift = shift};
		e->a = operation == NEG ? 0 : pick_value(bits);
		e->b = operation == INC || operation == DEC ? 1 : constant_b ? b : pick_value(bits);
		e->carry = operation == ADC || operation == SBB ? random_word() >> 40 & 1 : 0;
	}
	s->flags = (struct upset_flags){
		.kind = operations[operation].kind, .bits = (uint8_t)bits, .shift = (uint8_t)shift};
}

/* Store the values with @bytes each; where there is room over their bits, add rubbish. */
static void store(struct upset_column *column, uint8_t *values, const uint64_t *from,
	unsigned int bits, unsigned int bytes)
{
	for (unsigned int i = 0; i < R; i++) {
		uint64_t value = bits < 64 ? from[i] | random_word() << bits : from[i];

		memcpy(values + (size_t)i * bytes, &value, bytes);
	}
	*column = (struct upset_column){.values = values, .bytes = (uint8_t)bytes};
}

/* Lay the columns out; those with @constant inputs get them as constants. */
static void lay_out(struct subject *s, unsigned int bytes_a, unsigned int bytes_b,
	unsigned int bytes_r, bool constant_a, bool constant_b)
{
	uint64_t a[R], b[R], r[R];
	unsigned int bits = s->flags.bits;

	for (unsigned int i = 0; i < R; i++) {
		a[i] = s->executions[i].a;
		b[i] = s->executions[i].b;
		r[i] = s->executions[i].r;
	}
	store(&s->flags.a, s->values[0], a, bits, bytes_a);
	store(&s->flags.b, s->values[1], b, bits, bytes_b);
	store(&s->flags.r, s->values[2], r, bits, bytes_r);
	if (constant_a)
		s->flags.a = (struct upset_column){.constant = a[0]};
	if (constant_b)
		s->flags.b = (struct upset_column){.constant = b[0]};
}

static void check(const struct subject *s, const struct upset_flagcount_level *kernels,
	unsigned int n, unsigned int defined)
{
	uint64_t counts[FLAGS], expected[FLAGS];

	for (unsigned int flag = 0; flag < FLAGS; flag++) {
		counts[flag] = expected[flag] = 1000 * (uint64_t)flag;
		for (unsigned int i = 0; i < n; i++)
			expected[flag] += s->executions[i].flags >> flag & 1;
	}
	kernels->flags_count(counts, &s->flags, n);
	for (unsigned int flag = 0; flag < FLAGS; flag++)
		if (defined >> flag & 1 && counts[flag] != expected[flag])
			fail_msg("operation %u, %u bits, shift %u, n %u, flag %u: %llu, not %llu",
				s->operation, s->flags.bits, s->flags.shift, n, flag,
				(unsigned long long)counts[flag],
				(unsigned long long)expected[flag]);
}

/* Every storage of the columns, one n per call unless @every_n. */
static void check_storages(struct subject *s, const struct upset_flagcount_level *kernels,
	bool constant_b, bool every_n, unsigned int defined)
{
	unsigned int least = s->flags.bits / 8u;

	constant_b |= s->operation == INC || s->operation == DEC;
	for (unsigned int bytes = least; bytes <= 8; bytes *= 2) {
		unsigned int other = random_word() % 2 ? least : 8;

		lay_out(s, bytes, other, least, s->operation == NEG, constant_b);
		check(s, kernels, R, defined);
		lay_out(s, least, bytes, other, false, false);
		check(s, kernels, R, defined);
		lay_out(s, other, least, bytes, false, constant_b);
		check(s, kernels, (unsigned int)(random_word() % R), defined);
		for (unsigned int n = 0; every_n && n <= R; n++)
			check(s, kernels, n, defined);
	}
}

static const struct upset_flagcount_level *kernels_of(void **state)
{
	return upset_flagcount_level(level_of(state));
}

static unsigned int shift_max(enum operation operation, unsigned int bits)
{
	return operation < SHL ? 1 : bits == 64 ? 63 : 31;
}

static void test_definitions(void **state)
{
	const struct upset_flagcount_level *kernels = kernels_of(state);
	struct subject s;

	for (enum operation operation = 0; operation < OPERATIONS; operation++)
		for (unsigned int bits = 8; bits <= 64; bits *= 2)
			for (unsigned int shift = 1; shift <= shift_max(operation, bits); shift++)
				for (unsigned int round = 0; round < 4; round++) {
					choose(&s, operation, bits, shift, round == 1);
					for (unsigned int i = 0; i < R; i++)
						define(&s.executions[i], operation);
					check_storages(&s, kernels, round == 1, round == 0, ALL);
				}
}

#ifdef __x86_64__
/* The flags that the manuals define, of this very instruction. */
static unsigned int defined_flags(enum operation operation, unsigned int bits, unsigned int shift)
{
	unsigned int defined = operations[operation].defined;

	if (operation >= SHL && shift == 1)
		defined |= OF;
	if ((operation == SHL || operation == SHR) && shift >= bits)
		defined &= ~(unsigned int)CF;
	return defined;
}

static void test_processor(void **state)
{
	const struct upset_flagcount_level *kernels = kernels_of(state);
	struct subject s;

	for (enum operation operation = 0; operation < OPERATIONS; operation++)
		for (unsigned int bits = 8; bits <= 64; bits *= 2)
			for (unsigned int shift = 1; shift <= shift_max(operation, bits); shift++)
				for (unsigned int round = 0; round < 4; round++) {
					choose(&s, operation, bits, shift, round == 1);
					for (unsigned int i = 0; i < R; i++) {
						execute(&s.executions[i], operation);
						if (operation == CMP || operation == TEST) {
							struct execution e = s.executions[i];

							define(&e, operation);
							s.executions[i].r = e.r;
						}
					}
					check_storages(&s, kernels, round == 1, false,
						defined_flags(operation, bits, shift));
				}
}
#endif

/* A source stored narrower than the operand: its upper bits are zero. */
static void test_narrow_columns(void **state)
{
	const struct upset_flagcount_level *kernels = kernels_of(state);
	struct subject s;

	for (enum operation operation = 0; operation < OPERATIONS; operation++)
		for (unsigned int bits = 16; bits <= 64; bits *= 2)
			for (unsigned int bytes = 1; bytes < bits / 8; bytes *= 2) {
				uint64_t zero[R] = {0};

				choose(&s, operation, bits, bits / 2 - 1, false);
				for (unsigned int i = 0; i < R; i++) {
					s.executions[i].a &= UINT64_MAX >> (64 - bytes * 8);
					s.executions[i].b &= UINT64_MAX >> (64 - bytes * 8);
					define(&s.executions[i], operation);
				}
				lay_out(&s, bits / 8, bits / 8, bits / 8, false, false);
				for (unsigned int i = 0; i < R; i++)
					zero[i] = s.executions[i].a;
				store(&s.flags.a, s.values[0], zero, 64, bytes);
				for (unsigned int i = 0; i < R; i++)
					zero[i] = s.executions[i].b;
				store(&s.flags.b, s.values[1], zero, 64, bytes);
				check(&s, kernels, R, ALL);
				check(&s, kernels, R - 3, ALL);
			}
}

/* Worked out by hand: 0x7f + 1 = 0x80, 0xff + 1 = 0, 1 + 1 = 2. */
static void by_hand(void **unused)
{
	static const uint8_t a[R] = {0x7f, 0xff, 1}, r[R] = {0x80, 0, 2};
	static const uint64_t expected[FLAGS] = {[UPSET_FLAG_CF] = 1,
		[UPSET_FLAG_PF] = 1,
		[UPSET_FLAG_AF] = 2,
		[UPSET_FLAG_ZF] = 1,
		[UPSET_FLAG_SF] = 1,
		[UPSET_FLAG_OF] = 1};
	const struct upset_flags flags = {.kind = UPSET_FLAGS_ADD,
		.bits = 8,
		.a = {.values = a, .bytes = 1},
		.b = {.constant = 1},
		.r = {.values = r, .bytes = 1}};
	uint64_t counts[FLAGS] = {0};

	(void)unused;
	upset_flags_count(counts, &flags, 3);
	assert_memory_equal(counts, expected, sizeof(counts));
}

int main(void)
{
	static const struct CMUnitTest once[] = {cmocka_unit_test(by_hand)};
	static const struct CMUnitTest each[] = {
		cmocka_unit_test(test_definitions),
#ifdef __x86_64__
		cmocka_unit_test(test_processor),
#endif
		cmocka_unit_test(test_narrow_columns),
	};
	int failures = cmocka_run_group_tests_name("flagcount", once, NULL, NULL);

	return failures + run_for_each_level(each, sizeof(each) / sizeof(each[0]));
}
