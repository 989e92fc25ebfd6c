package hybrid

import "time"

// Report tells who did what in one launch. It is made from the launch's log of
// chunks and thefts, the same that [Scheduler.Stats] adds up.
type Report struct {
	Wall    time.Duration
	Inline  bool           // run on the calling goroutine, below the crossover
	Devices []DeviceReport // those that took part, in the scheduler's order
	Chunks  []Chunk        // in order of completion
}

// DeviceReport is one device's part of a launch.
type DeviceReport struct {
	ID         string
	Name       string
	Indices    int64
	Share      float64       // of the launch's indices
	Rate       float64       // indices per second of busy time
	Busy       time.Duration // while it had something to do
	Chunks     int
	Steals     int // times it stole from another device
	Uploaded   int64
	Downloaded int64
}

// Chunk is a part of the index space computed by one device at once.
type Chunk struct {
	Device     string
	Lo, Hi     int
	Start, End time.Duration // since the launch began
}

// report sums up a finished run.
func (r *run) report(into *Report) {
	*into = Report{Wall: r.since(), Chunks: make([]Chunk, 0, len(r.log))}
	at := map[*part]int{}
	for i, p := range r.parts {
		at[p] = i
		into.Devices = append(into.Devices, DeviceReport{
			ID: p.m.info.ID, Name: p.m.info.Name, Busy: p.busy(), Steals: p.steals(),
			Uploaded: p.uploaded, Downloaded: p.downloaded,
		})
	}
	for _, e := range r.log {
		d := &into.Devices[at[e.part]]
		d.Chunks++
		d.Indices += int64(e.hi - e.lo)
		into.Chunks = append(into.Chunks, Chunk{Device: d.ID, Lo: e.lo, Hi: e.hi, Start: e.start, End: e.end})
	}
	for i := range into.Devices {
		d := &into.Devices[i]
		if n := r.l.N(); n > 0 {
			d.Share = float64(d.Indices) / float64(n)
		}
		if d.Busy > 0 {
			d.Rate = float64(d.Indices) / d.Busy.Seconds()
		}
	}
}

// count adds a finished run to its devices' counters.
func (r *run) count() {
	for _, p := range r.parts {
		c := &p.m.counts
		c.busy.Add(int64(p.busy()))
		c.uploaded.Add(p.uploaded)
		c.downloaded.Add(p.downloaded)
		c.failures.Add(p.failures)
		for victim, n := range p.stolen {
			c.stolen.add(victim, n)
		}
	}
	for _, e := range r.log {
		e.part.m.counts.chunks.Add(1)
		e.part.m.counts.indices.Add(int64(e.hi - e.lo))
	}
}
