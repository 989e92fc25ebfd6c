package host_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/devicetest"
	"github.com/tandem-go/tandem/device/host"
)

func TestConformance(t *testing.T) {
	devicetest.Run(t, func(t *testing.T) device.Device {
		d, err := host.Open(256 << 20)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}, devicetest.GoPrograms())
}

func TestRegistered(t *testing.T) {
	for _, found := range device.Probe() {
		if found.Backend == host.ID {
			if found.Err != nil || len(found.Devices) != 1 || found.Devices[0] != host.Info() {
				t.Errorf("the backend answers %+v", found)
			}
		}
	}
	d, err := device.Open(host.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if d.Info() != host.Info() {
		t.Errorf("the device says %+v, the backend %+v", d.Info(), host.Info())
	}
	if _, err := device.Open("cpu:1"); !errors.Is(err, device.ErrNoDevice) {
		t.Errorf("opening cpu:1: %v, want ErrNoDevice", err)
	}
	if _, err := host.Open(-1); !errors.Is(err, device.ErrInvalid) {
		t.Errorf("opening with a negative memory: %v, want ErrInvalid", err)
	}
}

func TestInfo(t *testing.T) {
	info := host.Info()
	if !info.Caps.HostCores || !info.Caps.Float64 || info.Caps.Language != device.Go {
		t.Errorf("the host's abilities are %+v", info.Caps)
	}
	if !strings.HasPrefix(info.Driver, "go") || !strings.HasSuffix(info.Driver, runtime.GOARCH) {
		t.Errorf("the driver is %q", info.Driver)
	}
	if info.Memory < 1<<20 || info.Name == "" {
		t.Errorf("memory %d, name %q", info.Memory, info.Name)
	}
}

// launch runs f as a program on a stream of its own and returns the stream's error.
func launch(t *testing.T, f func(device.HostCall)) error {
	t.Helper()
	d, err := host.Open(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	p, err := d.Compile(device.Source{Name: "bad", Language: device.Go, Func: f})
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.NewStream()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Launch(p, device.Dispatch{Groups: [3]int{1, 1, 1}}); err != nil {
		t.Fatal(err)
	}
	return s.Close()
}

func TestPanicFailsStream(t *testing.T) {
	cause := errors.New("this is why")
	err := launch(t, func(device.HostCall) { panic(cause) })
	e, ok := errors.AsType[*device.PanicError](err)
	if !ok || !errors.Is(err, cause) {
		t.Fatalf("the stream's error is %v, want a PanicError with the cause", err)
	}
	if e.Kernel != "bad" || e.Value != any(cause) || !strings.Contains(string(e.Stack), "host_test") {
		t.Errorf("kernel %q, value %v, stack %s", e.Kernel, e.Value, e.Stack)
	}
	if want := "device: cpu: launch: kernel bad panicked: this is why"; err.Error() != want {
		t.Errorf("the text is %q, want %q", err, want)
	}
}

func TestGoexitFailsStream(t *testing.T) {
	err := launch(t, func(device.HostCall) { runtime.Goexit() })
	if _, ok := errors.AsType[*device.PanicError](err); !ok {
		t.Fatalf("the stream's error is %v, want a PanicError", err)
	}
}
