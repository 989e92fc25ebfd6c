// oneTBB's side of `go run ./bench/peers`: does one job as often as it is asked
// to, and prints the nanoseconds of each time on a line of its own.
//
// Each line read from standard input is a job:
//
//	fib N            fib(N) with a parallel_invoke at every call
//	inside N         N empty tasks run by a task
//	outside N        N empty tasks run from outside the arena
//	tree N TIMES     the sum of a binary tree of N nodes, likewise
//	spin N TURNS     N tasks that need a core

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_invoke.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>

namespace tbb = oneapi::tbb;

struct Node {
	std::uint64_t value;
	std::unique_ptr<Node> left, right;
};

static std::unique_ptr<Node> grow(std::size_t nodes) {
	if (nodes == 0) {
		return nullptr;
	}
	const std::size_t left = (nodes - 1) / 2;
	return std::unique_ptr<Node>(new Node{1, grow(left), grow(nodes - 1 - left)});
}

static std::uint64_t sum(const Node *node) {
	if (node == nullptr) {
		return 0;
	}
	std::uint64_t left = 0, right = 0;
	tbb::parallel_invoke([&] { right = sum(node->right.get()); }, [&] { left = sum(node->left.get()); });
	return node->value + left + right;
}

static std::uint64_t fib(std::uint64_t n) {
	if (n < 2) {
		return n;
	}
	std::uint64_t a = 0, b = 0;
	tbb::parallel_invoke([&] { a = fib(n - 1); }, [&] { b = fib(n - 2); });
	return a + b;
}

static volatile std::uint64_t sink;

// The same loop as in bench/internal/suite.
static std::uint64_t spin(std::uint64_t turns) {
	std::uint64_t x = turns | 1;
	for (std::uint64_t i = 0; i < turns; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
	}
	return x;
}

static void spin_all(std::size_t n, std::uint64_t turns) {
	tbb::task_group group;
	for (std::size_t i = 0; i < n; i++) {
		group.run([turns] { sink = spin(turns); });
	}
	group.wait();
}

static void spawn(std::size_t n) {
	tbb::task_group group;
	for (std::size_t i = 0; i < n; i++) {
		group.run([] {});
	}
	group.wait();
}

// The thread that waits is outside the arena, and only puts tasks in.
static void outside(tbb::task_arena &arena, std::size_t n) {
	static std::atomic<std::size_t> left; // outlives the last notification
	left = n;
	for (std::size_t i = 0; i < n; i++) {
		arena.enqueue([] {
			if (left.fetch_sub(1, std::memory_order_acq_rel) == 1) {
				left.notify_one();
			}
		});
	}
	for (std::size_t seen = left; seen > 0; seen = left) {
		left.wait(seen);
	}
}

int main(int argc, char **argv) {
	const int workers = argc > 1 ? std::atoi(argv[1]) : 1;
	// The thread that calls execute is one of the arena's; one that only
	// enqueues is not, so that there are as many besides it.
	tbb::global_control limit(tbb::global_control::max_allowed_parallelism, workers + 1);
	tbb::task_arena arena(workers);
	tbb::task_arena queue(workers, 0);
	std::unique_ptr<Node> tree;
	std::size_t grown = 0;
	for (std::string line; std::getline(std::cin, line);) {
		std::istringstream words(line);
		std::string job;
		std::size_t n = 0, times = 1;
		words >> job >> n >> times;
		if (job == "tree" && grown != n) {
			tree = grow(n);
			grown = n;
		}
		const auto start = std::chrono::steady_clock::now();
		if (job == "fib") {
			volatile std::uint64_t value = 0;
			arena.execute([&] { value = fib(n); });
		} else if (job == "tree") {
			bool wrong = false;
			arena.execute([&] {
				for (std::size_t i = 0; i < (times ? times : 1); i++) {
					wrong = wrong || sum(tree.get()) != n;
				}
			});
			if (wrong) {
				std::fprintf(stderr, "tbb: wrong sum\n");
				return 1;
			}
		} else if (job == "inside") {
			arena.execute([&] { spawn(n); });
		} else if (job == "spin") {
			arena.execute([&] { spin_all(n, times); });
		} else if (job == "outside") {
			outside(queue, n);
		} else {
			std::fprintf(stderr, "tbb: no job %s\n", job.c_str());
			return 1;
		}
		const auto took = std::chrono::steady_clock::now() - start;
		std::cout << std::chrono::duration_cast<std::chrono::nanoseconds>(took).count() << std::endl;
	}
}
