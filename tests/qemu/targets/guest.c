/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A freestanding program for every instruction set, see run.sh:
 *   guest          works for a while, prints a number, exits with some of its bits
 *   guest counter  exits with 42 when the counter of time goes in steps of 1000
 *   guest align    makes a misaligned exclusive access
 */
typedef unsigned char byte;
typedef unsigned int u32;
typedef unsigned long long u64;

#if defined(__x86_64__)
enum { NR_WRITE = 1, NR_EXIT = 60 };
__asm__(".globl _start\n_start: mov %rsp, %rdi\nand $-16, %rsp\ncall begin\n");

static long call(long number, long a, long b, long c)
{
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return result;
}
#elif defined(__i386__)
enum { NR_WRITE = 4, NR_EXIT = 1 };
__asm__(".globl _start\n_start: mov %esp, %eax\nand $-16, %esp\nsub $12, %esp\n"
	"push %eax\ncall begin\n");

static long call(long number, long a, long b, long c)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(a), "c"(b), "d"(c)
			 : "memory");
	return result;
}
#elif defined(__aarch64__)
enum { NR_WRITE = 64, NR_EXIT = 93 };
__asm__(".globl _start\n_start: mov x0, sp\nbl begin\n");

static long call(long number, long a, long b, long c)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
	return x0;
}
#elif defined(__riscv)
enum { NR_WRITE = 64, NR_EXIT = 93 };
__asm__(".globl _start\n_start:\n.option push\n.option norelax\nla gp, __global_pointer$\n"
	".option pop\nmv a0, sp\ncall begin\n");

static long call(long number, long a, long b, long c)
{
	register long a7 __asm__("a7") = number;
	register long a0 __asm__("a0") = a;
	register long a1 __asm__("a1") = b;
	register long a2 __asm__("a2") = c;

	__asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2) : "memory");
	return a0;
}
#endif

static u32 counter(void)
{
#if defined(__x86_64__) || defined(__i386__)
	u32 low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return low;
#elif defined(__aarch64__)
	u64 ticks;

	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
	return (u32)ticks;
#elif defined(__riscv)
	u64 ticks;

	__asm__ volatile("rdtime %0" : "=r"(ticks));
	return (u32)ticks;
#endif
}

static void misalign(void)
{
	static u64 two[4]; /* crossing 16 bytes, which newer AArch64 wants */
	byte *at = (byte *)two + 9;

#if defined(__aarch64__)
	u64 value;

	__asm__ volatile("ldxr %0, [%1]" : "=r"(value) : "r"(at) : "memory");
#elif defined(__riscv)
	u64 failed;

	__asm__ volatile("sc.d %0, %1, (%1)" : "=r"(failed) : "r"(at) : "memory");
#else
	*(volatile u32 *)at = 1;
#endif
}

static u32 seed = 12345;
static double reals[16];
static u32 words[48];
static byte bytes[64];

static u32 next(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed;
}

static u32 fibonacci(u32 n)
{
	return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

static void sort(void)
{
	for (int i = 1; i < 48; i++) {
		u32 value = words[i];
		int k = i;

		for (; k > 0 && words[k - 1] > value; k--)
			words[k] = words[k - 1];
		words[k] = value;
	}
}

static u64 work(void)
{
	u64 sum = fibonacci(9);
	double real = 1.5;

	for (int i = 0; i < 48; i++)
		words[i] = next();
	sort();
	for (int i = 0; i < 48; i++)
		sum = sum * 31 + (words[i] ^ (sum >> 7));
	for (int i = 0; i < 64; i++)
		bytes[i] = (byte)(next() >> (i & 7));
	for (int i = 0; i < 64; i++)
		sum += (u64)(signed char)bytes[63 - i] * bytes[i];
	for (int i = 0; i < 16; i++) {
		reals[i] = real;
		real = real * 1.25 + words[i] / 4096.0;
	}
	return sum ^ (u64)real;
}

static int same(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b)
		a++, b++;
	return *a == *b;
}

void begin(const long *stack)
{
	const char *what = stack[0] > 1 ? (const char *)stack[2] : "";
	static char text[17];
	u64 result;

	if (same(what, "counter")) {
		u32 first = counter(), second = counter();

		call(NR_EXIT, second - first == 1000 && counter() - second == 1000 ? 42 : 1, 0, 0);
	}
	if (same(what, "align"))
		misalign();
	result = work();
	for (int i = 0; i < 16; i++)
		text[i] = "0123456789abcdef"[result >> (60 - 4 * i) & 15];
	text[16] = '\n';
	call(NR_WRITE, 1, (long)text, 17);
	call(NR_EXIT, (long)(result & 63), 0, 0);
}
