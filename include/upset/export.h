/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file
 * What the other headers begin and end with.  Declares nothing by itself. */
#ifndef UPSET_EXPORT_H
#define UPSET_EXPORT_H

/** A function of the library; all others are hidden in it. */
#define UPSET_API __attribute__((visibility("default")))

#ifndef __cplusplus
/** Declarations of C begin. */
#define UPSET_BEGIN_DECLS
/** Declarations of C end. */
#define UPSET_END_DECLS
#else
#define UPSET_BEGIN_DECLS extern "C" {
#define UPSET_END_DECLS }
#endif

#endif
