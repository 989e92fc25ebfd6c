package device_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/device"
)

// fake is a backend that lists devices and opens none.
type fake struct {
	name string
	ids  []string
	err  error
}

func (f fake) Name() string { return f.name }

func (f fake) Discover() ([]device.Info, error) {
	var infos []device.Info
	for _, id := range f.ids {
		infos = append(infos, device.Info{ID: id, Backend: f.name})
	}
	return infos, f.err
}

func (f fake) Open(id string) (device.Device, error) {
	return nil, &device.Error{Op: "open", Device: id, Err: device.ErrUnsupported}
}

func TestRegistry(t *testing.T) {
	t.Cleanup(device.KeepBackends())
	missing := errors.New("the library is missing")
	device.Register(fake{name: "zeta", ids: []string{"zeta:0", "zeta:1"}})
	device.Register(fake{name: "alpha", err: missing})

	found := device.Probe()
	if !slices.IsSortedFunc(found, func(a, b device.Found) int { return strings.Compare(a.Backend, b.Backend) }) {
		t.Errorf("the backends are not in the order of their names: %+v", found)
	}
	for _, f := range found {
		switch f.Backend {
		case "zeta":
			if len(f.Devices) != 2 || f.Devices[1].ID != "zeta:1" || f.Err != nil {
				t.Errorf("zeta answers %+v", f)
			}
		case "alpha":
			if len(f.Devices) != 0 || !errors.Is(f.Err, missing) {
				t.Errorf("alpha answers %+v", f)
			}
		}
	}
	for id, want := range map[string]error{
		"zeta:0": device.ErrUnsupported, // reached its backend
		"zeta":   device.ErrUnsupported,
		"eta:0":  device.ErrNoDevice,
		"":       device.ErrNoDevice,
	} {
		d, err := device.Open(id)
		if e, ok := errors.AsType[*device.Error](err); d != nil || !ok || !errors.Is(err, want) || e.Op != "open" || e.Device != id {
			t.Errorf("Open(%q) gives %v, want %v", id, err, want)
		}
	}
}

func TestRegisterTwice(t *testing.T) {
	t.Cleanup(device.KeepBackends())
	device.Register(fake{name: "beta"})
	defer func() {
		text, _ := recover().(string)
		if !strings.Contains(text, "beta") {
			t.Errorf("the panic says %q, want the backend's name", text)
		}
	}()
	device.Register(fake{name: "beta"})
	t.Error("registering a name twice does not panic")
}

// A selection asks nobody that it can't choose from.
func TestSelectionProbe(t *testing.T) {
	device.Register(fake{name: "asked", ids: []string{"asked:0"}})
	device.Register(fake{name: "left", ids: []string{"left:0"}})
	for _, c := range []struct {
		names []string
		want  bool // that "left" is asked
	}{
		{[]string{"asked:0"}, false},
		{[]string{"asked"}, false},
		{[]string{"asked", "left:*"}, true},
		{[]string{"asked", "*"}, true},
		{nil, true},
	} {
		selection, err := device.Select(c.names...)
		if err != nil {
			t.Fatal(err)
		}
		backends := map[string]bool{}
		for _, f := range selection.Probe() {
			backends[f.Backend] = true
		}
		if !backends["asked"] || backends["left"] != c.want {
			t.Errorf("%q asked %v", c.names, backends)
		}
	}
}
