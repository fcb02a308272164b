/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program with a thread that the first one waits for, without turning in a loop. */
#include <pthread.h>
#include <stdio.h>

static void *count(void *context)
{
	for (int i = 0; i < 10; i++)
		++*(int *)context;
	return NULL;
}

int main(void)
{
	pthread_t thread;
	int counted = 0;

	if (pthread_create(&thread, NULL, count, &counted) != 0 || pthread_join(thread, NULL) != 0)
		return 1;
	(void)printf("%d\n", counted);
	return 0;
}
