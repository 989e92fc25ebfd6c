package differential

import (
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/device"
	_ "github.com/tandem-go/tandem/device/opengl" // a device to compare on
	"github.com/tandem-go/tandem/kernels"
	"github.com/tandem-go/tandem/kernels/kerneltest"
	"github.com/tandem-go/tandem/residency"
)

// Case draws launches of a kernel.
type Case = kerneltest.Case

// Trial is a launch whose reference calls the kernel's function, with a copy of
// out, for each index of the launch.
func Trial[T residency.Element](l kernels.Launch, out []T, call func(i int, out []T)) kerneltest.Trial {
	return Trial2(l, out, []int32{}, func(i int, out []T, _ []int32) { call(i, out) })
}

// Trial2 is Trial for a kernel with two outputs.
func Trial2[T, U residency.Element](l kernels.Launch, out []T, more []U, call func(i int, out []T, more []U)) kerneltest.Trial {
	want, wantMore := slices.Clone(out), slices.Clone(more)
	return kerneltest.Trial{Launch: l, Verify: func() error {
		for i := range l.N() {
			call(i, want, wantMore)
		}
		return errors.Join(Same("the output", out, want), Same("the second output", more, wantMore))
	}}
}

// Draw makes a case of a function that draws arguments for about n indices.
func Draw(name string, draw func(rng *rand.Rand, n int) kerneltest.Trial) Case {
	return Case{Name: name, Draw: func(rng *rand.Rand, _ device.Caps, n int) kerneltest.Trial { return draw(rng, n) }}
}

// Each calls try with a runner for the calling goroutine and for every device of
// this machine.
func Each(t *testing.T, try func(t *testing.T, r *kerneltest.Runner)) {
	t.Helper()
	t.Run("inline", func(t *testing.T) { try(t, kerneltest.Inline()) })
	for _, found := range device.Probe() {
		if errors.Is(found.Err, device.ErrUnsupported) && strings.Contains(found.Err.Error(), "tag") {
			continue // this build is without the backend
		}
		if found.Err != nil && os.Getenv("CI") == "true" {
			t.Fatalf("CI needs a device of %s: %v", found.Backend, found.Err)
		}
		for _, info := range found.Devices {
			t.Run(info.ID, func(t *testing.T) { onDevice(t, info.ID, try) })
		}
	}
}

func onDevice(t *testing.T, id string, try func(t *testing.T, r *kerneltest.Runner)) {
	dev, err := device.Open(id)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := dev.Close(); err != nil {
			t.Error(err)
		}
	}()
	r, err := kerneltest.NewRunner(dev)
	if err != nil {
		t.Fatal(err)
	}
	try(t, r)
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// sizes of index spaces: none, few, and some around work-groups.
var sizes = []int{0, 1, 2, 3, 17, 255, 256, 257, 700}

// Compare tries every case on the host and on every device, with seeds that follow
// from seed.
func Compare(t *testing.T, seed uint64, cases []Case) {
	t.Helper()
	Each(t, func(t *testing.T, r *kerneltest.Runner) {
		for k, c := range cases {
			rng := rand.New(rand.NewPCG(seed, uint64(k)))
			for _, n := range sizes {
				trial := c.Draw(rng, device.Caps{}, n)
				cuts := kerneltest.RandomCuts(rng, &trial.Launch)
				err := r.Run(&trial.Launch, cuts)
				if err == nil {
					err = trial.Verify()
				}
				if err != nil {
					t.Errorf("%s, %d indices, cut at %v: %v", c.Name, n, cuts, err)
					break
				}
			}
		}
	})
}

// Outcome is an output of a launch, and what it should become.
type Outcome interface{ compare() error }

type outcome[T residency.Element] struct {
	name      string
	got, want []T
}

func (o outcome[T]) compare() error { return Same(o.name, o.got, o.want) }

// Expect is the outcome that got becomes what want does.
func Expect[T residency.Element](name string, got, want []T) Outcome {
	return outcome[T]{name, got, want}
}

// Reference makes a trial of a launch whose reference is any function: it works on
// copies that were made before.
func Reference(l kernels.Launch, run func(), outcomes ...Outcome) kerneltest.Trial {
	return kerneltest.Trial{Launch: l, Verify: func() error {
		run()
		for _, o := range outcomes {
			if err := o.compare(); err != nil {
				return err
			}
		}
		return nil
	}}
}
