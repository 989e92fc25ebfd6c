package residency_test

// refSite and refMemory say byte stretch by byte stretch, in elements, where the
// newest values are: what the package must agree with.
type refSite struct {
	capacity, inUse      int64 // bytes
	clock                int64
	uploaded, downloaded int64 // bytes, by the package
}

type refMemory struct {
	values   []int32 // the newest
	home     []bool  // valid at home
	aside    []bool  // kept of a replica that was haunted
	replicas map[int]*refReplica
}

type refReplica struct {
	valid   []bool
	used    int64
	haunted bool
}

const elementSize = 4

func newRefMemory(values []int32) *refMemory {
	m := &refMemory{values: values, home: make([]bool, len(values)), aside: make([]bool, len(values)), replicas: map[int]*refReplica{}}
	set(m.home, 0, len(values), true)
	return m
}

func set(flags []bool, lo, hi int, v bool) {
	for i := lo; i < hi; i++ {
		flags[i] = v
	}
}

func (m *refMemory) nbytes() int64 { return int64(len(m.values)) * elementSize }

// reference is the model of all.
type reference struct {
	sites    []*refSite
	memories []*refMemory
}

// fetch brings [lo, hi) home as far as it exists, and tells whether that is all.
func (r *reference) fetch(m *refMemory, lo, hi int) (whole bool) {
	whole = true
	for i := lo; i < hi; i++ {
		m.home[i] = m.home[i] || m.aside[i]
		m.aside[i] = false
		for s, rep := range m.replicas {
			if !m.home[i] && rep.valid[i] {
				m.home[i] = true
				r.sites[s].downloaded += elementSize
			}
		}
		whole = whole && m.home[i]
	}
	return whole
}

// vacate gives up a replica, after bringing home what only it has.
func (r *reference) vacate(m *refMemory, s int) {
	rep := m.replicas[s]
	for i, valid := range rep.valid {
		if valid {
			r.fetch(m, i, i+1)
		}
	}
	delete(m.replicas, s)
	r.sites[s].inUse -= m.nbytes()
}

// setAside gives up a replica whose content must not go home yet.
func (r *reference) setAside(m *refMemory, s int) {
	m.distrust(s)
	for i, alone := range m.replicas[s].valid {
		if alone {
			m.aside[i] = true
			r.sites[s].downloaded += elementSize
		}
	}
	delete(m.replicas, s)
	r.sites[s].inUse -= m.nbytes()
}

// replica finds or makes a replica, at the cost of those that are not locked. It
// is nil if there is no room.
func (r *reference) replica(m *refMemory, s int, locked map[*refMemory]bool) *refReplica {
	site, rep := r.sites[s], m.replicas[s]
	if rep != nil && rep.haunted {
		r.setAside(m, s)
		rep = nil
	}
	if rep == nil {
		for site.inUse+m.nbytes() > site.capacity {
			var oldest *refMemory
			for _, g := range r.memories {
				if g.replicas[s] != nil && !locked[g] && (oldest == nil || g.replicas[s].used < oldest.replicas[s].used) {
					oldest = g
				}
			}
			if oldest == nil {
				return nil
			}
			r.vacate(oldest, s)
		}
		rep = &refReplica{valid: make([]bool, len(m.values))}
		m.replicas[s] = rep
		site.inUse += m.nbytes()
	}
	site.clock++
	rep.used = site.clock
	return rep
}

// outcome is how an operation has to end.
type outcome int

const (
	fine outcome = iota
	noRoom
	lost
)

// acquire returns the number of bytes uploaded.
func (r *reference) acquire(m *refMemory, s, lo, hi int, read bool, locked map[*refMemory]bool) (moved int64, out outcome) {
	rep := r.replica(m, s, locked)
	if rep == nil {
		return 0, noRoom
	}
	if !read {
		return 0, fine
	}
	for lo < hi {
		if rep.valid[lo] {
			lo++
			continue
		}
		end := lo
		for end < hi && !rep.valid[end] {
			end++
		}
		if !r.fetch(m, lo, end) {
			return moved, lost
		}
		set(rep.valid, lo, end, true)
		moved += int64(end-lo) * elementSize
		r.sites[s].uploaded += int64(end-lo) * elementSize
		lo = end
	}
	return moved, fine
}

// commit makes a site's copy, or the home's for site -1, the only one.
func (m *refMemory) commit(site, lo, hi int) {
	set(m.home, lo, hi, site < 0)
	set(m.aside, lo, hi, false)
	for s, rep := range m.replicas {
		set(rep.valid, lo, hi, s == site)
	}
}

func (m *refMemory) distrust(site int) {
	for i, valid := range m.replicas[site].valid {
		elsewhere := m.home[i]
		for s, rep := range m.replicas {
			elsewhere = elsewhere || s != site && rep.valid[i]
		}
		m.replicas[site].valid[i] = valid && !elsewhere
	}
	m.replicas[site].haunted = true
}

func (m *refMemory) spoil(site, lo, hi int) {
	set(m.replicas[site].valid, lo, hi, false)
	m.replicas[site].haunted = true
}
