package report_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/tandem-go/tandem/examples/internal/report"
	"github.com/tandem-go/tandem/hybrid"
)

func ExampleTally() {
	var t report.Tally
	for range 2 {
		t.Add(&hybrid.Report{Wall: time.Second, Devices: []hybrid.DeviceReport{
			{ID: "opengl:0", Indices: 3000, Busy: 900 * time.Millisecond, Chunks: 4, Uploaded: 1 << 20, Downloaded: 100},
			{ID: "cpu", Indices: 1000, Busy: time.Second, Chunks: 20, Steals: 1},
		}})
	}
	fmt.Println("Who did what:")
	if err := t.Write(os.Stdout, "pixels", 1); err != nil {
		panic(err)
	}
	// Output:
	// Who did what:
	//   device     share  pixels/s  busy  chunks  steals  to it  from it
	//   opengl:0  75.0 %    3.33 k  1.8s       8       0  2 MiB    200 B
	//   cpu       25.0 %    1.00 k    2s      40       2    0 B      0 B
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{report.Count(0), "0.00"},
		{report.Count(999.4), "999"},
		{report.Count(999.6), "1.00 k"},
		{report.Count(12.34e6), "12.3 M"},
		{report.Count(5e15), "5000 T"},
		{report.Bytes(1023), "1023 B"},
		{report.Bytes(1536), "1.5 KiB"},
		{report.Bytes(3 << 40), "3 TiB"},
		{report.Duration(12345 * time.Millisecond), "12.3s"},
		{report.Duration(1234 * time.Millisecond), "1.23s"},
		{report.Duration(1234 * time.Microsecond), "1.23ms"},
		{report.Duration(1234), "1µs"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
