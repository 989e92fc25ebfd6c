//go:build cuda && linux && cgo

package cudatest_test

import (
	"strings"
	"testing"

	"github.com/tandem-go/tandem/device/cuda/cudatest"
	"github.com/tandem-go/tandem/device/cuda/cudatest/internal/drive"
)

const head = ".version 7.8\n.target sm_52\n.address_size 64\n"

func TestPTXErrors(t *testing.T) {
	start(t, cudatest.Config{Capability: 70})
	for _, c := range []struct {
		text, log string
		code      int
	}{
		{"", "missing .version", drive.InvalidPTX},
		{"int main() {}", "line 1; fatal   : Parsing error near 'int': missing .version", drive.InvalidPTX},
		{".version 7.8\n.address_size 64\n", "missing .version, .target", drive.InvalidPTX},
		{head + ".visible .entry f()\n{\n\tbogus.f32 %f1;\n\tret;\n}\n", "line 6; fatal   : Parsing error near 'bogus.f32': syntax error", drive.InvalidPTX},
		{head + ".visible .entry f()\n{\n\tret;\n", "unexpected end of file", drive.InvalidPTX},
		{head + ".visible .entry f(\n\t.param .u64 a\n{\n\tret;\n}\n", "syntax error", drive.InvalidPTX},
		{head + "}\n", "syntax error", drive.InvalidPTX},
		{strings.Replace(head, "7.8", "9.9", 1), "Unsupported .version 9.9", drive.UnsupportedPTX},
		{strings.Replace(head, "sm_52", "sm_90a", 1), "higher than default", drive.InvalidPTX},
		{head + ".visible .entry axpy(.param .u64 a)\n{\n\tret;\n}\n", "axpy has 1 parameters in PTX and 4 as a host kernel", drive.InvalidPTX},
		{
			head + ".visible .entry divide(.param .u64 a, .param .u64 b)\n{\n\tret;\n}\n",
			"parameter 1 of divide has 8 bytes in PTX and 4 as a host kernel", drive.InvalidPTX,
		},
	} {
		_, log, r := drive.Load(c.text)
		if r != c.code || !strings.Contains(log, c.log) {
			t.Errorf("%q gives %s and %q, want %s and %q", c.text, drive.ErrorName(r), log, drive.ErrorName(c.code), c.log)
		}
	}
	if live := cudatest.Live(); len(live) != 1 {
		t.Errorf("left: %v", live)
	}
}

func TestPTXAttributes(t *testing.T) {
	x := start(t, cudatest.Config{})
	m, log, r := drive.Load(`// made by hand
.version 7.8
.target sm_52, debug
.address_size 64
.extern .shared .align 16 .b8 dynamic[];
.visible .entry reverse(
	.param .u64 reverse_param_0 /* of data */
)
.maxntid 16, 4, 1
.minnctapersm 2
{
	.reg .b64 %rd<3>;
	.shared .align 4 .b8 tile[4096];
	.shared .f64 one;
	ld.param.u64 %rd1, [reverse_param_0];
	@%p1 bra $L__BB0_1;
$L__BB0_1:
	{
	.reg .b32 t;
	st.shared.f64 [one], %fd1;
	}
	call.uni (retval0), vprintf, (param0, param1);
	ret;
}
.visible .entry unknown() { ret; }
`)
	if r != drive.Success {
		t.Fatal(log)
	}
	f, r := drive.GetFunction(m, "reverse")
	x.ok(r)
	for attribute, want := range map[int]int{0: 64, 1: 4104, 4: 32, 5: 78, 6: 80, 8: 48<<10 - 4104} {
		got, r := drive.FuncAttribute(f, attribute)
		x.ok(r)
		if got != want {
			t.Errorf("attribute %d is %d, want %d", attribute, got, want)
		}
	}
	x.want(drive.Launch(f, [3]int{1, 1, 1}, [3]int{65, 1, 1}, 0, nil, x.alloc(4096)), drive.InvalidValue)
	x.want(drive.Launch(f, [3]int{1, 1, 1}, [3]int{64, 1, 1}, 48<<10, nil, x.alloc(4096)), drive.InvalidValue)
	x.ok(drive.SetFuncAttribute(f, 8, 100<<10))
	x.ok(drive.Launch(f, [3]int{1, 1, 1}, [3]int{64, 1, 1}, 100<<10, nil, x.alloc(4096)))
	x.want(drive.SetFuncAttribute(f, 8, 163<<10), drive.InvalidValue)
	for _, grid := range [][3]int{{0, 1, 1}, {1, 65536, 1}, {1, 1, 65536}} {
		x.want(drive.Launch(f, grid, [3]int{1, 1, 1}, 0, nil, x.alloc(4096)), drive.InvalidValue)
	}
	_, r = drive.GetFunction(m, "nothing")
	x.want(r, drive.NotFound)
	_, r = drive.GetFunction(m, "unknown") // no host kernel
	x.want(r, drive.NotFound)
	if got := cudatest.Complaints(); len(got) != 1 || !strings.Contains(got[0], "unknown") {
		t.Errorf("complaints: %q", got)
	}
	x.ok(drive.Unload(m))
	x.want(drive.Launch(f, [3]int{1, 1, 1}, [3]int{1, 1, 1}, 0, nil, drive.Ptr(0)), drive.InvalidHandle)
}

// The reader takes whatever it is given without a fault, and what a real
// compiler has made without an error.
func FuzzPTX(f *testing.F) {
	f.Add(drive.PTX)
	f.Add(head + "/*")
	f.Add(head + ".visible .entry f(.param .b8 x[")
	f.Add(head + ".global .align 4 .b8 t[4] = {1, 2, 3, 4};")
	f.Add(head + ".entry f() { .shared .b8 x; @")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "\x00") {
			t.Skip("a C text ends there")
		}
		x := start(t, cudatest.Config{})
		m, log, r := drive.Load(text)
		if r == drive.Success {
			x.ok(drive.Unload(m))
		} else if log == "" {
			t.Error("an error without a log")
		}
	})
}
