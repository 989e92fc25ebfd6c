package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tandem-go/tandem/hybrid"
)

// What a process that does a call alone says: that its operands are made and the call
// begins, and that it has ended, after some nanoseconds.
const (
	saysBegun = "begun"
	saysEnded = "ended "
)

// callAlone does a call by the wrapped routine in a process of its own, which is this
// program once more, and kills that when the call has taken the time that it may. It
// returns how long the call took, or had taken until then.
func callAlone(ctx context.Context, p planned, most time.Duration) (took time.Duration, ended bool, err error) {
	self, err := os.Executable()
	if err != nil {
		return 0, false, err
	}
	cmd := exec.CommandContext(ctx, self, "-alone", p.Name, "-least", strconv.Itoa(p.order), "-most", strconv.Itoa(p.order))
	var complaint strings.Builder
	cmd.Stderr = &complaint
	life, err := cmd.StdinPipe() // the process ends with this one
	if err != nil {
		return 0, false, err
	}
	defer life.Close()
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, false, err
	}
	if err := cmd.Start(); err != nil {
		return 0, false, err
	}
	took, ended, err = follow(out, most, cmd.Process.Kill)
	left := cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return 0, false, context.Cause(ctx)
	case err != nil:
		return 0, false, fmt.Errorf("the process that calls the wrapped routine: %w", errors.Join(err, left, errors.New(complaint.String())))
	}
	return took, ended, nil
}

// follow reads what a process says of its call, and kills it after most of that.
func follow(out io.Reader, most time.Duration, kill func() error) (took time.Duration, ended bool, err error) {
	said := bufio.NewScanner(out)
	if !said.Scan() || said.Text() != saysBegun {
		return 0, false, errors.Join(fmt.Errorf("said %q, want %q", said.Text(), saysBegun), kill())
	}
	begin := time.Now()
	killed := make(chan time.Duration, 1)
	timer := time.AfterFunc(most, func() {
		killed <- time.Since(begin)
		_ = kill() // one that has just ended has said so
	})
	spoke := said.Scan()
	if spoke {
		timer.Stop()
		text, found := strings.CutPrefix(said.Text(), saysEnded)
		ns, err := strconv.ParseInt(text, 10, 64)
		if !found || err != nil {
			return 0, false, errors.Join(fmt.Errorf("said %q, want %q and nanoseconds", said.Text(), saysEnded), kill())
		}
		return time.Duration(ns), true, nil
	}
	if timer.Stop() {
		return 0, false, errors.Join(errors.New("ended without a word"), said.Err())
	}
	return <-killed, false, nil
}

// serveAlone is the process: it does the one call of a name and an order, and says
// when. It ends when life does.
func serveAlone(out io.Writer, life io.Reader, name string, order int, over ...hybrid.BLASOption) error {
	calls := plan([]int{order})
	at := slices.IndexFunc(calls, func(p planned) bool { return p.Name == name })
	if at < 0 {
		return fmt.Errorf("-alone: there is no call %q", name)
	}
	go func() {
		_, _ = io.Copy(io.Discard, life)
		os.Exit(1)
	}()
	s, err := hybrid.Open(hybrid.WithDevices("cpu"), hybrid.WithModelFile(""))
	if err != nil {
		return err
	}
	defer s.Close()
	call := s.BLAS(over...).Alone(calls[at].BLASCall)
	runtime.GC()
	if _, err := fmt.Fprintln(out, saysBegun); err != nil {
		return err
	}
	start := time.Now()
	call()
	_, err = fmt.Fprintf(out, "%s%d\n", saysEnded, time.Since(start).Nanoseconds())
	return err
}
