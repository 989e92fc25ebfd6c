package sim

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tandem-go/tandem/device"
	"github.com/tandem-go/tandem/device/internal/soft"
)

// model is the time and the faults of one device.
type model struct {
	cfg      Config
	opened   time.Time
	timeline timeline

	mu       sync.Mutex // guards what follows
	schedule schedule
	engines  map[soft.Op]*engine
	stats    Stats
}

// engine executes the commands of one kind, one at a time.
type engine struct {
	free time.Duration // since Open: when it has done all it was given
	busy time.Duration
}

var _ soft.Model = (*model)(nil)

func newModel(cfg Config) *model {
	return &model{
		cfg: cfg, opened: time.Now(), timeline: newTimeline(cfg.Faults), schedule: newSchedule(cfg.Faults),
		engines: map[soft.Op]*engine{soft.Upload: {}, soft.Download: {}, soft.Launch: {}},
	}
}

// Admit implements soft.Model.
func (m *model) Admit(op soft.Op) (any, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	refused, v := m.schedule.next(op, time.Since(m.opened))
	switch {
	case refused != nil:
		m.stats.Faults++
		return nil, refused.err()
	case v == nil:
		m.countLocked(op)
		return nil, nil
	}
	m.countLocked(op)
	return v, nil
}

func (m *model) countLocked(op soft.Op) {
	switch op {
	case soft.Alloc:
		m.stats.Allocs++
	case soft.Compile:
		m.stats.Compiles++
	}
}

// Execute implements soft.Model.
func (m *model) Execute(c *soft.Command) error {
	v, _ := c.Mark.(*verdict)
	if v == nil {
		v = &sound
	}
	if v.hang != nil {
		return m.hang(c, v.hang)
	}
	end := m.book(c, v)
	if f, at := m.timeline.cut(end); f != nil {
		if err := m.sleep(c, at); err != nil {
			return err
		}
		if f.Kind == Hang {
			return m.hang(c, f)
		}
		return m.fail(c, f)
	}
	if err := m.sleep(c, end); err != nil {
		return err
	}
	if f := v.lose; f != nil {
		return m.fail(c, f)
	}
	if f := v.fail; f != nil {
		if c.Op == soft.Launch {
			return errors.Join(c.Perform(), m.fail(c, f))
		}
		return m.fail(c, f)
	}
	if err := c.Perform(); err != nil {
		return err
	}
	m.done(c)
	return nil
}

// sound is the verdict on a command without faults.
var sound = verdict{factor: 1}

// book gives c its turn on its engine and returns when it ends, since Open.
func (m *model) book(c *soft.Command, v *verdict) time.Duration {
	d := m.duration(c)
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.engines[c.Op]
	start := max(time.Since(m.opened), e.free)
	e.free = m.timeline.end(start, time.Duration(float64(d)*v.factor))
	e.busy += e.free - start
	return e.free + v.delay
}

// duration is how long c keeps its engine busy on a device at full speed.
func (m *model) duration(c *soft.Command) time.Duration {
	var d time.Duration
	switch c.Op {
	case soft.Upload:
		d = m.cfg.TransferLatency + atRate(float64(c.Bytes), m.cfg.UploadBandwidth)
	case soft.Download:
		d = m.cfg.TransferLatency + atRate(float64(c.Bytes), m.cfg.DownloadBandwidth)
	case soft.Launch:
		d = m.cfg.LaunchLatency
		if lo, hi := indices(c.Words); lo >= hi {
		} else if m.cfg.Cost != nil {
			d += m.cfg.Cost(lo, hi)
		} else {
			d += atRate(float64(hi-lo), m.cfg.Rate)
		}
	}
	if m.cfg.Jitter > 0 {
		d = time.Duration(float64(d) * (1 + m.cfg.Jitter*m.noise(c.Stream, c.Index)))
	}
	return d
}

// indices are those of a launch with the given scalar words.
func indices(words []uint32) (lo, hi int) {
	if len(words) < 4 {
		return 0, 0
	}
	return int(uint64(words[0]) | uint64(words[1])<<32), int(uint64(words[2]) | uint64(words[3])<<32)
}

// atRate is how long n things take, perSecond of them in a second; 0 is no time.
func atRate(n, perSecond float64) time.Duration {
	if perSecond == 0 {
		return 0
	}
	return time.Duration(n / perSecond * float64(time.Second))
}

// noise is a number between -1 and 1 that depends on the seed and the command's
// place alone. It is SplitMix64 (Steele, Lea and Flood, OOPSLA 2014, figure 14).
func (m *model) noise(stream, index int) float64 {
	z := m.cfg.Seed + 0x9e3779b97f4a7c15*(uint64(stream)<<32+uint64(index))
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	z ^= z >> 31
	return float64(z>>11)/(1<<52) - 1
}

// sleep waits until a time since Open, or until the device is lost.
func (m *model) sleep(c *soft.Command, until time.Duration) error {
	d := until - time.Since(m.opened)
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-c.Lost():
		c.Spoil()
		return fmt.Errorf("%w: in the middle of the command", device.ErrLost)
	}
}

// hang waits until the device is closed or lost.
func (m *model) hang(c *soft.Command, f *Fault) error {
	m.fault()
	select {
	case <-c.Closing():
	case <-c.Lost():
	}
	return f.err()
}

// fail ends c with the error of f.
func (m *model) fail(c *soft.Command, f *Fault) error {
	m.fault()
	c.Spoil()
	return f.err()
}

func (m *model) fault() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stats.Faults++
}

// done counts a command that was executed.
func (m *model) done(c *soft.Command) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch c.Op {
	case soft.Upload:
		m.stats.Uploads++
		m.stats.UploadedBytes += c.Bytes
	case soft.Download:
		m.stats.Downloads++
		m.stats.DownloadedBytes += c.Bytes
	case soft.Launch:
		m.stats.Launches++
		if lo, hi := indices(c.Words); lo < hi {
			m.stats.Indices += int64(hi - lo)
		}
	}
}
