package peer

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Resident is what a process and those it has started have in memory of their
// own, in bytes: shared pages count in parts (PSS). It needs Linux's /proc.
func Resident(pid int) (int64, error) {
	total, err := proportional(pid)
	if err != nil {
		return 0, err
	}
	for _, member := range family(pid)[1:] {
		if nbytes, err := proportional(member); err == nil { // or else it has ended
			total += nbytes
		}
	}
	return total, nil
}

func proportional(pid int) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0, fmt.Errorf("resident memory is not known here: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "Pss:"); ok {
			kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return kib << 10, err
		}
	}
	return 0, fmt.Errorf("/proc/%d/smaps_rollup has no Pss", pid)
}
