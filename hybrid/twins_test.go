package hybrid

import (
	"slices"
	"testing"

	"github.com/tandem-go/tandem/device"
)

func TestTwins(t *testing.T) {
	info := func(id, gpu string, lang device.Language) device.Info {
		return device.Info{ID: id, GPU: gpu, Caps: device.Caps{Language: lang}}
	}
	found := []device.Found{
		{Backend: "cpu", Devices: []device.Info{info("cpu", "", "")}},
		{Backend: "cuda", Devices: []device.Info{info("cuda:0", "uuid a", device.CUDA), info("cuda:1", "uuid b", device.CUDA)}},
		{Backend: "opengl", Devices: []device.Info{
			info("opengl:0", "uuid b", device.GLSL), info("opengl:1", "cuda:0", device.GLSL),
			info("opengl:2", "uuid c", device.GLSL), info("opengl:3", "", device.GLSL),
		}},
	}
	all := []string{"opengl:0", "opengl:1", "cpu", "cuda:0", "opengl:2", "cuda:1", "opengl:3"}
	want := []string{"cpu", "cuda:0", "opengl:2", "cuda:1", "opengl:3", "opengl:0", "opengl:1"}
	if got := twinsLast(all, found); !slices.Equal(got, want) {
		t.Errorf("the order is %v, want %v", got, want)
	}
	byName, err := device.Select("*", "opengl:1")
	if err != nil {
		t.Fatal(err)
	}
	s := &Scheduler{cfg: &config{selection: byName}, devices: []*member{{info: found[1].Devices[0]}, {info: found[1].Devices[1]}}}
	for id, want := range map[string]string{
		"cpu": "", "cuda:1": "", "opengl:0": "cuda:1",
		"opengl:1": "", // asked for by its own name
		"opengl:2": "", "opengl:3": "",
	} {
		if got := s.twin(id, found); got != want {
			t.Errorf("the twin of %s is %q, want %q", id, got, want)
		}
	}
	s.devices = s.devices[:1] // cuda:1 could not be opened
	if got := s.twin("opengl:0", found); got != "" {
		t.Errorf("a GPU that CUDA could not open is left out because of %q", got)
	}
}
