package process_test

import (
	"testing"

	"github.com/tandem-go/tandem/cpuexec/process"
)

// What other systems run must keep every promise, too.
func TestPortably(t *testing.T) {
	process.Portably(t)
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
	} {
		t.Run(test.name, test.run)
	}
}
