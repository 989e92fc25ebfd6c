// Command flamegraph draws a profile, as go test -cpuprofile and go run ./bench
// -cpuprofile write it, as an SVG:
//
//	go run ./bench/cmd/flamegraph -o FILE.svg PROFILE
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"

	"github.com/tandem-go/tandem/bench/internal/flame"
)

func main() {
	if err := run(os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "flamegraph:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	flags := flag.NewFlagSet("flamegraph", flag.ContinueOnError)
	output := flags.String("o", "flamegraph.svg", "write the drawing to this `file`")
	title := flags.String("title", "Where the processor's time goes", "what stands above it")
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), "flamegraph draws a profile of the processor's time, as go test -cpuprofile and\n"+
			"go run ./bench -cpuprofile write it, as an SVG.\n\n  go run ./bench/cmd/flamegraph -o FILE.svg PROFILE\n\n")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errors.New("which profile? see -h")
	}
	in, err := os.Open(flags.Arg(0))
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(*output)
	if err != nil {
		return err
	}
	if err := errors.Join(flame.Write(out, in, *title), out.Close()); err != nil {
		return err
	}
	fmt.Println(*output)
	return nil
}
