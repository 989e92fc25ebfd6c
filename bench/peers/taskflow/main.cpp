// Taskflow's side of `go run ./bench -peers`: does one job as often as it is asked
// to, and prints the nanoseconds of each time on a line of its own.
//
// Each line read from standard input is a job:
//
//	outside N        N empty tasks submitted by the main thread
//	spin N TURNS     N tasks that need a core

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <string>

#include <taskflow/taskflow.hpp>

static volatile std::uint64_t sink;

static std::uint64_t spin(std::uint64_t turns) {
	std::uint64_t x = turns | 1;
	for (std::uint64_t i = 0; i < turns; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
	}
	return x;
}

int main(int argc, char **argv) {
	tf::Executor executor(argc > 1 ? std::atoi(argv[1]) : 1);
	for (std::string line; std::getline(std::cin, line);) {
		std::istringstream words(line);
		std::string job;
		std::size_t n = 0;
		std::uint64_t turns = 0;
		words >> job >> n >> turns;
		const auto start = std::chrono::steady_clock::now();
		for (std::size_t i = 0; i < n; i++) {
			if (job == "spin") {
				executor.silent_async([turns] { sink = spin(turns); });
			} else {
				executor.silent_async([] {});
			}
		}
		executor.wait_for_all();
		const auto took = std::chrono::steady_clock::now() - start;
		std::cout << std::chrono::duration_cast<std::chrono::nanoseconds>(took).count() << std::endl;
	}
}
