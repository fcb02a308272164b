/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A library of a program's own. */
__attribute__((visibility("default"))) unsigned int carried_mix(
	unsigned int sum, unsigned int byte);

unsigned int carried_mix(unsigned int sum, unsigned int byte)
{
	for (unsigned int i = 0; i < 20; i++)
		sum = 31 * sum + byte + i;
	return sum;
}
