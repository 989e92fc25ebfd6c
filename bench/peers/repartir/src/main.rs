//! repartir's side of `go run ./bench -peers`: does one job as often as it is
//! asked to, and answers with a line of JSON: the nanoseconds it took, or a list.
//!
//! Each line read from standard input is a job:
//!
//!     echo N           N times /bin/echo task_i
//!     sleep N          N times a shell that sleeps for 10 ms
//!     seq N            N times a pipeline in a shell
//!     latency N        N echoes, each after the one before: a list
//!     priority N       N programs with priorities in rotation: when each began
//!
//! All futures are polled together, as repartir's documentation has it. Behind
//! "naive" they are awaited one by one, as its benchmark does: since a future does
//! nothing before it is polled, the tasks then run one after the other.

use std::io::{self, BufRead, Write};
use std::time::Instant;

use futures::future::join_all;
use repartir::task::{Backend, ExecutionResult, Priority, Task};
use repartir::Pool;

fn task(binary: &str, args: &[&str], priority: Priority) -> Task {
    let mut builder = Task::builder().binary(binary).backend(Backend::Cpu).priority(priority);
    for arg in args {
        builder = builder.arg(*arg);
    }
    builder.build().expect("a task")
}

fn shell(script: &str) -> Task {
    task("/bin/sh", &["-c", script], Priority::Normal)
}

fn echo(i: usize) -> Task {
    task("/bin/echo", &[&format!("task_{i}")], Priority::Normal)
}

async fn run(pool: &Pool, task: Task) -> ExecutionResult {
    let result = pool.submit(task).await.expect("a result");
    assert!(result.is_success());
    result
}

async fn run_all(pool: &Pool, tasks: Vec<Task>, naive: bool) -> Vec<ExecutionResult> {
    let futures: Vec<_> = tasks.into_iter().map(|t| run(pool, t)).collect();
    if !naive {
        return join_all(futures).await;
    }
    let mut results = Vec::new();
    for future in futures {
        results.push(future.await);
    }
    results
}

async fn answer(pool: &Pool, job: &str, n: usize, naive: bool) -> String {
    let start = Instant::now();
    match job {
        "echo" => drop(run_all(pool, (0..n).map(echo).collect(), naive).await),
        "sleep" => {
            let tasks = (0..n).map(|i| shell(&format!("sleep 0.01 && echo {i}"))).collect();
            drop(run_all(pool, tasks, naive).await);
        }
        "seq" => drop(run_all(pool, (0..n).map(|_| shell("seq 1 1000 | wc -l")).collect(), naive).await),
        "latency" => {
            let mut times = Vec::new();
            for i in 0..n {
                let start = Instant::now();
                run(pool, echo(i)).await;
                times.push(start.elapsed().as_nanos().to_string());
            }
            return format!("[{}]", times.join(","));
        }
        "priority" => {
            let rotation = [Priority::High, Priority::Normal, Priority::Low];
            let tasks = (0..n).map(|i| task("/bin/date", &["+%s%N"], rotation[i % 3])).collect();
            let begun: Vec<String> = run_all(pool, tasks, naive)
                .await
                .iter()
                .map(|r| r.stdout_str().expect("a number").trim().to_string())
                .collect();
            return format!("[{}]", begun.join(","));
        }
        other => panic!("no job {other}"),
    }
    start.elapsed().as_nanos().to_string()
}

fn main() {
    let workers: usize = std::env::args().nth(1).and_then(|w| w.parse().ok()).unwrap_or(1);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let pool = Pool::builder().cpu_workers(workers).build().expect("a pool");
        for line in io::stdin().lock().lines() {
            let line = line.expect("a line");
            let mut words = line.split_whitespace().peekable();
            let naive = words.next_if_eq(&"naive").is_some();
            let job = words.next().expect("a job");
            let n = words.next().and_then(|w| w.parse().ok()).expect("a number");
            println!("{}", answer(&pool, job, n, naive).await);
            io::stdout().flush().expect("standard output");
        }
        pool.shutdown().await;
    });
}
