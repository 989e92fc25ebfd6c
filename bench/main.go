// Command bench measures Tandem's promises as ratios: every figure stands
// beside a peer or a limit that was measured in the same run, in turns. -h says
// how to use it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/tandem-go/tandem/hybrid"
)

const usage = `bench measures Tandem's promises as ratios: every figure stands beside a peer or
a limit that was measured in the same run, in turns.

  go run ./bench              all of it; with -tags cuda,opengl on GPUs too
  go run ./bench -devices     throughput of each device alone and together: of
                              CUDA's if there is one, else of OpenGL's, and the CPU
  go run ./bench -list        the devices, or why there are none
  go run ./bench -bench gemm  only what matches
  go run ./bench/peers        beside other libraries and languages

`

type settings struct {
	match   *regexp.Regexp
	devices bool
	list    bool
	quick   bool
	results string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	set, err := parse(args)
	if err != nil {
		return err
	}
	if set.list {
		return list(out)
	}
	var options []hybrid.Option
	if set.devices {
		options = gpus()
	}
	s, err := hybrid.Open(options...)
	if err != nil {
		return err
	}
	defer s.Close()
	describe(out, s)
	if !set.devices {
		if err := goBenchmarks(ctx, out, set); err != nil {
			return err
		}
	}
	return throughput(ctx, out, s, set)
}

func parse(args []string) (settings, error) {
	set := settings{}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), usage)
		flags.PrintDefaults()
	}
	pattern := flags.String("bench", ".", "run only what matches this regular `expression`")
	flags.BoolVar(&set.devices, "devices", false, "only the throughput of the devices")
	flags.BoolVar(&set.list, "list", false, "only list the devices")
	flags.BoolVar(&set.quick, "quick", false, "fewer sizes and rounds")
	flags.StringVar(&set.results, "o", "", "append results as JSON lines to this `file`")
	if err := flags.Parse(args); err != nil {
		return set, err
	}
	if flags.NArg() > 0 {
		return set, fmt.Errorf("unknown argument %q; see -h", flags.Arg(0))
	}
	var err error
	set.match, err = regexp.Compile(*pattern)
	if err != nil {
		return set, fmt.Errorf("-bench: %w", err)
	}
	return set, nil
}

// describe prints what the figures were measured on: without it they mean
// nothing.
func describe(out io.Writer, s *hybrid.Scheduler) {
	fmt.Fprintf(out, "tandem %s, %s %s/%s, %d cores\n", commit(), runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	for _, info := range s.Devices() {
		fmt.Fprintf(out, "  %-10s %s (%s)\n", info.ID, info.Name, info.Driver)
	}
}

func commit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown commit"
	}
	revision, dirty := "unknown commit", ""
	for _, kv := range info.Settings {
		switch kv.Key {
		case "vcs.revision":
			revision = kv.Value[:min(12, len(kv.Value))]
		case "vcs.modified":
			dirty = strings.Replace(strings.TrimPrefix(kv.Value, "false"), "true", " with changes", 1)
		}
	}
	return revision + dirty
}
