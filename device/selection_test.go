package device_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/device"
)

var errNoLibrary = errors.New("libcuda.so.1 is not there")

// machine is a machine with two OpenGL devices, the CPU and no CUDA.
func machine() []device.Found {
	return []device.Found{
		{Backend: "cpu", Devices: []device.Info{{ID: "cpu"}}},
		{Backend: "cuda", Err: errNoLibrary},
		{Backend: "opengl", Devices: []device.Info{{ID: "opengl:0"}, {ID: "opengl:1"}, {ID: "opengl:10"}}},
	}
}

func TestChoose(t *testing.T) {
	for _, c := range []struct{ patterns, want string }{
		{"", "cpu opengl:0 opengl:1 opengl:10"},
		{"*", "cpu opengl:0 opengl:1 opengl:10"},
		{"cpu", "cpu"},
		{"cpu:*", "cpu"},
		{"opengl", "opengl:0 opengl:1 opengl:10"},
		{"opengl:*", "opengl:0 opengl:1 opengl:10"},
		{"opengl:1", "opengl:1"},
		{"opengl:10 opengl:0", "opengl:10 opengl:0"},
		{"opengl:1 *", "opengl:1 cpu opengl:0 opengl:10"},
		{"cpu cpu opengl:0 opengl", "cpu opengl:0 opengl:1 opengl:10"},
		{"cuda:* cpu", "cpu"}, // a wildcard may match nothing
		{"rocm:*", ""},
	} {
		sel, err := device.Select(strings.Fields(c.patterns)...)
		if err != nil {
			t.Fatal(err)
		}
		ids, err := sel.Choose(machine())
		if err != nil || strings.Join(ids, " ") != c.want {
			t.Errorf("%q chooses %v and %v, want %s", c.patterns, ids, err, c.want)
		}
	}
	var everything device.Selection
	if ids, err := everything.Choose(machine()); err != nil || len(ids) != 4 {
		t.Errorf("the zero selection chooses %v, %v", ids, err)
	}
}

func TestChooseNothing(t *testing.T) {
	for name, c := range map[string]struct {
		found []device.Found
		says  []string
		wraps error
	}{
		"cuda:0":   {machine(), []string{"cuda:0", "device selection"}, errNoLibrary},
		"cuda":     {machine(), []string{"cuda"}, errNoLibrary},
		"opengl:2": {machine(), []string{"opengl:2", "cpu, opengl:0, opengl:1, opengl:10"}, nil},
		"cpu:0":    {machine(), []string{"cpu:0", "this machine has cpu"}, nil},
		"rocm":     {machine(), []string{"rocm", "this machine has cpu"}, nil},
		"sim:0":    {nil, []string{"sim:0", "this machine has none"}, nil},
	} {
		sel, err := device.Select("*", name)
		if err != nil {
			t.Fatal(err)
		}
		ids, err := sel.Choose(c.found)
		e, ok := errors.AsType[*device.Error](err)
		if ids != nil || !ok || e.Op != "select" || e.Device != name || !errors.Is(err, device.ErrNoDevice) {
			t.Errorf("%s: chose %v with error %v, want ErrNoDevice", name, ids, err)
			continue
		}
		if c.wraps != nil && !errors.Is(err, c.wraps) {
			t.Errorf("%s: the error %q does not give the backend's reason", name, err)
		}
		for _, text := range c.says {
			if !strings.Contains(err.Error(), text) {
				t.Errorf("%s: the error %q does not say %q", name, err, text)
			}
		}
	}
}

func TestSelectMalformed(t *testing.T) {
	for _, name := range []string{
		"", " ", ":", ":0", "opengl:", "opengl:x", "opengl:-1", "opengl:0:1", "open gl", "OpenGL", "*:0", "**", "opengl:**", "cpu,opengl", "é",
	} {
		_, err := device.Select("cpu", name)
		if e, ok := errors.AsType[*device.Error](err); !ok || !errors.Is(err, device.ErrInvalid) || e.Op != "select" {
			t.Errorf("%q: the error is %v, want ErrInvalid", name, err)
		}
	}
}

func TestSelectionFromEnv(t *testing.T) {
	for text, want := range map[string]string{
		"cpu":              "cpu",
		" opengl:1 , cpu ": "opengl:1 cpu",
		"*":                "cpu opengl:0 opengl:1 opengl:10",
	} {
		t.Setenv(device.EnvDevices, text)
		sel, set, err := device.SelectionFromEnv()
		if err != nil || !set {
			t.Errorf("%q: set %v, error %v", text, set, err)
			continue
		}
		if ids, err := sel.Choose(machine()); err != nil || strings.Join(ids, " ") != want {
			t.Errorf("%q chooses %v and %v, want %s", text, ids, err, want)
		}
	}
	for _, text := range []string{"", "  "} {
		t.Setenv(device.EnvDevices, text)
		if _, set, err := device.SelectionFromEnv(); set || err != nil {
			t.Errorf("%q: set %v, error %v; want neither", text, set, err)
		}
	}
	for _, text := range []string{",", "cpu,", "cpu;opengl", "GPU"} {
		t.Setenv(device.EnvDevices, text)
		_, set, err := device.SelectionFromEnv()
		if !set || !errors.Is(err, device.ErrInvalid) || !strings.Contains(err.Error(), device.EnvDevices) {
			t.Errorf("%q: set %v, error %v; want ErrInvalid that names the variable", text, set, err)
		}
	}
	t.Setenv(device.EnvDevices, "cuda:0")
	sel, _, _ := device.SelectionFromEnv()
	if _, err := sel.Choose(machine()); err == nil || !strings.Contains(err.Error(), device.EnvDevices) {
		t.Errorf("the error %v does not name the variable", err)
	}
}

func TestExact(t *testing.T) {
	sel, err := device.Select("opengl:1", "cuda:*", "cpu")
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]bool{"opengl:1": true, "cpu": true, "opengl:0": false, "cuda:0": false} {
		if sel.Exact(id) != want {
			t.Errorf("Exact(%q) is %v", id, !want)
		}
	}
}

// FuzzSelect takes any text: what is accepted chooses only what is there,
// without repetition, and what is refused is refused with a typed error.
func FuzzSelect(f *testing.F) {
	for _, text := range []string{"", "*", "cpu", "opengl:0,cpu", "opengl:*,opengl:1", "cuda:0", ":", "a:b", "é,*", "cpu:00"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		names := strings.Split(text, ",")
		sel, err := device.Select(names...)
		if err != nil {
			if !errors.Is(err, device.ErrInvalid) {
				t.Errorf("Select(%q): %v, want ErrInvalid", names, err)
			}
			return
		}
		ids, err := sel.Choose(machine())
		if err != nil {
			if !errors.Is(err, device.ErrNoDevice) || ids != nil {
				t.Errorf("%q chooses %v, %v", names, ids, err)
			}
			return
		}
		all := []string{"cpu", "opengl:0", "opengl:1", "opengl:10"}
		for i, id := range ids {
			if !slices.Contains(all, id) || slices.Contains(ids[:i], id) {
				t.Errorf("%q chooses %v", names, ids)
			}
		}
		for _, name := range names {
			name = strings.TrimSpace(name)
			if slices.Contains(all, name) && (!slices.Contains(ids, name) || !sel.Exact(name)) {
				t.Errorf("%q chooses %v and leaves %s out", names, ids, name)
			}
		}
	})
}
