package devicetest

import (
	"context"
	"errors"
	"sync"

	"github.com/tandem-go/tandem/device"
)

// checkStreamOrder enqueues operations whose result tells their order.
func checkStreamOrder(x *env) {
	s := x.stream()
	affine := x.compile(x.programs.Affine)
	const n = 1000
	b := x.filled(s, make([]byte, 4*n))
	want := int32(0)
	one := bytesOf([]int32{1, 1, 1})
	first := int32(0)
	for i := range int32(300) {
		if i%50 == 49 {
			x.ok(s.Upload(b, 0, one))
			first = 1
		}
		x.ok(s.Launch(affine, x.affine(b, n, 3, i)))
		want, first = want*3+i, first*3+i
	}
	for i, got := range int32s(x.content(s, b)) {
		if i >= 3 && got != want || i < 3 && got != first {
			x.Fatalf("element %d is %d, want %d (%d for the first three)", i, got, want, first)
		}
	}
}

func checkEventStates(x *env) {
	s := x.stream()
	slow := x.compile(x.programs.Slow)
	b := x.alloc(4)

	ended, cancel := context.WithCancelCause(context.Background())
	why := errors.New("the test ended it")
	cancel(why)

	early := x.record(s)
	x.ok(device.Wait(x.ctx, early))
	x.ok(device.Wait(ended, early)) // a fired event beats an ended context

	x.ok(s.Launch(slow, x.slow(b, 1)))
	late := x.record(s)
	if done := late.Done(); done != late.Done() {
		x.Error("two calls of Done give two channels")
	}
	select {
	case <-late.Done():
	default:
		if err := late.Err(); err != nil {
			x.Errorf("before it fired the event's error is %v", err)
		}
		if err := device.Wait(ended, late); err != nil && !errors.Is(err, why) {
			x.Errorf("Wait with an ended context gives %v, want its cause", err)
		}
	}
	x.ok(device.Wait(x.ctx, late))
	x.ok(late.Err())

	x.ok(s.WaitEvent(late))  // fired
	x.ok(s.WaitEvent(early)) // of the stream itself
	own := x.record(s)
	x.ok(s.WaitEvent(own)) // perhaps not fired yet
	x.sync(s)

	closed, err := x.dev.NewStream()
	x.ok(err)
	x.ok(closed.Launch(slow, x.slow(b, 2)))
	orphan := x.record(closed)
	x.ok(s.WaitEvent(orphan))
	x.ok(closed.Close())
	x.sync(s)
	x.ok(s.WaitEvent(orphan)) // of a stream that is gone
	x.sync(s)
}

// checkEventChain lets each stream wait for the one before, which was started
// last.
func checkEventChain(x *env) {
	affine, slow := x.compile(x.programs.Affine), x.compile(x.programs.Slow)
	const length = 12
	streams := make([]device.Stream, length)
	for i := range streams {
		streams[i] = x.stream()
	}
	b := x.filled(streams[0], make([]byte, 4))
	x.ok(streams[0].Launch(slow, x.slow(b, 1)))
	last := x.record(streams[0])
	want := int32(1)
	for i, s := range streams {
		x.ok(s.WaitEvent(last))
		x.ok(s.Launch(affine, x.affine(b, 1, 5, int32(i))))
		last = x.record(s)
		want = want*5 + int32(i)
	}
	x.ok(device.Wait(x.ctx, last))
	if got := int32s(x.content(streams[length-1], b))[0]; got != want {
		x.Errorf("the end of the chain has %d, want %d", got, want)
	}
}

// checkEventDiamond forks one stream's result to several and joins theirs.
func checkEventDiamond(x *env) {
	affine, copying, slow := x.compile(x.programs.Affine), x.compile(x.programs.Copy), x.compile(x.programs.Slow)
	top, bottom := x.stream(), x.stream()
	const width, rounds = 4, 8
	root := x.filled(top, make([]byte, 4))
	sides := make([]device.Stream, width)
	parts := make([]device.Buffer, width)
	for i := range sides {
		sides[i], parts[i] = x.stream(), x.alloc(4)
	}
	x.ok(top.Launch(slow, x.slow(root, 1)))
	results := make([]byte, 4*width*rounds)
	for round := range rounds {
		forked := x.record(top)
		for i, s := range sides {
			x.ok(s.WaitEvent(forked))
			x.ok(s.Launch(copying, x.copying(root, parts[i], 1)))
			x.ok(s.Launch(affine, x.affine(parts[i], 1, int32(i+2), int32(round))))
			x.ok(bottom.WaitEvent(x.record(s)))
			x.ok(bottom.Download(results[4*(round*width+i):][:4], parts[i], 0))
		}
		x.ok(top.WaitEvent(x.record(bottom)))
		x.ok(top.Launch(affine, x.affine(root, 1, 3, 1)))
	}
	x.sync(top)
	value := int32(1)
	for round := range int32(rounds) {
		for i := range int32(width) {
			if got, want := int32s(results)[round*width+i], value*(i+2)+round; got != want {
				x.Fatalf("round %d, side %d: %d, want %d", round, i, got, want)
			}
		}
		value = value*3 + 1
	}
}

// checkEventGraph orders random operations on a few cells over random streams by
// events alone and compares with the same operations done one after another.
func checkEventGraph(x *env) {
	affine, copying := x.compile(x.programs.Affine), x.compile(x.programs.Copy)
	r := x.random()
	const cells, width, operations = 6, 5, 300
	streams := make([]device.Stream, width)
	for i := range streams {
		streams[i] = x.stream()
	}
	var buffers [cells]device.Buffer
	var last [cells]device.Event // after the newest operation on the cell
	var want [cells]int32
	for c := range buffers {
		buffers[c] = x.filled(streams[0], make([]byte, 4))
		last[c] = x.record(streams[0])
	}
	for range operations {
		s := streams[r.IntN(width)]
		from, to := r.IntN(cells), r.IntN(cells)
		x.ok(s.WaitEvent(last[to]))
		if from == to {
			factor, term := int32(r.Uint32()), int32(r.Uint32())
			want[to] = want[to]*factor + term
			x.ok(s.Launch(affine, x.affine(buffers[to], 1, factor, term)))
		} else {
			want[to] = want[from]
			x.ok(s.WaitEvent(last[from]))
			x.ok(s.Launch(copying, x.copying(buffers[from], buffers[to], 1)))
		}
		last[to] = x.record(s)
		last[from] = last[to] // what comes next must not overtake the reading
	}
	for c := range buffers {
		x.ok(device.Wait(x.ctx, last[c]))
		if got := int32s(x.content(streams[0], buffers[c]))[0]; got != want[c] {
			x.Errorf("cell %d is %d, want %d", c, got, want[c])
		}
	}
}

// checkGoroutines uses the device from many goroutines, each with a stream of
// its own, all with the same program.
func checkGoroutines(x *env) {
	affine := x.compile(x.programs.Affine)
	const users, rounds = 16, 20
	var all sync.WaitGroup
	for user := range int32(users) {
		all.Go(func() {
			if err := useAlone(x, affine, user, rounds); err != nil {
				x.Errorf("goroutine %d: %v", user, err)
			}
		})
	}
	all.Wait()
}

// useAlone is what one goroutine of checkGoroutines does.
func useAlone(x *env, affine device.Program, user int32, rounds int32) error {
	s, err := x.dev.NewStream()
	if err != nil {
		return err
	}
	for round := range rounds {
		n := int(user*31+round) + 1
		b, err := x.dev.Alloc(int64(4 * n))
		if err != nil {
			return err
		}
		start, got := make([]int32, n), make([]int32, n)
		for i := range start {
			start[i] = int32(i)
		}
		err = errors.Join(
			s.Upload(b, 0, bytesOf(start)),
			s.Launch(affine, x.affine(b, n, user, round)),
			s.Download(bytesOf(got), b, 0),
			s.Synchronize(x.ctx),
			b.Free(),
		)
		if err != nil {
			return err
		}
		for i, v := range got {
			if want := int32(i)*user + round; v != want {
				x.Errorf("goroutine %d, round %d: element %d is %d, want %d", user, round, i, v, want)
				break
			}
		}
	}
	return s.Close()
}

// checkForeign hands a device what belongs to another.
func checkForeign(x *env) {
	other := newEnv(x.T, x.open, x.programs)
	s, foreign := x.stream(), other.stream()
	b := other.alloc(64)
	own := x.alloc(64)
	fill, ownFill := other.compile(x.programs.Fill), x.compile(x.programs.Fill)
	x.wantError(s.Upload(b, 0, make([]byte, 4)), "upload", device.ErrInvalid)
	x.wantError(s.Download(make([]byte, 4), b, 0), "download", device.ErrInvalid)
	x.wantError(s.Launch(ownFill, x.fill(b, 1, 0, 0)), "launch", device.ErrInvalid)
	x.wantError(s.Launch(fill, x.fill(own, 1, 0, 0)), "launch", device.ErrInvalid)
	x.wantError(s.WaitEvent(other.record(foreign)), "", device.ErrInvalid)
	x.wantError(s.WaitEvent(nil), "", device.ErrInvalid)
	x.sync(s)
	other.release()
}
