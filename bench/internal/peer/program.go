// Package peer starts the programs under bench/peers that do in other languages
// and libraries what Tandem's benchmarks do.
//
// A program is given its number of workers as its argument. Each line it reads
// is a job, "echo 100"; each line it answers is JSON: the nanoseconds that the
// job took, or a list of the nanoseconds of its operations, or of other numbers
// where the job is not about time; or a string that says why it can't be done. Between
// its turns a program is stopped.
package peer

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Program is a running peer, or the reason why it is not there.
type Program struct {
	Missing string
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	resting bool
	broken  bool // it doesn't answer any more
}

// Build has bench/peers/build.sh make a program and returns the command that
// starts it. It works from the module's root.
func Build(ctx context.Context, name string) ([]string, error) {
	var command, complaint bytes.Buffer
	build := exec.CommandContext(ctx, filepath.Join("bench", "peers", "build.sh"), name)
	build.Stdout, build.Stderr = &command, &complaint
	if err := build.Run(); err != nil {
		if complaint.Len() == 0 {
			return nil, fmt.Errorf("%w: to be run from the module's root", err)
		}
		return nil, fmt.Errorf("%s", strings.TrimSpace(complaint.String()))
	}
	return strings.Split(strings.TrimSpace(command.String()), "\n"), nil
}

// patience is how long a program may take to end when it is no longer wanted.
const patience = 3 * time.Second

// Start starts a built program with so many workers.
func Start(ctx context.Context, command []string, workers int) (*Program, error) {
	cmd := exec.CommandContext(ctx, command[0], append(command[1:len(command):len(command)], strconv.Itoa(workers))...)
	cmd.Env = append(os.Environ(), fmt.Sprintf("GOMAXPROCS=%d", workers))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	// Who interrupts the benchmarks interrupts them alone: a program ends with its
	// input, in order, and if it doesn't, soon after.
	detach(cmd)
	cmd.Cancel, cmd.WaitDelay = in.Close, patience
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &Program{cmd: cmd, in: in, out: bufio.NewReader(out)}, nil
}

// Open builds and starts a program.
func Open(ctx context.Context, name string, workers int) *Program {
	command, err := Build(ctx, name)
	if err != nil {
		return &Program{Missing: err.Error()}
	}
	p, err := Start(ctx, command, workers)
	if err != nil {
		return &Program{Missing: err.Error()}
	}
	return p
}

// Time has the peer do a job and returns how long it says that took.
func (p *Program) Time(job string) (time.Duration, error) {
	var took time.Duration
	err := p.ask(job, 1, func(_ int, line []byte) error { return json.Unmarshal(line, &took) })
	return took, err
}

// mostRepeats keeps the answers that wait within what a pipe holds.
const mostRepeats = 1000

// Repeated has the peer do a job so many times without a pause, at most a
// thousand, after one time that doesn't count, and returns the mean.
func (p *Program) Repeated(job string, times int) (time.Duration, error) {
	times = min(max(1, times), mostRepeats)
	var sum time.Duration
	err := p.ask(job, times+1, func(n int, line []byte) error {
		var took time.Duration
		if err := json.Unmarshal(line, &took); err != nil || n == 0 {
			return err
		}
		sum += took
		return nil
	})
	return sum / time.Duration(times), err
}

// Numbers has the peer do a job whose answer is a list.
func (p *Program) Numbers(job string) ([]float64, error) {
	var list []float64
	err := p.ask(job, 1, func(_ int, line []byte) error { return json.Unmarshal(line, &list) })
	return list, err
}

// ask gives the peer a job so many times at once, and each answer to read.
func (p *Program) ask(job string, times int, read func(n int, line []byte) error) error {
	if p.Missing != "" {
		return errors.New(p.Missing)
	}
	p.wake()
	defer p.rest()
	if _, err := io.WriteString(p.in, strings.Repeat(job+"\n", times)); err != nil {
		p.broken = true
		return fmt.Errorf("%s: %w", job, err)
	}
	var failed error // the first; the other answers are still to be taken out of the pipe
	for n := range times {
		line, err := p.out.ReadBytes('\n')
		if err != nil {
			p.broken = true
			return errors.Join(failed, fmt.Errorf("%s: %w", job, err))
		}
		if failed != nil {
			continue
		}
		var refusal string
		if line[0] == '"' && json.Unmarshal(line, &refusal) == nil {
			failed = fmt.Errorf("%s: %s", job, refusal)
		} else if err := read(n, line); err != nil {
			failed = fmt.Errorf("%s: %q: %w", job, line, err)
		}
	}
	return failed
}

// PID is the program's process.
func (p *Program) PID() int { return p.cmd.Process.Pid }

// Close tells the program to end and waits for it.
func (p *Program) Close() {
	if p.Missing == "" {
		p.wake()
		_ = p.in.Close()
		_ = p.cmd.Wait() // its figures are in already
	}
}
