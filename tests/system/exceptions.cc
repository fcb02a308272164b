/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Throws through frames with destructors, rethrows, and carries exceptions out of threads. */
#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

static int destroyed;

struct counted {
	~counted()
	{
		destroyed++;
	}
};

__attribute__((noinline)) static int deep(int n)
{
	counted on_the_way;

	if (n == 0)
		throw std::runtime_error("bottom");
	return deep(n - 1) + 1;
}

__attribute__((noinline)) static long rounds(int count)
{
	long sum = 0;

	for (int i = 0; i < count; i++) {
		try {
			try {
				sum += deep(i % 13);
			} catch (const std::logic_error &) {
				sum += 1000000;
			} catch (const std::runtime_error &error) {
				sum += static_cast<long>(std::string(error.what()).size());
				if (i % 3 == 0)
					throw;
				throw i;
			}
		} catch (int value) {
			sum += value;
		} catch (const std::exception &) {
			sum += 7;
		}
	}
	return sum;
}

int main()
{
	std::vector<std::exception_ptr> caught(4);
	std::vector<std::thread> threads;

	std::printf("%ld\n", rounds(200));
	std::printf("%d\n", destroyed);
	for (std::size_t t = 0; t < caught.size(); t++) {
		threads.emplace_back([t, &caught] {
			try {
				(void)std::vector<int>(t).at(t);
			} catch (...) {
				caught[t] = std::current_exception();
			}
		});
		threads.back().join();
	}
	for (const auto &pointer : caught) {
		try {
			std::rethrow_exception(pointer);
		} catch (const std::out_of_range &) {
			std::puts("out of range");
		}
	}
	return 3;
}
