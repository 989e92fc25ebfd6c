package devicetest

import (
	"testing"

	"github.com/tandem-go/tandem/device"
)

// Run checks that a device keeps the contract of package device. It calls open
// for every subtest, sometimes twice; open calls t.Fatal when there is no
// device. The suite exhausts the device's memory, so open should give it a small
// capacity where memory is handed out by touching it.
func Run(t *testing.T, open func(t *testing.T) device.Device, programs Programs) {
	t.Helper()
	for _, c := range []struct {
		name  string
		check func(x *env)
	}{
		{"Info", checkInfo},
		{"AllocSizes", checkAllocSizes},
		{"AllocExhaustion", checkAllocExhaustion},
		{"AllocChurn", checkAllocChurn},
		{"TransferSizes", checkTransferSizes},
		{"TransferBounds", checkTransferBounds},
		{"TransferRandom", checkTransferRandom},
		{"LaunchSizes", checkLaunchSizes},
		{"LaunchFloat64", checkLaunchFloat64},
		{"LaunchReusesSlices", checkLaunchReusesSlices},
		{"LaunchGroups", checkLaunchGroups},
		{"LaunchArguments", checkLaunchArguments},
		{"CompileErrors", checkCompileErrors},
		{"CompileTwice", checkCompileTwice},
		{"StreamOrder", checkStreamOrder},
		{"EventStates", checkEventStates},
		{"EventChain", checkEventChain},
		{"EventDiamond", checkEventDiamond},
		{"EventGraph", checkEventGraph},
		{"Goroutines", checkGoroutines},
		{"Foreign", checkForeign},
		{"FreeWhileBusy", checkFreeWhileBusy},
		{"FreeTwice", checkFreeTwice},
		{"StreamClose", checkStreamClose},
		{"DeviceClose", checkDeviceClose},
		{"DeviceCloseBusy", checkDeviceCloseBusy},
		{"DeviceCloseRace", checkDeviceCloseRace},
		{"ContextEnds", checkContextEnds},
		{"StreamFails", checkStreamFails},
		{"FailedEvent", checkFailedEvent},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := newEnv(t, open, programs)
			c.check(x)
			x.finish()
		})
	}
}
