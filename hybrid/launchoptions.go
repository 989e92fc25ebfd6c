package hybrid

// launchConfig is what the options of a Launch make.
type launchConfig struct {
	every         bool
	on            []string
	deterministic bool
	report        *Report
	progress      func(done, total int)
}

// LaunchOption configures one [Scheduler.Launch].
//
// An option returns what it has changed, so that nothing of a small launch escapes to
// the heap.
type LaunchOption interface {
	applyLaunch(c launchConfig) launchConfig
}

type launchOptionFunc func(launchConfig) launchConfig

func (f launchOptionFunc) applyLaunch(c launchConfig) launchConfig { return f(c) }

// EveryDevice gives every device that can run the kernel a share, also where
// using fewer would be faster. It never runs inline.
func EveryDevice() LaunchOption {
	return launchOptionFunc(func(c launchConfig) launchConfig {
		c.every = true
		return c
	})
}

// On restricts the launch to the devices with these IDs.
func On(ids ...string) LaunchOption {
	return launchOptionFunc(func(c launchConfig) launchConfig {
		c.on = ids
		return c
	})
}

// Deterministic makes the result bit-identical from run to run on the same
// machine. The launch runs on one device, the CPU workers if they are in use and
// otherwise the first device, with cuts that depend on nothing but its size. If
// that device fails, no other takes over.
func Deterministic() LaunchOption {
	return launchOptionFunc(func(c launchConfig) launchConfig {
		c.deterministic = true
		return c
	})
}

// ReportTo fills r with who did what. r is valid when Launch has returned.
func ReportTo(r *Report) LaunchOption {
	return launchOptionFunc(func(c launchConfig) launchConfig {
		c.report = r
		return c
	})
}

// Progress has f called as indices are finished, by one goroutine at a time and
// with growing numbers. f should be quick: a device waits for it.
func Progress(f func(done, total int)) LaunchOption {
	return launchOptionFunc(func(c launchConfig) launchConfig {
		c.progress = f
		return c
	})
}
