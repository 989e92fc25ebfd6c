//! chili's side of `go run ./bench/peers`: does one job as often as it is asked
//! to, and prints the nanoseconds of each time on a line of its own.
//!
//! Each line read from standard input is a job:
//!
//!     fib N            fib(N) with a join at every call
//!     tree N TIMES     the sum of a binary tree of N nodes, with a join at every one
//!     serial N TIMES   the same by plain recursion
//!
//! The pool lives for one job only: its heartbeat would disturb the others.

use std::io::{self, BufRead, Write};
use std::num::NonZero;
use std::time::{Duration, Instant};

use chili::{Config, Scope, ThreadPool};

struct Node {
    value: u64,
    left: Option<Box<Node>>,
    right: Option<Box<Node>>,
}

fn grow(nodes: usize) -> Option<Box<Node>> {
    if nodes == 0 {
        return None;
    }
    let left = (nodes - 1) / 2;
    Some(Box::new(Node { value: 1, left: grow(left), right: grow(nodes - 1 - left) }))
}

fn sum(scope: &mut Scope<'_>, node: &Node) -> u64 {
    let (left, right) = scope.join(
        |s| node.left.as_deref().map_or(0, |n| sum(s, n)),
        |s| node.right.as_deref().map_or(0, |n| sum(s, n)),
    );
    node.value + left + right
}

fn serial(node: &Node) -> u64 {
    let right = node.right.as_deref().map_or(0, serial);
    node.value + right + node.left.as_deref().map_or(0, serial)
}

fn fib(scope: &mut Scope<'_>, n: u64) -> u64 {
    if n < 2 {
        return n;
    }
    let (a, b) = scope.join(|s| fib(s, n - 1), |s| fib(s, n - 2));
    a + b
}

fn main() {
    let workers: usize = std::env::args().nth(1).and_then(|w| w.parse().ok()).expect("the number of workers");
    let mut tree: (usize, Option<Box<Node>>) = (0, None);
    for line in io::stdin().lock().lines() {
        let line = line.expect("a line");
        let mut words = line.split_whitespace();
        let job = words.next().expect("a job").to_string();
        let n: usize = words.next().and_then(|w| w.parse().ok()).expect("a number");
        let times: usize = words.next().and_then(|w| w.parse().ok()).unwrap_or(1);
        if job != "fib" && tree.0 != n {
            tree = (n, grow(n));
        }
        let took = match (job.as_str(), &tree.1) {
            ("fib", _) => in_pool(workers, |scope| {
                std::hint::black_box(fib(scope, n as u64));
            }),
            ("tree", Some(root)) => in_pool(workers, |scope| {
                for _ in 0..times {
                    assert_eq!(sum(scope, std::hint::black_box(root)), n as u64);
                }
            }),
            ("serial", Some(root)) => {
                let start = Instant::now();
                for _ in 0..times {
                    assert_eq!(serial(std::hint::black_box(root)), n as u64);
                }
                start.elapsed()
            }
            (other, _) => panic!("no job {other}"),
        };
        println!("{}", took.as_nanos());
        io::stdout().flush().expect("standard output");
    }
}

/// Times `work` on a pool of its own. The caller of a scope works too, and the
/// number of threads counts it.
fn in_pool(workers: usize, work: impl FnOnce(&mut Scope<'_>)) -> Duration {
    let pool = ThreadPool::with_config(Config { thread_count: NonZero::new(workers), ..Config::default() });
    let mut scope = pool.scope();
    let start = Instant::now();
    work(&mut scope);
    start.elapsed()
}
