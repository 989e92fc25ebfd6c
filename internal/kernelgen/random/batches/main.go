// Batches compares random kernels with their functions on every device: it writes
// packages of them, compiles and runs their tests, as many at a time as there are
// processors, and says how far it has come. Mesa's compiler, which takes most of the
// time, uses one.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"time"
)

// perBatch is how many kernels a package has. Linking a test takes 1 s, compiling and
// running 100 kernels 10 s of a processor's time (Xeon at 2.1 GHz, llvmpipe).
const perBatch = 100

const usage = `Batches compares random kernels with their functions on every device, as
build/fuzzkernels.sh has it do.

Usage: go run ./internal/kernelgen/random/batches [-seed N] [-tags LIST] COUNT

`

func main() {
	flag.Usage = func() {
		fmt.Fprint(flag.CommandLine.Output(), usage)
		flag.PrintDefaults()
	}
	seed := flag.Uint64("seed", uint64(time.Now().Unix()), "seed of the first batch; the next one has the next")
	tags := flag.String("tags", "", "build tags: opengl and cuda have the kernels run on such devices too")
	flag.Parse()
	count, err := strconv.Atoi(flag.Arg(0))
	if err != nil || count < 1 {
		fmt.Fprintln(os.Stderr, "batches: want the number of kernels, at least 1")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := compare(ctx, *seed, count, *tags); err != nil {
		stop()
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// report is what has become of a batch.
type report struct {
	batch
	devices  string
	compiled bool // by NVRTC, where it is
	err      error
	output   []byte
}

// compare runs batches until all kernels have been compared, or the context ends.
func compare(ctx context.Context, seed uint64, count int, tags string) error {
	workers := min(runtime.NumCPU(), (count+perBatch-1)/perBatch)
	batches, reports := make(chan batch), make(chan report)
	go func() {
		defer close(batches)
		for left := count; left > 0; left -= perBatch {
			select {
			case batches <- batch{seed: seed, count: min(left, perBatch), tags: tags}:
				seed++
			case <-ctx.Done():
				return
			}
		}
	}()
	for range workers {
		go func() {
			for b := range batches {
				reports <- b.run(ctx)
			}
			reports <- report{}
		}()
	}
	begin := time.Now()
	var failed []error
	done, agreed, compiled := 0, 0, 0
	for workers > 0 {
		r := <-reports
		switch {
		case r.count == 0:
			workers--
			continue
		case ctx.Err() != nil:
			continue
		}
		done += r.count
		verdict := "agree on " + r.devices
		if r.compiled {
			verdict += ", their CUDA C compiles"
			compiled += r.count
		}
		if r.err == nil {
			agreed += r.count
		} else {
			verdict = "fail"
			failed = append(failed, fmt.Errorf("TANDEM_SEED=%d, %d kernels: %w", r.seed, r.count, r.err))
			fmt.Printf("%s", r.output)
		}
		each := time.Since(begin) / time.Duration(done)
		fmt.Printf("== TANDEM_SEED=%d: %d kernels %s; %d of %d, %d ms each, %v left\n", r.seed, r.count, verdict,
			done, count, each.Milliseconds(), (each * time.Duration(count-done)).Round(time.Second))
	}
	fmt.Printf("== %d kernels in %v: those of batches without a fault, %d; whose CUDA C NVRTC compiled, %d\n",
		done, time.Since(begin).Round(time.Second), agreed, compiled)
	return errors.Join(append(failed, context.Cause(ctx))...)
}
