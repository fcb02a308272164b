/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Instructions that must fault in user mode, and what the kernel says of each: a line with
 * name, signal and si_code, "none" where nothing came.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static sigjmp_buf back;
static volatile int number, code;

static void on_signal(int got, siginfo_t *info, void *context)
{
	(void)context;
	number = got;
	code = info->si_code;
	/* The handler's flags are the interrupted ones: no alignment checks from here on. */
	__asm__ volatile("pushfq; andq $~0x40000, (%%rsp); popfq" ::: "memory", "cc");
	siglongjmp(back, 1);
}

static void do_invd(void)
{
	__asm__ volatile("invd");
}

static void do_wbinvd(void)
{
	__asm__ volatile("wbinvd");
}

static void do_into(void)
{
	__asm__ volatile(".byte 0xce");
}

static void do_ldmxcsr(void)
{
	uint32_t reserved = 0xffffffff;

	__asm__ volatile("ldmxcsr %0" ::"m"(reserved));
}

static void do_misaligned(void)
{
	static char bytes[16] __attribute__((aligned(16)));

	__asm__ volatile("pushfq; orq $0x40000, (%%rsp); popfq; movl 1(%0), %%eax" ::"r"(bytes)
			 : "eax", "memory", "cc");
}

static void do_noncanonical(void)
{
	__asm__ volatile("movb (%0), %%al" ::"r"(0x8000000000000000) : "al");
}

/* SSE with the exceptions of @unmasked raised; the kernel's handlers begin with a fresh FPU. */
static void divide(uint32_t unmasked, double a, double b)
{
	uint32_t control = 0x1f80 & ~(unmasked << 7);

	__asm__ volatile("ldmxcsr %0; divsd %2, %1" ::"m"(control), "x"(a), "x"(b));
}

static void do_sse_invalid(void)
{
	divide(1, 0, 0);
}

static void do_sse_zero(void)
{
	divide(4, 1, 0);
}

static void do_sse_overflow(void)
{
	divide(8, 1e300, 1e-300);
}

static void do_sse_underflow(void)
{
	divide(16, 1e-300, 1e300);
}

static void do_sse_inexact(void)
{
	divide(32, 1, 3);
}

static void do_sse_masked(void)
{
	divide(0, 1, 0);
}

static void do_x87_zero(void)
{
	uint16_t control = 0x37f & ~4;

	__asm__ volatile("fninit; fldcw %0; fld1; fldz; fdivrp; fwait" ::"m"(control));
}

static const struct {
	const char *name;
	void (*run)(void);
} tried[] = {
	{"invd", do_invd},
	{"wbinvd", do_wbinvd},
	{"into", do_into},
	{"ldmxcsr", do_ldmxcsr},
	{"misaligned", do_misaligned},
	{"noncanonical", do_noncanonical},
	{"sse-invalid", do_sse_invalid},
	{"sse-zero", do_sse_zero},
	{"sse-overflow", do_sse_overflow},
	{"sse-underflow", do_sse_underflow},
	{"sse-inexact", do_sse_inexact},
	{"sse-masked", do_sse_masked},
	{"x87-zero", do_x87_zero},
};

int main(void)
{
	static const int signals[] = {SIGILL, SIGBUS, SIGFPE, SIGSEGV};
	struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_NODEFER};

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		(void)sigaction(signals[i], &action, NULL);
	for (size_t i = 0; i < sizeof(tried) / sizeof(tried[0]); i++) {
		char line[64] = "none";

		number = code = 0;
		if (sigsetjmp(back, 1) == 0)
			tried[i].run();
		__asm__ volatile("fninit");
		if (number != 0)
			(void)snprintf(line, sizeof(line), "%s %d", sigabbrev_np(number), code);
		printf("%s %s\n", tried[i].name, line);
	}
	return 0;
}
