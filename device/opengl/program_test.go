//go:build opengl && linux && cgo

package opengl

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/device"
)

func TestErrorLine(t *testing.T) {
	tests := map[string]struct {
		log  string
		want int
	}{
		"Mesa":            {"0:12(5): error: `x' undeclared\n0:14(1): error: no\n", 12},
		"Mesa, a warning": {"0:3(1): warning: unused\n0:7(2): error: syntax error\n", 7},
		"NVIDIA":          {"0(23) : error C1503: undefined variable \"x\"\n", 23},
		"NVIDIA, warning": {"0(2) : warning C7022: unrecognized\n0(9) : error C0000: syntax error\n", 9},
		"AMD and Intel":   {"ERROR: 0:31: 'x' : undeclared identifier\nERROR: 1 compilation errors.\n", 31},
		"linker":          {"error: too much shared memory used\n", 0},
		"empty":           {"", 0},
		"number too long": {"0:99999999999999999999(1): error: x\n", 0},
	}
	for name, test := range tests {
		if got := errorLine(test.log); got != test.want {
			t.Errorf("%s: line %d, want %d", name, got, test.want)
		}
	}
}

func FuzzErrorLine(f *testing.F) {
	f.Add("0:12(5): error: x\n")
	f.Add("ERROR: 0:31: 'x'\r\n0(1) : error")
	f.Fuzz(func(t *testing.T, log string) {
		if line := errorLine(log); line < 0 {
			t.Errorf("line %d", line)
		}
	})
}

func TestCompileErrorNamesTheLine(t *testing.T) {
	d := openFirst(t)
	tests := map[string]struct {
		text string
		line int
	}{
		"undeclared":     {"#version 430 core\nlayout(local_size_x = 1) in;\nvoid main() {\n\tundeclared = 1;\n}\n", 4},
		"after #line":    {"#version 430 core\nlayout(local_size_x = 1) in;\n#line 1\nvoid main() {\n\tundeclared = 1;\n}\n", 2},
		"no version":     {"void main( {", 0},
		"not text":       {"\xff\xfe\x00\x01", 0},
		"empty":          {"", 0},
		"link error":     {"#version 430 core\nlayout(local_size_x = 1) in;\nvoid f();\nvoid main() { f(); }\n", 0},
		"shared too big": {"#version 430 core\nlayout(local_size_x = 1) in;\nshared uint s[1 << 24];\nlayout(std430, binding = 0) buffer b { uint v[]; };\nvoid main() { s[v[0]] = 1u; barrier(); v[1] = s[v[2]]; }\n", 0},
	}
	for name, test := range tests {
		_, err := d.Compile(device.Source{Name: "broken", Language: device.GLSL, Text: test.text})
		refused, ok := errors.AsType[*device.CompileError](err)
		if !ok {
			t.Errorf("%s: %v, want a *device.CompileError", name, err)
			continue
		}
		if refused.Kernel != "broken" || test.line > 0 && refused.Line != test.line || refused.Log == "" {
			t.Errorf("%s: kernel %q, line %d, want %d; log:\n%s", name, refused.Kernel, refused.Line, test.line, refused.Log)
		}
		if wrapped, ok := errors.AsType[*device.Error](err); !ok || wrapped.Op != "compile" {
			t.Errorf("%s: %v is no *device.Error of compile", name, err)
		}
	}
}

func TestProgramsOfOneTextShareATranslation(t *testing.T) {
	d := openFirst(t)
	a := must(d.Compile(addSource))(t).(*program)
	b := must(d.Compile(addSource))(t).(*program)
	if a == b || a.t != b.t {
		t.Fatal("two programs of one text are not two with one translation")
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	buffer := must(d.Alloc(4))(t)
	s := must(d.NewStream())(t)
	add(t, s, b, buffer, 1, 1) // survives the other's end
	if err := s.Synchronize(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestCacheIsBounded(t *testing.T) {
	d := openFirst(t)
	kept := must(d.Compile(addSource))(t)
	for i := range cacheSize + 10 {
		text := fmt.Sprintf("#version 430 core\nlayout(local_size_x = 1) in;\nvoid main() {}\n// %d", i)
		p := must(d.Compile(device.Source{Name: "nothing", Language: device.GLSL, Text: text}))(t)
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	}
	d.mu.Lock()
	n, alive := len(d.cache), d.cache[addText] == kept.(*program).t
	d.mu.Unlock()
	if n > cacheSize || !alive {
		t.Errorf("%d translations are kept, at most %d; the one in use is there: %v", n, cacheSize, alive)
	}
}

// turnsText lets loops turn tandem_word[0] times in all, in the nest that a
// driver's limit is hardest on: the inner loop turns once.
const turnsText = `#version 430 core
layout(local_size_x = 64) in;
layout(location = 0) uniform uint tandem_word[2];
layout(std430, binding = 0) buffer values { uint value[]; };
void main() {
	uint n = 0u, i = gl_GlobalInvocationID.x;
	for (uint k = 0u; k < tandem_word[0] / 2u; k++) {
		n++;
		for (uint j = 0u; j < tandem_word[1]; j++) n += 1u + (value[i] & 0u);
	}
	value[i] = n;
}
`

func TestLoopsTurnAsOftenAsStated(t *testing.T) {
	d := openFirst(t)
	turns := uint32(d.info.Caps.MaxIterations) &^ 1
	if turns == 0 {
		turns = probeTurns
	}
	p := must(d.Compile(device.Source{Name: "turns", Language: device.GLSL, Text: turnsText, Buffers: 1, Scalars: 2}))(t)
	b := must(d.Alloc(4 * 64))(t)
	s := must(d.NewStream())(t)
	got := make([]byte, 4*64)
	if err := errors.Join(
		s.Upload(b, 0, got),
		s.Launch(p, device.Dispatch{Groups: [3]int{1, 1, 1}, Buffers: []device.Buffer{b}, Scalars: []uint32{turns, 1}}),
		s.Download(got, b, 0), s.Synchronize(t.Context())); err != nil {
		t.Fatal(err)
	}
	for i, n := range words(got) {
		if n != turns {
			t.Fatalf("the loops of invocation %d turned %d times, want %d", i, n, turns)
		}
	}
}

// TestLargeBuffer is why maxBuffer believes llvmpipe capable of more than it
// states: the far end of a buffer above the stated 128 MiB can be written.
func TestLargeBuffer(t *testing.T) {
	if testing.Short() {
		t.Skip("moves a gigabyte")
	}
	d := openFirst(t)
	const nbytes = 640 << 20
	if d.info.Caps.MaxBuffer < nbytes || d.info.Memory < nbytes {
		t.Skip("the device states that it takes less")
	}
	text := strings.ReplaceAll(addText, "value[i] +=", "value[value.length() - 1 - int(i)] +=")
	p := must(d.Compile(device.Source{Name: "far", Language: device.GLSL, Text: text, Buffers: 1, Scalars: 2}))(t)
	b := must(d.Alloc(nbytes))(t)
	s := must(d.NewStream())(t)
	got := make([]byte, 4096)
	if err := s.Upload(b, nbytes-4096, got); err != nil {
		t.Fatal(err)
	}
	add(t, s, p, b, 1024, 7)
	if err := errors.Join(s.Download(got, b, nbytes-4096), s.Synchronize(t.Context())); err != nil {
		t.Fatal(err)
	}
	for i, w := range words(got) {
		if w != 7 {
			t.Fatalf("word %d from the end is %d, want 7", 1024-i, w)
		}
	}
}
