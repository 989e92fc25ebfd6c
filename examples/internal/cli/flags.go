package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/tandem-go/tandem/hybrid"
)

// Flags is a flag set with the flags that every example has.
type Flags struct {
	*flag.FlagSet
	devices string
	verbose bool
}

// NewFlags returns the flags of the example with this name. summary says in a
// few lines what the program does; examples are arguments worth trying.
func NewFlags(name, summary string, examples ...string) *Flags {
	f := &Flags{FlagSet: flag.NewFlagSet(name, flag.ContinueOnError)}
	f.Usage = func() { f.help(summary, examples) }
	f.StringVar(&f.devices, "devices", "*", "the devices to use, a comma-separated `list` such as opengl:0,cpu;\n"+
		"the environment variable TANDEM_DEVICES, where it is set, overrides it")
	f.BoolVar(&f.verbose, "v", false, "also write to stderr which devices were looked for, and why some are missing")
	return f
}

func (f *Flags) help(summary string, examples []string) {
	w := f.Output()
	fmt.Fprintf(w, "%s\n\nUsage: go run [-tags opengl] ./examples/%s [flags]\n\nFlags:\n", summary, f.Name())
	f.PrintDefaults()
	fmt.Fprint(w, "\nExamples:\n")
	for _, args := range examples {
		fmt.Fprintln(w, strings.TrimRight("  go run ./examples/"+f.Name()+" "+args, " "))
	}
}

// Parse reads args. Help goes to stdout and answers flag.ErrHelp; every other
// mistake is only an error. Arguments that are no flags are a mistake.
func (f *Flags) Parse(args []string, stdout io.Writer) error {
	usage := f.Usage
	f.Usage = func() {}
	f.SetOutput(io.Discard)
	err := f.FlagSet.Parse(args)
	f.Usage = usage
	f.SetOutput(stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
		usage()
		return err
	case err != nil:
		return fmt.Errorf("%w (-h lists the flags)", err)
	case f.NArg() > 0:
		return fmt.Errorf("%q is no flag (-h lists them)", f.Arg(0))
	}
	return nil
}

// Given reports whether the flag with this name was given.
func (f *Flags) Given(name string) bool {
	given := false
	f.Visit(func(fl *flag.Flag) { given = given || fl.Name == name })
	return given
}

// Open opens a scheduler with the devices that the flags choose. Its warnings go
// to stderr.
func (f *Flags) Open(stderr io.Writer, opts ...hybrid.Option) (*hybrid.Scheduler, error) {
	level := slog.LevelWarn
	if f.verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level}))
	opts = append([]hybrid.Option{
		hybrid.WithDevices(strings.Split(f.devices, ",")...),
		hybrid.WithLogger(log),
	}, opts...)
	return hybrid.Open(opts...)
}
