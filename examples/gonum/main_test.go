package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/tandem-go/tandem/examples/internal/cli"
)

func gonum(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	before := blas64.Implementation()
	var out, errs bytes.Buffer
	code = cli.Run(t.Context(), "gonum", run, append([]string{"-devices", "cpu", "-rounds", "1"}, args...), &out, &errs)
	if blas64.Implementation() != before {
		t.Error("the BLAS in use is not what it was")
	}
	return code, out.String(), errs.String()
}

func TestMadeUpTableAndItsFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "table.csv")
	code, made, errs := gonum(t, "-rows", "120", "-cols", "9", "-write", path)
	if code != cli.OK || errs != "" || !strings.Contains(made, "120 rows of 9 columns") {
		t.Fatalf("exit %d\n%s%s", code, made, errs)
	}
	code, out, errs := gonum(t, "-i", path)
	for _, analysis := range []string{"QR", "SVD", "Cholesky", "k-means"} {
		if code != cli.OK || errs != "" || !strings.Contains(out, analysis) {
			t.Errorf("exit %d, want %q in\n%s%s", code, analysis, out, errs)
		}
	}
}

// TestRegressionFindsTheLaw gives the analyses a table whose last column follows
// from the others.
func TestRegressionFindsTheLaw(t *testing.T) {
	d := madeUp(40, 3, 7)
	for i := range d.rows {
		d.values[i*4+3] = 5 + 2*d.at(i, 0) - d.at(i, 2)
	}
	got, err := regress(d)
	if err != nil || difference([]float64{5, 2, 0, -1}, got) > 1e-9 {
		t.Errorf("coefficients %v, %v", got, err)
	}
	sizes, err := components(d)
	if err != nil || len(sizes) != 3 || sizes[0] < sizes[1] || sizes[2] <= 0 {
		t.Errorf("components %v, %v", sizes, err)
	}
}

func TestMistakes(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.csv")
	if err := os.WriteFile(bad, []byte("a,b\n1,2\n3,x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"line 3, column \"b\"": {"-i", bad},
		"no such file":         {"-i", bad + ".not"},
		"more rows":            {"-rows", "5", "-cols", "5"},
		"-clusters":            {"-clusters", "0"},
	} {
		if code, _, errs := gonum(t, args...); code != cli.Failed || !strings.Contains(errs, want) {
			t.Errorf("%v: exit %d, %q; want %q", args, code, errs, want)
		}
	}
}
