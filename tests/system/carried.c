/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a file and prints what a library makes of it: both are to be found where a plan says. */
#include <stdio.h>

unsigned int carried_mix(unsigned int sum, unsigned int byte);

int main(int argc, char **argv)
{
	FILE *input = fopen(argc > 1 ? argv[1] : "", "r");
	unsigned int sum = 0;
	int byte;

	if (input == NULL)
		return 3;
	while ((byte = getc(input)) != EOF)
		sum = carried_mix(sum, (unsigned int)byte);
	printf("%08x\n", sum);
	return fclose(input) != 0;
}
