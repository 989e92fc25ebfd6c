package cli_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/examples/internal/cli"
)

func parse(_ context.Context, args []string, stdout, _ io.Writer) error {
	f := cli.NewFlags("demo", "Shows something.", "-n 3", "-n 4")
	n := f.Int("n", 2, "how `many`")
	if err := f.Parse(args, stdout); err != nil {
		return err
	}
	fmt.Fprintln(stdout, *n, f.Given("n"))
	return nil
}

func TestRun(t *testing.T) {
	interrupted, interrupt := context.WithCancelCause(t.Context())
	interrupt(errors.New("interrupted"))
	for name, c := range map[string]struct {
		ctx    context.Context
		p      cli.Program
		args   []string
		code   int
		stdout string
		stderr string
	}{
		"default":  {p: parse, code: cli.OK, stdout: "2 false\n"},
		"given":    {p: parse, args: []string{"-n", "5"}, code: cli.OK, stdout: "5 true\n"},
		"unknown":  {p: parse, args: []string{"-x"}, code: cli.Failed, stderr: "demo: flag provided but not defined: -x (-h lists the flags)\n"},
		"no flag":  {p: parse, args: []string{"x"}, code: cli.Failed, stderr: "demo: \"x\" is no flag (-h lists them)\n"},
		"no value": {p: parse, args: []string{"-n"}, code: cli.Failed, stderr: "demo: flag needs an argument: -n (-h lists the flags)\n"},
		"lines": {
			p: func(context.Context, []string, io.Writer, io.Writer) error {
				return errors.Join(errors.New("a"), errors.New("  b"))
			},
			code: cli.Failed, stderr: "demo: a; b\n",
		},
		"interrupted": {
			ctx:  interrupted,
			p:    func(ctx context.Context, _ []string, _, _ io.Writer) error { return context.Cause(ctx) },
			code: cli.Interrupted, stderr: "demo: interrupted\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := c.ctx
			if ctx == nil {
				ctx = t.Context()
			}
			var stdout, stderr bytes.Buffer
			if code := cli.Run(ctx, "demo", c.p, c.args, &stdout, &stderr); code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			if stdout.String() != c.stdout || stderr.String() != c.stderr {
				t.Errorf("wrote %q and %q, want %q and %q", &stdout, &stderr, c.stdout, c.stderr)
			}
		})
	}
}

func TestHelp(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := cli.Run(t.Context(), "demo", parse, []string{"-h"}, &stdout, &stderr); code != cli.OK || stderr.Len() > 0 {
		t.Errorf("exit code %d, stderr %q", code, &stderr)
	}
	for _, want := range []string{"Shows something.", "-n many", "(default 2)", "-devices list", "go run ./examples/demo -n 3", "go run ./examples/demo -n 4"} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("the help lacks %q:\n%s", want, &stdout)
		}
	}
}

func TestOpenNamesAnUnknownDevice(t *testing.T) {
	t.Setenv("TANDEM_DEVICES", "")
	f := cli.NewFlags("demo", "")
	if err := f.Parse([]string{"-devices", "abacus:7"}, io.Discard); err != nil {
		t.Fatal(err)
	}
	s, err := f.Open(io.Discard)
	if err == nil {
		t.Fatal("opened", s.Devices())
	}
	if !strings.Contains(err.Error(), "abacus:7") {
		t.Errorf("the error does not name the device: %v", err)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestWhereNothingCanBeWritten(t *testing.T) {
	var stderr bytes.Buffer
	code := cli.Run(t.Context(), "demo", parse, nil, full{}, &stderr)
	if code != cli.Failed || stderr.String() != "demo: writing to stdout: short write\n" {
		t.Errorf("exit code %d, %q", code, &stderr)
	}
}
