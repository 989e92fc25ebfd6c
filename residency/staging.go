package residency

import (
	"bytes"
	"context"

	"github.com/tandem-go/tandem/device"
)

// pieceSize is how much page-locked memory one step of a transfer takes: long
// enough for a bus's full rate (256 KiB and more, on all in use), and short
// enough that copying it on the host overlaps with the transfer of the others.
const pieceSize = 4 << 20

// upload enqueues a copy of src. The device reads from memory of its own: one
// that is given up on may still read it when src has changed. Page-locked memory
// waits by itself, when it is freed, for the commands that use it.
func (s *Site) upload(stream device.Stream, dst device.Buffer, offset int64, src []byte) error {
	for s.host != nil && len(src) > 0 {
		n := min(len(src), pieceSize)
		piece, err := s.host.AllocHost(int64(n))
		if err != nil {
			break // there is no more of it; ordinary memory does
		}
		copy(piece.Bytes(), src)
		err = stream.Upload(dst, offset, piece.Bytes())
		_ = piece.Free() // a device that is closed has freed it itself
		if err != nil {
			return err
		}
		src, offset = src[n:], offset+int64(n)
	}
	if len(src) == 0 {
		return nil
	}
	return stream.Upload(dst, offset, bytes.Clone(src))
}

// fetched is a part of a download that is under way.
type fetched struct {
	dst    []byte
	from   []byte
	locked device.HostMemory // nil for ordinary memory
	done   device.Event
}

// receive copies bytes of a replica to dst through memory of the site's own, so
// that a device that is given up on can't reach dst later. With page-locked
// memory one piece is copied to dst while the next is on its way.
func (s *Site) receive(ctx context.Context, dst []byte, src device.Buffer, offset int64) (err error) {
	var before *fetched
	for len(dst) > 0 && err == nil {
		var next *fetched
		if next, err = s.request(dst, src, offset); err != nil {
			break
		}
		dst, offset = dst[len(next.from):], offset+int64(len(next.from))
		err = before.finish(ctx)
		before = next
	}
	if err != nil {
		before.drop()
		return err
	}
	return before.finish(ctx)
}

// request enqueues the download of the next part of dst.
func (s *Site) request(dst []byte, src device.Buffer, offset int64) (*fetched, error) {
	f := &fetched{dst: dst}
	if s.host != nil {
		n := min(len(dst), pieceSize)
		if locked, err := s.host.AllocHost(int64(n)); err == nil {
			f.locked, f.from = locked, locked.Bytes()
		}
	}
	if f.locked == nil {
		f.from = make([]byte, len(dst))
	}
	err := s.stream.Download(f.from, src, offset)
	if err == nil {
		f.done, err = s.stream.Record()
	}
	if err != nil {
		f.drop()
		return nil, err
	}
	return f, nil
}

// finish waits for the part and puts it where it belongs. There may be none.
func (f *fetched) finish(ctx context.Context) error {
	if f == nil {
		return nil
	}
	defer f.drop()
	if err := device.Wait(ctx, f.done); err != nil {
		return err
	}
	copy(f.dst, f.from)
	return nil
}

// drop gives up the memory, to which the device may still write.
func (f *fetched) drop() {
	if f != nil && f.locked != nil {
		_ = f.locked.Free()
		f.locked = nil
	}
}
