package host

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
)

// assumedMemory stands for the machine's memory where the system doesn't tell
// its size through a file.
const assumedMemory = 4 << 30

// Both are asked for once: Info promises never to change.
var (
	memorySize    = sync.OnceValue(readMemorySize)
	processorName = sync.OnceValue(readProcessorName)
)

func readMemorySize() int64 {
	size := int64(assumedMemory)
	if kilobytes, err := strconv.ParseInt(strings.TrimSuffix(field("/proc/meminfo", "MemTotal"), " kB"), 10, 64); err == nil {
		size = kilobytes << 10
	}
	limit, err := os.ReadFile("/sys/fs/cgroup/memory.max")
	if err != nil {
		return size
	}
	if nbytes, err := strconv.ParseInt(strings.TrimSpace(string(limit)), 10, 64); err == nil && nbytes > 0 {
		size = min(size, nbytes)
	}
	return size
}

func readProcessorName() string {
	for _, key := range []string{"model name", "Model", "cpu model"} {
		if name := field("/proc/cpuinfo", key); name != "" {
			return name
		}
	}
	return runtime.GOARCH + " processor"
}

// field is the value of the first line "key : value" of a file, or nothing.
func field(path, key string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if k, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == key {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
