package sim

import (
	"errors"
	"fmt"
	"time"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/internal/soft"
)

// ErrInjected is wrapped by the error of every fault, so that a test can tell
// it from one of the device's own.
var ErrInjected = errors.New("injected fault")

// FaultKind is what goes wrong.
type FaultKind int

// The kinds of faults. The first five fail operations of one sort; the others
// concern the device and count allocations, compilations, transfers and
// launches together.
const (
	FailAlloc    FaultKind = iota + 1 // gives ErrOutOfMemory
	FailCompile                       // gives a CompileError
	FailUpload                        // gives ErrInjected, as the next two do
	FailDownload                      //
	FailLaunch                        //
	Lose                              // the device is lost: ErrLost from now on
	Hang                              // commands never end, until the device is closed
	Slow                              // commands take Factor times as long
	Delay                             // commands end Delay later than they should, silently
)

var kindNames = map[FaultKind]string{
	FailAlloc: "FailAlloc", FailCompile: "FailCompile", FailUpload: "FailUpload", FailDownload: "FailDownload",
	FailLaunch: "FailLaunch", Lose: "Lose", Hang: "Hang", Slow: "Slow", Delay: "Delay",
}

// String returns the kind's name.
func (k FaultKind) String() string {
	if name, ok := kindNames[k]; ok {
		return name
	}
	return fmt.Sprintf("FaultKind(%d)", int(k))
}

// op is the operation that a kind concerns, nothing for all of them.
func (k FaultKind) op() soft.Op {
	switch k {
	case FailAlloc:
		return soft.Alloc
	case FailCompile:
		return soft.Compile
	case FailUpload:
		return soft.Upload
	case FailDownload:
		return soft.Download
	case FailLaunch:
		return soft.Launch
	}
	return ""
}

// Fault is something that goes wrong. Either At or After tells when.
type Fault struct {
	Kind FaultKind
	// At is the number, from 1, of the first operation concerned.
	At int
	// After is the time since Open at which the fault begins. A device that
	// is lost, hangs or slows down does so in the middle of a command; the
	// other kinds concern the operations that are asked for from then on.
	After time.Duration
	// Count is how many operations are concerned. Zero means one for the
	// failing kinds and all that follow for Slow and Delay. Lose and Hang
	// are for ever and take none.
	Count int
	// Refuse makes a transfer or launch fail at the call, with nothing
	// enqueued and the stream as good as before. Otherwise the command fails
	// when its time has come, and its stream stays failed.
	Refuse bool
	// Err replaces the error that the kind gives, for the failing kinds and
	// Lose. It is wrapped together with ErrInjected.
	Err error
	// Factor is how many times longer commands take, for Slow.
	Factor float64
	// Delay is by how much commands end later, for the kind Delay.
	Delay time.Duration
}

func (f *Fault) validate() error {
	forEver := f.Kind == Lose || f.Kind == Hang
	switch {
	case kindNames[f.Kind] == "":
		return fmt.Errorf("%v is no kind of fault", f.Kind)
	case (f.At > 0) == (f.After > 0) || f.At < 0 || f.After < 0:
		return fmt.Errorf("%v at %d, after %v; want one of them positive", f.Kind, f.At, f.After)
	case f.Count < 0 || forEver && f.Count > 0:
		return fmt.Errorf("%v cannot concern %d operations", f.Kind, f.Count)
	case f.Kind == Slow && f.Factor <= 0:
		return fmt.Errorf("%v needs a positive Factor, not %v", f.Kind, f.Factor)
	case f.Kind == Slow && f.After > 0 && f.Count > 0:
		return fmt.Errorf("%v after %v goes on for ever and takes no Count", f.Kind, f.After)
	case f.Kind == Delay && f.Delay <= 0:
		return fmt.Errorf("%v needs a positive Delay, not %v", f.Kind, f.Delay)
	}
	return nil
}

// err is what the fault's operations fail with.
func (f *Fault) err() error {
	cause := f.Err
	if cause == nil {
		switch f.Kind {
		case FailAlloc:
			cause = device.ErrOutOfMemory
		case FailCompile:
			cause = &device.CompileError{Kernel: "simulated", Log: "the compiler was told to refuse"}
		case Hang:
			cause = device.ErrTimeout
		}
	}
	if f.Kind == Lose && !errors.Is(cause, device.ErrLost) {
		cause = join(device.ErrLost, cause)
	}
	return join(cause, fmt.Errorf("%w (%v)", ErrInjected, f.Kind))
}

// join wraps two errors, either of which may be nil.
func join(a, b error) error {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return fmt.Errorf("%w: %w", a, b)
}
