package process_test

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/tandem-go/tandem/cpuexec/process"
)

// What other systems run must keep every promise, too.
func TestPortably(t *testing.T) {
	keepPromises(t, process.Portably)
}

// Whoever waits without Go's knowledge must notice all the same what other
// goroutines want of the program, and stop when Go wants the processor for itself.
func TestHolding(t *testing.T) {
	collecting := make(chan struct{})
	var collector sync.WaitGroup
	collector.Go(func() {
		for {
			select {
			case <-collecting:
				return
			default:
				runtime.GC()
				time.Sleep(time.Millisecond)
			}
		}
	})
	t.Cleanup(func() { close(collecting); collector.Wait() })
	keepPromises(t, process.Holding)
}

// keepPromises runs the tests of everything that a way to run programs must do.
func keepPromises(t *testing.T, way func(t *testing.T)) {
	for _, test := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"OutputAndCost", TestOutputAndCost},
		{"WaysToFail", TestWaysToFail},
		{"ExitCodeAndComplaint", TestExitCodeAndComplaint},
		{"KilledBySomebody", TestKilledBySomebody},
		{"MuchOnStderr", TestMuchOnStderr},
		{"MuchOnBothPipes", TestMuchOnBothPipes},
		{"OutputLimit", TestOutputLimit},
		{"OutputLimitOfProgramThatEndsByItself", TestOutputLimitOfProgramThatEndsByItself},
		{"ContextEndsTheGroup", TestContextEndsTheGroup},
		{"DeadlineIsTheError", TestDeadlineIsTheError},
		{"CancelledWhileReadingInput", TestCancelledWhileReadingInput},
		{"Input", TestInput},
		{"DescendantKeepsOutputOpen", TestDescendantKeepsOutputOpen},
		{"DescendantLeavesTheGroup", TestDescendantLeavesTheGroup},
		{"NothingIsLeft", TestNothingIsLeft},
		{"ManyAtOnceLeaveNoDescriptor", TestManyAtOnceLeaveNoDescriptor},
	} {
		t.Run(test.name, func(t *testing.T) {
			way(t)
			test.run(t)
		})
	}
}
