// Testgonum runs gonum's own test suites with Tandem's BLAS in use.
//
//	go run ./build/testgonum [-short] [-tags opengl]
//
// Of each suite it makes a copy of gonum's module, as the module cache has it, in
// a temporary folder, with one file more in the tested package: a TestMain that
// calls blas64.Use and its siblings. The copy takes the module's place by a
// go.mod of its own; nothing else changes.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// set is a set of devices to run the suites on, and tiles that are forced on every
// call.
type set struct {
	name    string
	devices string // as in TANDEM_DEVICES
	sims    int    // simulated devices besides
	tile    int
	tags    string // that it needs
	skip    string // tests that it doesn't run
	run     string // the only ones that it does, if not ""
}

var sets = []set{
	{"cpu, tiles of 4", "cpu", 0, 4, "", "", ""},
	{"cpu, tiles of 64", "cpu", 0, 64, "", "", ""},
	{"2 simulated, tiles of 32", "none:*", 2, 32, "", "", ""},
	// TestDgesvd wants the singular vectors of two runs to agree to 1e-13. Where
	// a tile is now a worker's, now a device's, they agree to rounding, and close
	// singular values make more of that.
	{"cpu and 2 simulated, tiles of 32", "cpu", 2, 32, "", "^TestDgesvd$", ""},
	// Forced to do every small product, a software device needs more than the
	// minutes that there are: these are tests of factorisations.
	{"opengl alone, tiles of 128", "opengl", 0, 128, "opengl", "", "^Test(Cholesky|QR|LQ|Dpotrf|Dgeqrf|Dgetrf)$"},
	{"cpu, as it chooses", "cpu", 0, 0, "", "", ""},
}

var suites = []string{"mat", "lapack/gonum"}

func main() {
	short := flag.Bool("short", false, "pass -short to the tests, as continuous integration does")
	tags := flag.String("tags", "", "build tags; with opengl among them that device is tested too")
	only := flag.String("set", "", "run only on the sets whose names contain this")
	suite := flag.String("suite", "", "run only the suites whose names contain this")
	flag.Parse()
	if err := run(*short, *tags, *only, *suite); err != nil {
		fmt.Fprintln(os.Stderr, "testgonum:", err)
		os.Exit(1)
	}
}

func run(short bool, tags, only, onlySuite string) error {
	dir, err := os.MkdirTemp("", "testgonum")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := prepare(dir); err != nil {
		return err
	}
	fmt.Printf("%-14s %-34s %7s %7s %7s %17s %8s\n", "gonum's suite", "devices", "passed", "skipped", "failed", "tiles by devices", "time")
	failed := false
	for _, s := range sets {
		if !strings.Contains(s.name, only) || s.tags != "" && !strings.Contains(tags, s.tags) {
			continue
		}
		for _, suite := range suites {
			if !strings.Contains(suite, onlySuite) {
				continue
			}
			r, err := test(dir, suite, s, short, tags)
			if err != nil {
				return err
			}
			failed = failed || r.failed > 0
			fmt.Printf("%-14s %-34s %7d %7d %7d %17d %7.1fs\n", suite, s.name, r.passed, r.skipped, r.failed, r.tiles, r.took.Seconds())
		}
	}
	if failed {
		return errors.New("some tests failed")
	}
	return nil
}

// prepare makes the copy of gonum and the go.mod that puts it in the module's
// place.
func prepare(dir string) error {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "gonum.org/v1/gonum").Output()
	if err != nil {
		return fmt.Errorf("finding gonum: %w", err)
	}
	gonum := filepath.Join(dir, "gonum")
	if err := os.CopyFS(gonum, os.DirFS(strings.TrimSpace(string(out)))); err != nil {
		return err
	}
	for _, suite := range suites {
		// Files of the module cache are read-only.
		if err := os.Chmod(filepath.Join(gonum, suite), 0o755); err != nil {
			return err
		}
		text := strings.Replace(testMain, "PACKAGE", filepath.Base(suite), 1)
		if err := os.WriteFile(filepath.Join(gonum, suite, "tandem_test.go"), []byte(text), 0o644); err != nil {
			return err
		}
	}
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		return fmt.Errorf("run this from the root of the module: %w", err)
	}
	mod = fmt.Appendf(mod, "\nreplace gonum.org/v1/gonum => %s\n", gonum)
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), mod, 0o644); err != nil {
		return err
	}
	sum, err := os.ReadFile("go.sum")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "go.sum"), sum, 0o644)
}

// result counts the tests of one run, subtests not among them.
type result struct {
	passed, skipped, failed int
	tiles                   int
	took                    time.Duration
}

// tilesLine is what the TestMain prints before the number of tiles.
const tilesLine = "tandem: tiles computed by devices: "

func test(dir, suite string, s set, short bool, tags string) (r result, err error) {
	args := []string{
		"test", "-json", "-count=1", "-timeout=30m", "-mod=mod", "-modfile=" + filepath.Join(dir, "go.mod"),
		"-tags=" + tags, fmt.Sprintf("-short=%v", short), "-skip=" + s.skip, "-run=" + s.run, "gonum.org/v1/gonum/" + suite,
	}
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "TANDEM_DEVICES="+s.devices,
		fmt.Sprintf("TANDEM_TEST_TILE=%d", s.tile), fmt.Sprintf("TANDEM_TEST_SIMS=%d", s.sims))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return r, err
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return r, err
	}
	if err := r.read(out); err != nil {
		return r, err
	}
	failure := cmd.Wait()
	r.took = time.Since(start)
	if failure != nil && r.failed == 0 {
		return r, fmt.Errorf("%s on %s: %w", suite, s.name, failure)
	}
	return r, nil
}

// read counts the events of go test -json, and prints the output of tests that
// fail.
func (r *result) read(from io.Reader) error {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	output := map[string][]string{}
	for lines.Scan() {
		var e struct{ Action, Test, Output string }
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			continue // what the compiler says
		}
		if e.Action == "output" {
			if _, number, ok := strings.Cut(e.Output, tilesLine); ok {
				if _, err := fmt.Sscan(number, &r.tiles); err != nil {
					return err
				}
			}
			output[e.Test] = append(output[e.Test], e.Output)
			continue
		}
		if e.Action == "fail" {
			fmt.Print(strings.Join(output[e.Test], ""))
		}
		if e.Test == "" || strings.Contains(e.Test, "/") {
			continue
		}
		switch e.Action {
		case "pass":
			r.passed++
		case "skip":
			r.skipped++
		case "fail":
			r.failed++
		}
	}
	return lines.Err()
}

// testMain is the file that is added to a tested package.
const testMain = `package PACKAGE

import (
	"fmt"
	"os"
	"strconv"
	"testing"

	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/blas/cblas128"
	"gonum.org/v1/gonum/blas/cblas64"

	"github.com/tandem-go/tandem/device/sim"
	"github.com/tandem-go/tandem/hybrid"
)

func TestMain(m *testing.M) {
	number := func(name string) int {
		n, err := strconv.Atoi(os.Getenv(name))
		if err != nil {
			panic(err)
		}
		return n
	}
	options := []hybrid.Option{hybrid.WithModelFile("")}
	for i := range number("TANDEM_TEST_SIMS") {
		d, err := sim.Open(sim.Config{ID: fmt.Sprintf("sim:%d", i)})
		if err != nil {
			panic(err)
		}
		options = append(options, hybrid.WithDevice(d))
	}
	s, err := hybrid.Open(options...)
	if err != nil {
		panic(err)
	}
	var how []hybrid.BLASOption
	if tile := number("TANDEM_TEST_TILE"); tile > 0 {
		how = append(how, hybrid.AlwaysTiled(tile))
	}
	b := s.BLAS(how...)
	blas32.Use(b)
	blas64.Use(b)
	cblas64.Use(b)
	cblas128.Use(b)
	code := m.Run()
	var tiles int64
	for _, d := range s.Stats().Devices {
		tiles += d.Chunks
	}
	fmt.Println("\n` + tilesLine + `" + strconv.FormatInt(tiles, 10))
	if err := s.Close(); err != nil {
		panic(err)
	}
	os.Exit(code)
}
`
