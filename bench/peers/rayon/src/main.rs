//! Rayon's side of `go run ./bench/peers` and `go run ./bench -peers`: does one job as often as it is asked
//! to, and prints the nanoseconds of each time on a line of its own.
//!
//! Each line read from standard input is a job:
//!
//!     fib N            fib(N) with a join at every call
//!     inside N         N empty tasks spawned by a task
//!     outside N        N empty tasks spawned from outside the pool
//!     tree N TIMES     the sum of a binary tree of N nodes, with a join at every one
//!     spin N TURNS     N tasks that need a core
//!     latency N        N empty tasks, each after the one before: a list in JSON

use std::io::{self, BufRead, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::OnceLock;
use std::thread::{self, Thread};
use std::time::Instant;

fn fib(n: u64) -> u64 {
    if n < 2 {
        return n;
    }
    let (a, b) = rayon::join(|| fib(n - 1), || fib(n - 2));
    a + b
}

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

fn sum(node: &Node) -> u64 {
    let (right, left) = rayon::join(
        || node.right.as_deref().map_or(0, sum),
        || node.left.as_deref().map_or(0, sum),
    );
    node.value + left + right
}

fn spawn_inside(pool: &rayon::ThreadPool, n: usize) {
    pool.install(|| {
        rayon::scope(|s| {
            for _ in 0..n {
                s.spawn(|_| {});
            }
        })
    });
}

fn spawn_outside(pool: &rayon::ThreadPool, n: usize) {
    static LEFT: AtomicUsize = AtomicUsize::new(0);
    static WAITER: OnceLock<Thread> = OnceLock::new();
    WAITER.get_or_init(thread::current);
    LEFT.store(n, Ordering::SeqCst);
    for _ in 0..n {
        pool.spawn(|| {
            if LEFT.fetch_sub(1, Ordering::AcqRel) == 1 {
                WAITER.get().expect("the main thread").unpark();
            }
        });
    }
    while LEFT.load(Ordering::Acquire) > 0 {
        thread::park();
    }
}

/// The same loop as in bench/internal/suite.
fn spin(turns: u64) -> u64 {
    let mut x = turns | 1;
    for _ in 0..turns {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
    }
    x
}

fn spin_all(pool: &rayon::ThreadPool, n: usize, turns: u64) {
    pool.scope(|s| {
        for _ in 0..n {
            s.spawn(move |_| {
                std::hint::black_box(spin(std::hint::black_box(turns)));
            });
        }
    });
}

fn latencies(pool: &rayon::ThreadPool, n: usize) -> String {
    let mut times = Vec::new();
    for _ in 0..n {
        let start = Instant::now();
        spawn_outside(pool, 1);
        times.push(start.elapsed().as_nanos().to_string());
    }
    format!("[{}]", times.join(","))
}

fn main() {
    let workers = std::env::args().nth(1).and_then(|w| w.parse().ok()).unwrap_or(0);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(workers).build().expect("pool");
    let mut tree: (u64, Option<Box<Node>>) = (0, None);
    for line in io::stdin().lock().lines() {
        let line = line.expect("a line");
        let mut words = line.split_whitespace();
        let job = words.next().expect("a job").to_string();
        let n: u64 = words.next().and_then(|w| w.parse().ok()).expect("a number");
        let times: usize = words.next().and_then(|w| w.parse().ok()).unwrap_or(1);
        if job == "tree" && tree.0 != n {
            tree = (n, grow(n as usize));
        }
        if job == "latency" {
            println!("{}", latencies(&pool, n as usize));
            io::stdout().flush().expect("standard output");
            continue;
        }
        let start = Instant::now();
        match job.as_str() {
            "fib" => {
                std::hint::black_box(pool.install(|| fib(n)));
            }
            "tree" => pool.install(|| {
                let root = tree.1.as_deref().expect("a tree");
                for _ in 0..times {
                    assert_eq!(sum(std::hint::black_box(root)), n);
                }
            }),
            "inside" => spawn_inside(&pool, n as usize),
            "spin" => spin_all(&pool, n as usize, times as u64),
            "outside" => spawn_outside(&pool, n as usize),
            other => panic!("no job {other}"),
        }
        println!("{}", start.elapsed().as_nanos());
        io::stdout().flush().expect("standard output");
    }
}
