package hybridblas

import (
	"cmp"
	"fmt"
)

// way is how a call is done.
type way uint32

const (
	unknown way = iota
	asked       // being measured; wrapped for now
	wrapped
	inParallel
	onDevices
)

var wayNames = map[way]string{wrapped: "wrapped", inParallel: "parallel", onDevices: "devices"}

// String returns the way's name.
func (w way) String() string { return cmp.Or(wayNames[w], fmt.Sprintf("way(%d)", uint32(w))) }
