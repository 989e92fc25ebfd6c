package hybrid

import (
	"slices"

	"github.com/tandem-go/tandem/device"
)

// One GPU may be offered by two backends. Used as two devices it would share its
// own bandwidth with itself, so only one of the two is opened, the CUDA one if it
// can be, unless the other is selected by its own name.

// twinsLast puts the devices behind the others whose GPU CUDA offers too, so that
// they are opened only where that failed.
func twinsLast(ids []string, found []device.Found) []string {
	isTwin := func(id string) bool {
		info := infoOf(id, found)
		return info.Caps.Language != device.CUDA && slices.ContainsFunc(ids, func(other string) bool {
			o := infoOf(other, found)
			return o.Caps.Language == device.CUDA && sameGPU(info, o)
		})
	}
	return append(slices.DeleteFunc(slices.Clone(ids), isTwin), slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !isTwin(id) })...)
}

// twin is the ID of the CUDA device in use that has the same GPU as id, "" if
// there is none or id is selected by its own name.
func (s *Scheduler) twin(id string, found []device.Found) string {
	info := infoOf(id, found)
	if info.Caps.Language == device.CUDA || s.cfg.selection.Exact(id) {
		return ""
	}
	for _, m := range s.devices {
		if m.info.Caps.Language == device.CUDA && sameGPU(info, m.info) {
			return m.info.ID
		}
	}
	return ""
}

func sameGPU(a, cuda device.Info) bool {
	return a.GPU != "" && (a.GPU == cuda.GPU || a.GPU == cuda.ID)
}

func infoOf(id string, found []device.Found) device.Info {
	for _, f := range found {
		for _, info := range f.Devices {
			if info.ID == id {
				return info
			}
		}
	}
	return device.Info{}
}
