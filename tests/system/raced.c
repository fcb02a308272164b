/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two threads add numbers, in turns; or not in turns, when there is an argument. */
#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static volatile long sum;
static int in_turns;

static void *add(void *nothing)
{
	for (int i = 0; i < 500; i++) {
		if (in_turns)
			(void)pthread_mutex_lock(&mutex);
		sum += i;
		if (in_turns)
			(void)pthread_mutex_unlock(&mutex);
	}
	return nothing;
}

int main(int argc, char **argv)
{
	pthread_t threads[2];

	(void)argv;
	in_turns = argc == 1;
	for (int i = 0; i < 2; i++)
		(void)pthread_create(&threads[i], NULL, add, NULL);
	for (int i = 0; i < 2; i++)
		(void)pthread_join(threads[i], NULL);
	if (in_turns)
		printf("%ld\n", sum);
	return 3;
}
