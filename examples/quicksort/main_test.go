package main

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/examples/internal/cli"
)

func quick(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = cli.Run(t.Context(), "quicksort", run, append([]string{"-devices", "cpu"}, args...), &out, &errs)
	return code, out.String(), errs.String()
}

func TestPartition(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 20000 {
		x := make([]float64, 3+rng.IntN(40))
		values := 1 + rng.IntN(20) // few: many are equal
		for i := range x {
			x[i] = float64(rng.IntN(values))
		}
		before := slices.Sorted(slices.Values(x))
		cut := partition(x)
		if cut <= 0 || cut >= len(x) {
			t.Fatalf("cut at %d of %d", cut, len(x))
		}
		if slices.Max(x[:cut]) > slices.Min(x[cut:]) {
			t.Fatalf("%v is not parted at %d", x, cut)
		}
		if slices.Sort(x); !slices.Equal(x, before) {
			t.Fatal("numbers were lost")
		}
	}
}

func TestRandomNumbers(t *testing.T) {
	code, out, errs := quick(t, "-n", "100000")
	if code != cli.OK || errs != "" || !strings.Contains(out, "100000 numbers") || !strings.Contains(out, "equal") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	in, sorted := filepath.Join(dir, "in"), filepath.Join(dir, "out")
	if err := os.WriteFile(in, []byte("3\n\n-1.5\n 1e3\n0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := quick(t, "-i", in, "-o", sorted); code != cli.OK {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	got, err := os.ReadFile(sorted)
	if err != nil || string(got) != "-1.5\n0\n3\n1000\n" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestMistakes(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad")
	if err := os.WriteFile(bad, []byte("1\ntwo\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"no number": {[]string{"-i", bad}, ":2:"},
		"no file":   {[]string{"-i", bad + "x"}, "-i"},
		"count":     {[]string{"-n", "-1"}, "-n"},
		"output":    {[]string{"-n", "1", "-o", filepath.Join(bad, "x")}, "-o"},
	} {
		code, _, errs := quick(t, c.args...)
		if code != cli.Failed || strings.Count(errs, "\n") != 1 || !strings.Contains(errs, c.want) {
			t.Errorf("%s: exit %d, %q", name, code, errs)
		}
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	if code := cli.Run(ctx, "quicksort", run, []string{"-n", "1000", "-devices", "cpu"}, &out, &errs); code != cli.Interrupted {
		t.Errorf("exit %d, %q", code, errs.String())
	}
}
