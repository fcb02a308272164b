/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program with lines of every kind, some of which are never executed: what gcov
 * counts in it is compared with what upset exports.
 */
#include <stdio.h>
#include <stdlib.h>

struct list {
	struct list *next;
	int value;
};

static int never(int value)
{
	if (value > 3)
		return value;
	return -value;
}

static int classify(int value)
{
	switch (value % 5) {
	case 0:
		return 10;
	case 1:
	case 2:
		return 20;
	case 7:
		return 30;
	default:
		break;
	}
	return 40;
}

static unsigned int collatz(unsigned int n)
{
	unsigned int steps = 0;

	while (n != 1) {
		if (n % 2 == 0)
			n /= 2;
		else
			n = 3 * n + 1;
		steps++;
	}
	return steps;
}

static struct list *push(struct list *list, int value)
{
	struct list *item = malloc(sizeof(*item));

	if (item == NULL) {
		fprintf(stderr, "out of memory\n");
		exit(1);
	}
	item->next = list;
	item->value = value;
	return item;
}

static int sum_and_free(struct list *list)
{
	int sum = 0;

	do {
		struct list *next = list->next;

		sum += list->value;
		free(list);
		list = next;
	} while (list != NULL);
	return sum;
}

static void fill(int *numbers, int count)
{
	for (int i = 0; i < count; i++)
		numbers[i] = i * i;
}

int main(int argc, char **argv)
{
	int numbers[32];
	struct list *list = NULL;
	long total = 0;

	fill(numbers, 32);
	for (int i = 0; i < 32; i++) {
		total += classify(numbers[i]);
		if (i % 7 == 3)
			continue;
		if (numbers[i] > 800)
			break;
		list = push(list, numbers[i]);
	}
	for (unsigned int n = 1; n < 30; n++)
		total += collatz(n);
	total += sum_and_free(list);
	if (argc > 5) {
		total += never(argc);
		puts(argv[5]);
	}
	goto out;
out:
	printf("%ld\n", total);
	return 0;
}
