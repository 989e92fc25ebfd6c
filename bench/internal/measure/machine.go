package measure

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
)

// Machine is what results were measured on. What this system doesn't tell is "".
type Machine struct {
	ID       string `json:"id"` // of what must be the same for two results to be compared
	CPU      string `json:"cpu"`
	Cores    int    `json:"cores"` // that this process may use
	Memory   int64  `json:"memory"`
	OS       string `json:"os"`
	Kernel   string `json:"kernel"`
	Platform string `json:"platform"` // "linux/amd64"
	Governor string `json:"governor"` // of the processor's frequency
	Load     string `json:"load"`     // averages of 1, 5 and 15 minutes, when the run began
	Go       string `json:"go"`
	Commit   string `json:"commit"` // of Tandem
	At       string `json:"at"`     // when the run began, RFC 3339

	Devices []Device `json:"devices,omitempty"`
}

// Device is one of a machine's.
type Device struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Driver string `json:"driver"`
}

// ThisMachine describes the machine it runs on.
func ThisMachine(ctx context.Context) *Machine {
	m := &Machine{
		CPU:      field("/proc/cpuinfo", "model name"),
		Cores:    runtime.NumCPU(),
		OS:       strings.Trim(field("/etc/os-release", "PRETTY_NAME"), `"`),
		Kernel:   line("/proc/sys/kernel/osrelease"),
		Platform: runtime.GOOS + "/" + runtime.GOARCH,
		Governor: line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
		Load:     strings.Join(head(strings.Fields(line("/proc/loadavg")), 3), " "),
		Go:       runtime.Version(),
		Commit:   commit(ctx),
		At:       time.Now().UTC().Format(time.RFC3339),
	}
	if kib, err := strconv.ParseInt(strings.TrimSuffix(field("/proc/meminfo", "MemTotal"), " kB"), 10, 64); err == nil {
		m.Memory = kib << 10
	}
	m.ID = m.identify()
	return m
}

// identify names what a result depends on and no run changes: processor, cores,
// memory to the GiB, platform. The system's version is left out, so that its
// upgrade can be judged.
func (m *Machine) identify() string {
	gib := int64(math.Round(float64(m.Memory) / (1 << 30)))
	sum := sha256.Sum256(fmt.Appendf(nil, "%s|%d|%d|%s", m.CPU, m.Cores, gib, m.Platform))
	return hex.EncodeToString(sum[:6])
}

// String is a line about the machine.
func (m *Machine) String() string {
	cpu := m.CPU
	if cpu == "" {
		cpu = m.Platform
	}
	text := fmt.Sprintf("%s, %d cores", cpu, m.Cores)
	if m.Memory > 0 {
		text += fmt.Sprintf(", %.0f GiB", float64(m.Memory)/(1<<30))
	}
	if m.OS != "" {
		text += ", " + m.OS
	}
	text += ", " + m.Go
	if m.Governor != "" {
		text += ", governor " + m.Governor
	}
	if m.Load != "" {
		text += ", load " + m.Load
	}
	return text
}

// field finds the first "key: value" or "key=value" of a file.
func field(path, key string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	for l := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(l, string(separator(l))); ok && strings.TrimSpace(name) == key {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func separator(l string) byte {
	if i := strings.IndexAny(l, ":="); i >= 0 {
		return l[i]
	}
	return ':'
}

func line(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

func head(words []string, n int) []string { return words[:min(n, len(words))] }

// commit is what the program was built from, or else what lies around it.
func commit(ctx context.Context) string {
	if info, ok := debug.ReadBuildInfo(); ok {
		var revision string
		var modified bool
		for _, kv := range info.Settings {
			switch kv.Key {
			case "vcs.revision":
				revision = kv.Value[:min(12, len(kv.Value))]
			case "vcs.modified":
				modified = kv.Value == "true"
			}
		}
		if revision != "" {
			return withChanges(revision, modified)
		}
	}
	dir, err := os.Getwd()
	if err != nil {
		return "unknown"
	}
	git := func(args ...string) (string, error) {
		text, err := exec.CommandContext(ctx, "git", append([]string{"-C", filepath.Clean(dir)}, args...)...).Output()
		return strings.TrimSpace(string(text)), err
	}
	revision, err := git("rev-parse", "--short=12", "HEAD")
	if err != nil {
		return "unknown"
	}
	changes, err := git("status", "--porcelain", "--untracked-files=no")
	return withChanges(revision, err != nil || changes != "")
}

func withChanges(revision string, modified bool) string {
	if modified {
		return revision + "+changes"
	}
	return revision
}
