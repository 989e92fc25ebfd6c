package hybrid

import (
	"sync/atomic"
	"time"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/hybrid/internal/histogram"
)

// Stats are a scheduler's counts since it was opened. Every claim of this
// package has a number here that shows the mechanism at work.
type Stats struct {
	Inline   int64 // launches that ran on their caller's goroutine
	Launches int64 // launches that were split
	Devices  []DeviceStats
	Tasks    TaskStats
}

// TaskStats are the counts of tasks. When none is waiting or running, Submitted is
// the sum of Completed, Failed and Cancelled.
type TaskStats struct {
	Submitted  int64
	Waiting    int64 // for a worker, for other tasks, or for another attempt
	Running    int64
	Completed  int64 // without an error
	Failed     int64 // with an error or a panic, or since a task that they come after failed
	Retried    int64 // further attempts
	Cancelled  int64 // by Cancel, a context, a deadline or Close
	Stolen     int64 // taken by a worker from another's deque
	Inversions int64 // begun while a task of higher priority waited, because it was their turn
	// Wait is how long tasks of each priority waited for a worker, from when
	// nothing else kept them.
	Wait [Low + 1]Histogram
}

// Times counts durations, from any number of goroutines.
type Times = histogram.Histogram

// Histogram is what Times has counted, in buckets that are an eighth wide.
type Histogram = histogram.Snapshot

// Bucket is how many durations a Histogram has counted within bounds.
type Bucket = histogram.Bucket

// DeviceStats are the counts of one device.
type DeviceStats struct {
	ID          string
	Chunks      int64
	Indices     int64
	Busy        time.Duration    // sum over launches; launches at the same time count each
	Uploaded    int64            // bytes
	Downloaded  int64            // bytes
	Steals      int64            // times it stole
	Stolen      map[string]int64 // times it stole, by victim
	Failures    int64            // chunks that failed and were done again
	Quarantined error            // why it is given nothing more, or nil
	Memory      device.MemoryStats
	// Registered is how many bytes of callers' slices the device has page-locked
	// now, so that it reads them where they are.
	Registered int64
}

// counters are a device's counts. Launches add theirs when they end, so that
// the paths of a chunk touch no shared counter.
type counters struct {
	chunks, indices, busy, uploaded, downloaded, failures atomic.Int64

	stolen atomicMap
}

// Stats returns the counts at this moment.
func (s *Scheduler) Stats() Stats {
	stats := Stats{Inline: s.inline.launches.Load(), Launches: s.launches.Load()}
	for _, m := range s.devices {
		d := DeviceStats{
			ID: m.info.ID, Chunks: m.counts.chunks.Load(), Indices: m.counts.indices.Load(),
			Busy: time.Duration(m.counts.busy.Load()), Uploaded: m.counts.uploaded.Load(),
			Downloaded: m.counts.downloaded.Load(), Failures: m.counts.failures.Load(),
			Stolen: m.counts.stolen.snapshot(), Quarantined: m.usable(),
		}
		for _, n := range d.Stolen {
			d.Steals += n
		}
		if m.dev != nil {
			d.Memory = m.dev.Memory()
			d.Registered = m.pages.Stats().Locked
		}
		stats.Devices = append(stats.Devices, d)
	}
	stats.Tasks = s.taskStats()
	return stats
}

func (s *Scheduler) taskStats() TaskStats {
	t, pool := s.tasks.Stats(), s.pool.Counts()
	stats := TaskStats{
		Submitted: t.Submitted, Running: t.Running, Completed: t.Completed, Failed: t.Failed,
		Retried: t.Retried, Cancelled: t.Cancelled,
		Stolen: int64(pool.Stolen), Inversions: int64(pool.Inversions), Wait: t.Waits,
	}
	stats.Waiting = t.Submitted - t.Running - t.Completed - t.Failed - t.Cancelled
	return stats
}
