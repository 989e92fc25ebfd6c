//go:build unix

package main

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tandem-go/tandem/examples/internal/cli"
)

func processes(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = cli.Run(t.Context(), "processes", run, append([]string{"-devices", "cpu"}, args...), &out, &errs)
	return code, out.String(), errs.String()
}

func TestEcho(t *testing.T) {
	picture := filepath.Join(t.TempDir(), "order.png")
	code, out, errs := processes(t, "-n", "60", "-workers", "3", "-o", picture)
	if code != cli.OK || errs != "" || !strings.HasPrefix(out, "60 × /bin/echo hello on 3 workers") {
		t.Fatalf("exit %d, %q\n%s", code, errs, out)
	}
	for _, word := range []string{"high", "normal", "low", "█"} {
		if !strings.Contains(out, word) {
			t.Errorf("no %q in\n%s", word, out)
		}
	}
	file, err := os.Open(picture)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if img, err := png.Decode(file); err != nil || img.Bounds().Dx() < 300 {
		t.Errorf("the picture: %v", err)
	}
}

func TestMistakes(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"missing program": {[]string{"-n", "3", "-command", "/nowhere/at/all"}, "not found"},
		"failing program": {[]string{"-n", "3", "-command", "/bin/false"}, "exit"},
		"too slow":        {[]string{"-n", "3", "-command", "sleep 10", "-timeout", "10ms"}, "deadline"},
		"no program":      {[]string{"-command", " "}, "-command"},
		"count":           {[]string{"-n", "0"}, "-n"},
		"workers":         {[]string{"-workers", "0"}, "-workers"},
		"timeout":         {[]string{"-timeout", "0s"}, "-timeout"},
		"output":          {[]string{"-o", "/nowhere/at/all"}, "-o"},
	} {
		code, _, errs := processes(t, c.args...)
		if code != cli.Failed || strings.Count(errs, "\n") != 1 || !strings.Contains(errs, c.want) {
			t.Errorf("%s: exit %d, %q", name, code, errs)
		}
	}
}
