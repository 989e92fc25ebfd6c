package hybrid

import (
	"errors"
	"fmt"
	"math/bits"
	"sync"

	"github.com/tandem-go/tandem/device"
)

// bufferCache keeps a device's buffers from launch to launch, by size class, and
// the memory of launches within a limit.
type bufferCache struct {
	dev   device.Device
	limit int64 // bytes, idle and in use; 0: whatever the device has

	mu    sync.Mutex // guards the rest
	free  map[int64][]device.Buffer
	total int64 // bytes, idle and in use
}

// sizeClass rounds up so that a quarter of a buffer at most is waste, and few
// classes exist.
func sizeClass(nbytes int64) int64 {
	if nbytes <= 4096 {
		return 4096
	}
	step := int64(1) << (bits.Len64(uint64(nbytes-1)) - 3)
	return (nbytes + step - 1) / step * step
}

// get returns a buffer of at least nbytes. When memory is short, idle buffers
// are freed first.
func (c *bufferCache) get(nbytes int64) (device.Buffer, error) {
	class := sizeClass(nbytes)
	c.mu.Lock()
	defer c.mu.Unlock()
	if list := c.free[class]; len(list) > 0 {
		b := list[len(list)-1]
		c.free[class] = list[:len(list)-1]
		return b, nil
	}
	if c.limit > 0 && c.total+class > c.limit {
		c.trimLocked()
		if c.total+class > c.limit {
			return nil, &device.Error{Op: "alloc", Device: c.dev.Info().ID, Err: fmt.Errorf(
				"%w: %d bytes asked for, %d of the limit of %d in use", device.ErrOutOfMemory, class, c.total, c.limit)}
		}
	}
	b, err := c.dev.Alloc(class)
	if errors.Is(err, device.ErrOutOfMemory) {
		c.trimLocked()
		b, err = c.dev.Alloc(class)
	}
	if err != nil {
		return nil, err
	}
	c.total += class
	return b, nil
}

// put takes back a buffer that no command uses any more.
func (c *bufferCache) put(b device.Buffer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.free[b.Size()] = append(c.free[b.Size()], b)
}

// drop frees a buffer that commands may still use.
func (c *bufferCache) drop(b device.Buffer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.total -= b.Size()
	_ = b.Free() // on a lost device there is nothing left to free
}

// trim frees what is idle.
func (c *bufferCache) trim() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.trimLocked()
}

func (c *bufferCache) trimLocked() {
	for class, list := range c.free {
		for _, b := range list {
			c.total -= class
			_ = b.Free()
		}
		delete(c.free, class)
	}
}

// available is how many bytes a launch may still take.
func (c *bufferCache) available() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	var idle int64
	for class, list := range c.free {
		idle += class * int64(len(list))
	}
	stats := c.dev.Memory()
	left := stats.Capacity - stats.InUse + idle
	if c.limit > 0 {
		left = min(left, c.limit-c.total+idle)
	}
	return left
}
