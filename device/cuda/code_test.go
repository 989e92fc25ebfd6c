//go:build cuda && linux && cgo

package cuda

import (
	"strings"
	"testing"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/device/cuda/internal/testkernels"
)

// TestCodeForNewerGPUs has GPUs of several compute capabilities choose among the code
// of one kernel, unless that is not wanted, and looks which the driver was given.
func TestCodeForNewerGPUs(t *testing.T) {
	target := func(sm string) string {
		text := strings.Replace(testkernels.PTX, ".target sm_52", ".target "+sm, 1)
		if text == testkernels.PTX {
			t.Fatal("the kernels are for no sm_52")
		}
		return text
	}
	sm80, sm90 := target("sm_80"), target("sm_90")
	broken := "\n.version 7.8\n.target sm_90\n.address_size 64\n.func broken {\n"
	for name, c := range map[string]struct {
		capability int
		wanted     string
		newer      []device.Code
		text       string
	}{
		"not wanted":             {90, "baseline", []device.Code{{Capability: 90, Text: sm90}}, testkernels.PTX},
		"any other word":         {90, "best", []device.Code{{Capability: 90, Text: sm90}}, sm90},
		"none there":             {90, "", nil, testkernels.PTX},
		"the device is older":    {89, "", []device.Code{{Capability: 90, Text: sm90}}, testkernels.PTX},
		"the device is as new":   {90, "", []device.Code{{Capability: 90, Text: sm90}}, sm90},
		"the device is newer":    {120, "", []device.Code{{Capability: 90, Text: sm90}}, sm90},
		"the newest of several":  {90, "", []device.Code{{Capability: 90, Text: sm90}, {Capability: 80, Text: sm80}}, sm90},
		"the newest that it has": {86, "", []device.Code{{Capability: 80, Text: sm80}, {Capability: 90, Text: sm90}}, sm80},
		"what the driver takes":  {90, "", []device.Code{{Capability: 90, Text: broken}}, testkernels.PTX},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(EnvCode, c.wanted)
			inProcess(t, cudatest.Config{Capability: c.capability})
			d := must(open(first(t)))(t)
			src := testkernels.Source("affine", 1, 3)
			src.Newer = c.newer
			p := must(d.Compile(src))(t)
			if got := p.(*program).module.text; got != c.text {
				at := strings.Index(got, ".target")
				t.Errorf("the driver was given code with %q", got[at:at+len(".target sm_52")])
			}
			b := must(d.Alloc(4096))(t)
			s := must(d.NewStream())(t)
			launchOne(t, s, p, b)
			if err := s.Synchronize(waiting(t)); err != nil {
				t.Error(err)
			}
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}
