/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file
 * Marks in a program that runs in a machine: where the region begins and ends that is looked at.
 *
 * upset-machine(5) has more.  Needs nothing but this header, in user mode and in kernels; on a
 * processor a mark does nothing.  Not a part of the library: include it alone.
 */
#ifndef UPSET_MARK_H
#define UPSET_MARK_H

/** Numbers of marks; those of one's own are from 16 to 26. */
enum upset_mark {
	UPSET_MARK_BEGIN = 1,	      /**< the region begins */
	UPSET_MARK_END = 2,	      /**< it ends */
	UPSET_MARK_PROGRAM_BEGIN = 3, /**< made by the machine, around its program */
	UPSET_MARK_PROGRAM_END = 4,   /**< likewise */
};

/** What an emulator of x86 knows a mark by: the leaf of cpuid. */
#define UPSET_MARK_LEAF 0x75707365U

/** @def upset_mark
 * Make the mark @p mark, a constant.  Memory is written before and read behind it. */
#if defined(__x86_64__) || defined(__i386__)
#define upset_mark(mark)                                                                           \
	do {                                                                                       \
		unsigned int upset_a = UPSET_MARK_LEAF, upset_b, upset_c = (mark), upset_d;        \
		__asm__ volatile("cpuid"                                                           \
				 : "+a"(upset_a), "=b"(upset_b), "+c"(upset_c), "=d"(upset_d)      \
				 :                                                                 \
				 : "memory");                                                      \
	} while (0)
#elif defined(__aarch64__)
/* Hints that mean nothing yet do nothing. */
#define upset_mark(mark) __asm__ volatile("hint #%0" : : "i"(100 + (mark)) : "memory")
#elif defined(__riscv)
/* A hint that is set apart for uses of one's own. */
#define upset_mark(mark) __asm__ volatile("slti x0, x0, %0" : : "i"(0x700 + (mark)) : "memory")
#endif

#endif
