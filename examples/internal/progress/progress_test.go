package progress

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestNobodyWatches(t *testing.T) {
	var out bytes.Buffer
	bar := New(&out, "work")
	bar.Set(1, 2)
	bar.Close()
	if out.Len() > 0 {
		t.Errorf("wrote %q to what is no terminal", &out)
	}
}

func TestShown(t *testing.T) {
	var out bytes.Buffer
	bar := &Bar{bar: shown(&out, "work")}
	bar.Set(1, 4)
	time.Sleep(60 * time.Millisecond) // past the throttle
	bar.Set(2, 4)
	bar.Close()
	bar.Set(3, 4) // after Close it shows nothing
	if text := out.String(); !strings.Contains(text, "work") || !strings.Contains(text, "50%") || strings.Contains(text, "75%") {
		t.Errorf("wrote %q", text)
	}
}
