// Testgonum runs gonum's own test suites with Tandem's BLAS in use.
//
// testblas, which is made to be called, and for the types that it lacks the tests
// against a reference of this module, run from a test of their own. Of mat and of
// lapack/gonum, which runs testlapack, it makes a copy of gonum's module, as the
// module cache has it, in a temporary folder, with one file more in the tested
// package: a TestMain that calls blas64.Use and its siblings. The copy takes the
// module's place by a go.mod of its own; nothing else changes. Each suite is compiled
// once; what differs from set to set its environment says.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"text/template"
	"time"
)

const usage = `Testgonum runs gonum's own test suites with Tandem's BLAS in use.

Usage: go run ./build/testgonum [flags]

Without flags but -tags it runs every suite on every set of devices that those tags
can have, as make test-gonum does, and ends with how many tests ran on how many sets.

`

// set is a set of devices to run the suites on, and tiles that are forced on every
// call.
type set struct {
	name    string
	devices string // as in TANDEM_DEVICES
	sims    int    // simulated devices besides
	tile    int
	tag     string // that it needs
	// openBLAS has Tandem's BLAS wrap OpenBLAS; else it is gonum's, in every build.
	openBLAS bool
	// skip are the tests that it leaves out of a suite, as a regular expression.
	skip map[string]string
}

// unsteady are tests that compare two runs more closely than rounding allows:
// TestDgesvd wants their singular values and vectors to agree to 1e-13. Where a tile
// is now a worker's, now a device's, they agree to rounding, and close singular
// values make more of that. So they do of tiles that OpenBLAS multiplies, which adds
// up in an order that depends on a product's shape.
const unsteady = "^TestDgesvd$"

var sets = []set{
	{name: "cpu, as it chooses", devices: "cpu"},
	{name: "cpu, tiles of 64", devices: "cpu", tile: 64},
	{name: "cpu, tiles of 4", devices: "cpu", tile: 4},
	{name: "openblas, as it chooses", devices: "cpu", openBLAS: true, tag: "openblas"},
	{
		name: "openblas, tiles of 64", devices: "cpu", tile: 64, openBLAS: true, tag: "openblas",
		skip: map[string]string{"lapack/gonum": unsteady},
	},
	{name: "2 simulated, tiles of 32", devices: "none:*", sims: 2, tile: 32},
	{
		name: "cpu and 2 simulated, tiles of 32", devices: "cpu", sims: 2, tile: 32,
		skip: map[string]string{"lapack/gonum": unsteady},
	},
	{name: "opengl alone, tiles of 128", devices: "opengl", tile: 128, tag: "opengl"},
	{name: "2 cuda alone, tiles of 64", devices: "cuda:*", tile: 64, tag: "cuda"},
	{
		name: "cpu and 2 cuda, tiles of 64", devices: "cpu,cuda:*", tile: 64, tag: "cuda",
		skip: map[string]string{"lapack/gonum": unsteady},
	},
}

// suites are the tested packages of gonum. testblas is ours to call.
var suites = []string{testblas, "mat", "lapack/gonum"}

const testblas = "testblas"

func main() {
	flag.Usage = func() {
		fmt.Fprint(flag.CommandLine.Output(), usage)
		flag.PrintDefaults()
	}
	short := flag.Bool("short", false, "pass -short to the tests, as continuous integration does; gonum's have no use for it")
	tags := flag.String("tags", "", "build tags; with opengl or cuda among them such devices are tested too")
	only := flag.String("set", "", "run only on the sets whose names contain this")
	suite := flag.String("suite", "", "run only the suites whose names contain this")
	atOnce := flag.Int("at-once", min(runtime.NumCPU(), 4), "run so many suites at once: with small tiles one alone mostly waits for its devices")
	part := flag.String("part", "1/1", "run only this part of the tests of mat and lapack: 3/8 is every eighth from the third on")
	flag.Parse()
	which, err := parsePart(*part)
	if err == nil && *atOnce < 1 {
		err = fmt.Errorf("-at-once: %d suites, want at least 1", *atOnce)
	}
	if err == nil {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		err = run(ctx, *short, *tags, *only, *suite, which, *atOnce)
		stop()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "testgonum:", err)
		os.Exit(1)
	}
}

// part is one of some parts of a suite's tests.
type part struct{ number, of int }

func parsePart(text string) (p part, err error) {
	if n, _ := fmt.Sscanf(text, "%d/%d", &p.number, &p.of); n != 2 || p.number < 1 || p.number > p.of {
		return p, fmt.Errorf("-part: %q is not like 1/8", text)
	}
	return p, nil
}

// run prints a row for each suite on each set, in their order.
func run(ctx context.Context, short bool, tags, only, onlySuite string, which part, atOnce int) error {
	dir, err := os.MkdirTemp("", "testgonum")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := prepare(dir); err != nil {
		return err
	}
	begin := time.Now()
	chosen, jobs := plan(tags, only, onlySuite, which)
	built := map[string]string{} // the test's program, by suite
	for _, j := range jobs {
		if built[j.suite] == "" {
			if built[j.suite], err = compile(ctx, dir, j.suite, tags); err != nil {
				return err
			}
		}
	}
	fmt.Printf("%-14s %-34s %7s %7s %7s %17s %8s\n", "gonum's suite", "devices", "passed", "skipped", "failed", "tiles by devices", "time")
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	free := make(chan struct{}, atOnce)
	for i := range jobs {
		j := &jobs[i]
		running.Go(func() {
			defer close(j.done)
			select {
			case free <- struct{}{}:
			case <-ctx.Done():
				j.err = ctx.Err()
				return
			}
			j.result, j.err = test(ctx, built[j.suite], dir, j.suite, j.set, short, which)
			<-free
		})
	}
	var total result
	for i := range jobs {
		j := &jobs[i]
		<-j.done
		if j.err != nil {
			return j.err
		}
		r := &j.result
		total.add(r)
		note := ""
		if which.of > 1 && j.suite != testblas {
			note = fmt.Sprintf("  part %d of %d", which.number, which.of)
		}
		fmt.Print(r.failures.String())
		fmt.Printf("%-14s %-34s %7d %7d %7d %17d %7.1fs%s\n", j.suite, j.set.name, r.passed, r.skipped, r.failed, r.tiles, r.took.Seconds(), note)
	}
	fmt.Printf("%-14s %-34s %7d %7d %7d %17d %7.1fs\n", "all", fmt.Sprintf("%d sets of %d", chosen, len(sets)),
		total.passed, total.skipped, total.failed, total.tiles, time.Since(begin).Seconds())
	if total.failed > 0 {
		return errors.New("some tests failed")
	}
	return nil
}

// job is one suite on one set. Whoever runs it writes result and err, and closes done.
type job struct {
	set    set
	suite  string
	done   chan struct{}
	result result
	err    error
}

// plan is what is to run, on how many sets.
func plan(tags, only, onlySuite string, which part) (chosen int, jobs []job) {
	for _, s := range sets {
		if !strings.Contains(s.name, only) || s.tag != "" && !slices.Contains(strings.Split(tags, ","), s.tag) {
			continue
		}
		chosen++
		for _, suite := range suites {
			if strings.Contains(suite, onlySuite) && (suite != testblas || which.number == 1) { // it belongs to the first part
				jobs = append(jobs, job{set: s, suite: suite, done: make(chan struct{})})
			}
		}
	}
	return chosen, jobs
}

// compile makes the program with the tests of a suite.
func compile(ctx context.Context, dir, suite, tags string) (program string, err error) {
	program = filepath.Join(dir, filepath.Base(suite)+".test")
	args := []string{"test", "-c", "-o=" + program, "-tags=" + tags}
	if suite == testblas {
		args = append(args, "-overlay="+filepath.Join(dir, "overlay.json"), "./"+blastestFolder)
	} else {
		args = append(args, "-mod=mod", "-modfile="+filepath.Join(dir, "go.mod"), "gonum.org/v1/gonum/"+suite)
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("compiling %s: %w", suite, err)
	}
	return program, nil
}

// prepare makes the copy of gonum, the go.mod that puts it in the module's place,
// and the overlay that adds the test which calls testblas.
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
		if suite == testblas {
			continue
		}
		// Files of the module cache are read-only.
		if err := os.Chmod(filepath.Join(gonum, suite), 0o755); err != nil {
			return err
		}
		if err := writeMain(filepath.Join(gonum, suite), filepath.Base(suite)); err != nil {
			return err
		}
	}
	if err := writeMain(dir, "blastest_test"); err != nil {
		return err
	}
	calls := filepath.Join(dir, "calls_test.go")
	if err := os.WriteFile(calls, []byte(callsTestblas), 0o644); err != nil {
		return err
	}
	replace := map[string]string{}
	for name, file := range map[string]string{mainFile: filepath.Join(dir, mainFile), cudaFile: filepath.Join(dir, cudaFile), "calls_test.go": calls} {
		at, err := filepath.Abs(filepath.Join(blastestFolder, name))
		if err != nil {
			return err
		}
		replace[at] = file
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o644); err != nil {
		return err
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

// The files that are added to a tested package, and the folder of the one that
// calls testblas.
const (
	mainFile       = "tandem_test.go"
	cudaFile       = "tandem_cuda_test.go"
	blastestFolder = "internal/blastest"
)

// writeMain writes the files with the TestMain of a package.
func writeMain(dir, pkg string) error {
	for name, text := range map[string]string{mainFile: testMain, cudaFile: cudaDriver} {
		var out bytes.Buffer
		if err := template.Must(template.New(name).Parse(text)).Execute(&out, map[string]string{"Package": pkg, "TilesLine": tilesLine}); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), out.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// result counts the tests of one run; of subtests only the routines of testblas.
type result struct {
	passed, skipped, failed int
	tiles                   int
	took                    time.Duration
	failures                strings.Builder // what tests that failed have printed
	own                     string          // what the program itself has
}

func (r *result) add(other *result) {
	r.passed += other.passed
	r.skipped += other.skipped
	r.failed += other.failed
	r.tiles += other.tiles
}

// tilesLine is what the TestMain prints before the number of tiles.
const tilesLine = "tandem: tiles computed by devices: "

// test runs a suite's program on a set, in the folder of its package, as go test does.
func test(ctx context.Context, program, dir, suite string, s set, short bool, which part) (r result, err error) {
	folder := filepath.Join(dir, "gonum", suite)
	only := ""
	if suite == testblas {
		folder = blastestFolder
	} else if only, err = testsOf(ctx, program, which); err != nil {
		return r, err
	}
	// No limit: what is forced into the smallest tiles takes its time.
	cmd := exec.CommandContext(ctx, program, "-test.v=test2json", "-test.timeout=0",
		fmt.Sprintf("-test.short=%v", short), "-test.run="+only, "-test.skip="+s.skip[suite])
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "TANDEM_DEVICES="+s.devices, fmt.Sprintf("TANDEM_TEST_OPENBLAS=%v", s.openBLAS),
		fmt.Sprintf("TANDEM_TEST_TILE=%d", s.tile), fmt.Sprintf("TANDEM_TEST_SIMS=%d", s.sims))
	cmd.Stderr = os.Stderr
	events := exec.Command("go", "tool", "test2json") // ends with its input
	events.Stderr = os.Stderr
	if events.Stdin, err = cmd.StdoutPipe(); err != nil {
		return r, err
	}
	out, err := events.StdoutPipe()
	if err != nil {
		return r, err
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return r, err
	}
	if err := events.Start(); err != nil {
		return r, errors.Join(err, cmd.Cancel(), cmd.Wait())
	}
	reading := r.read(out)
	failure := cmd.Wait()
	r.took = time.Since(start)
	if err := errors.Join(reading, events.Wait()); err != nil {
		return r, err
	}
	if failure != nil && r.failed == 0 {
		return r, fmt.Errorf("%s on %s: %w\n%s", suite, s.name, failure, r.own)
	}
	return r, nil
}

// testsOf is the regular expression of the tests that belong to a part.
func testsOf(ctx context.Context, program string, which part) (string, error) {
	if which.of == 1 {
		return "", nil
	}
	list := exec.CommandContext(ctx, program, "-test.list=.")
	list.Env = append(os.Environ(), "TANDEM_DEVICES=cpu", "TANDEM_TEST_OPENBLAS=false", "TANDEM_TEST_TILE=0", "TANDEM_TEST_SIMS=0")
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		return "", fmt.Errorf("listing tests: %w", err)
	}
	var mine []string
	n := 0
	for name := range strings.Lines(string(out)) {
		if strings.HasPrefix(name, "Test") {
			if n++; n%which.of == which.number%which.of {
				mine = append(mine, strings.TrimSpace(name))
			}
		}
	}
	return "^(" + strings.Join(mine, "|") + ")$", nil
}

// read counts the events of test2json, and keeps the output of tests that fail, and the
// program's own.
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
			r.failures.WriteString(strings.Join(output[e.Test], ""))
		}
		routine := strings.HasPrefix(e.Test, callsTest+"/") && strings.Count(e.Test, "/") == 1
		if e.Test == "" || e.Test == callsTest || strings.Contains(e.Test, "/") && !routine {
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
	r.own = strings.Join(output[""], "")
	return lines.Err()
}

// callsTest is the test that has one subtest for each routine of testblas.
const callsTest = "TestByGonumsSuite"

// callsTestblas is the file with it.
const callsTestblas = `package blastest_test

import (
	"math/rand/v2"
	"regexp"
	"testing"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/tandem-go/tandem/internal/blastest"
)

func ours() blastest.BLAS { return blas64.Implementation().(blastest.BLAS) }

func ` + callsTest + `(t *testing.T) { blastest.Gonum(t, ours(), regexp.MustCompile("")) }

// TestAllTypes compares all four types with a reference in double precision.
func TestAllTypes(t *testing.T) {
	blastest.Differential(t, ours(), rand.New(rand.NewPCG(rand.Uint64(), 1)), 10, 40)
}

func TestPanics(t *testing.T) { blastest.Panics(t, ours(), rand.New(rand.NewPCG(1, 2)), 1) }
`

// cudaDriver is a file for builds with CUDA: where no GPU is, its driver is one in
// process.
const cudaDriver = `//go:build cuda && linux && cgo

package {{.Package}}

import (
	"errors"
	"os"
	"strings"

	"github.com/tandem-go/tandem/device/cuda/cudatest"
	_ "github.com/tandem-go/tandem/kernels/kerneltest"
)

func init() {
	if !strings.Contains(os.Getenv("TANDEM_DEVICES"), "cuda") || os.Getenv("TANDEM_TEST_CUDA") == "real" {
		return
	}
	if err := errors.Join(cudatest.Install(), cudatest.Reset(cudatest.Config{Devices: 2, Memory: 64 << 20, Late: true, Seed: 1})); err != nil {
		panic(err)
	}
}
`

// testMain is the file with the TestMain of a tested package.
const testMain = `package {{.Package}}

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/blas/cblas128"
	"gonum.org/v1/gonum/blas/cblas64"
	"gonum.org/v1/gonum/blas/gonum"

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
	openBLAS, err := strconv.ParseBool(os.Getenv("TANDEM_TEST_OPENBLAS"))
	if err != nil {
		panic(err)
	}
	if !openBLAS {
		var g gonum.Implementation
		how = append(how, hybrid.OverBLAS(g, g, g, g))
	}
	b := s.BLAS(how...)
	if name := b.Wrapped().Name; strings.Contains(name, "OpenBLAS") != openBLAS {
		panic("the BLAS in use is " + name)
	}
	blas32.Use(b)
	blas64.Use(b)
	cblas64.Use(b)
	cblas128.Use(b)
	code := m.Run()
	var tiles int64
	for _, d := range s.Stats().Devices {
		tiles += d.Chunks
	}
	fmt.Println("\n{{.TilesLine}}" + strconv.FormatInt(tiles, 10))
	if err := s.Close(); err != nil {
		panic(err)
	}
	os.Exit(code)
}
`
