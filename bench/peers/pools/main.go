// Command pools is the Go peers' side of go run ./bench/peers: each line read
// from standard input names a library and a number of empty tasks, which it has
// run; the answer is the nanoseconds that took.
package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/alitto/pond/v2"
	"github.com/panjf2000/ants/v2"
	conc "github.com/sourcegraph/conc/pool"
	"golang.org/x/sync/errgroup"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "pools:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	workers := runtime.GOMAXPROCS(0)
	if len(args) > 0 {
		var err error
		if workers, err = strconv.Atoi(args[0]); err != nil {
			return fmt.Errorf("want the number of workers, and jobs on standard input, as go run ./bench/peers gives them: %w", err)
		}
	}
	antsPool, err := ants.NewPool(workers)
	if err != nil {
		return err
	}
	defer antsPool.Release()
	pondPool := pond.NewPool(workers)
	defer pondPool.StopAndWait()
	libraries := map[string]func(tasks int) error{
		"ants": func(tasks int) error {
			var left sync.WaitGroup
			left.Add(tasks)
			for range tasks {
				if err := antsPool.Submit(left.Done); err != nil {
					return err
				}
			}
			left.Wait()
			return nil
		},
		"pond": func(tasks int) error {
			var left sync.WaitGroup
			left.Add(tasks)
			for range tasks {
				if err := pondPool.Go(left.Done); err != nil {
					return err
				}
			}
			left.Wait()
			return nil
		},
		"pond.Submit": func(tasks int) error {
			futures := make([]pond.Task, tasks)
			for i := range futures {
				futures[i] = pondPool.Submit(func() {})
			}
			for _, f := range futures {
				if err := f.Wait(); err != nil {
					return err
				}
			}
			return nil
		},
		"conc": func(tasks int) error {
			p := conc.New().WithMaxGoroutines(workers)
			for range tasks {
				p.Go(func() {})
			}
			p.Wait()
			return nil
		},
		"errgroup": func(tasks int) error {
			var g errgroup.Group
			g.SetLimit(workers)
			for range tasks {
				g.Go(func() error { return nil })
			}
			return g.Wait()
		},
		"go": func(tasks int) error {
			var left sync.WaitGroup
			for range tasks {
				left.Go(func() {})
			}
			left.Wait()
			return nil
		},
		"channel": func(tasks int) error {
			queue := make(chan func(), 1024)
			var left sync.WaitGroup
			for range workers {
				left.Go(func() {
					for task := range queue {
						task()
					}
				})
			}
			for range tasks {
				queue <- func() {}
			}
			close(queue)
			left.Wait()
			return nil
		},
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var name string
		var tasks int
		if _, err := fmt.Sscan(lines.Text(), &name, &tasks); err != nil {
			return fmt.Errorf("%q: %w", lines.Text(), err)
		}
		do, ok := libraries[name]
		if !ok {
			return fmt.Errorf("no library %q", name)
		}
		start := time.Now()
		if err := do(tasks); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fmt.Println(time.Since(start).Nanoseconds())
	}
	return nil
}
