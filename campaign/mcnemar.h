/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether two ways of making the same experiments differ in what they find. */
#ifndef UPSET_CAMPAIGN_MCNEMAR_H
#define UPSET_CAMPAIGN_MCNEMAR_H

#include <stdint.h>

/*
 * McNemar's test, exact and two-sided: of pairs of yes and no, @only_first are yes
 * in the first alone and @only_second in the second alone.  How probable it is that
 * they are so unequal, or more, where neither is likelier: twice the smaller tail of
 * the binomial distribution with 1/2, at most 1; 1 where there are none.
 * (McNemar, Psychometrika 12, 1947; exact: Cochran, Biometrika 37, 1950.)
 */
double upset_mcnemar(uint64_t only_first, uint64_t only_second);

#endif
