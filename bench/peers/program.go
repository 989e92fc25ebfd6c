package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// program is a peer, which does what it is told line by line; or the reason why
// it is not there.
type program struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	missing string
}

// startPrograms builds and starts the peers.
func startPrograms(ctx context.Context, workers int) map[string]*program {
	programs := map[string]*program{}
	for _, name := range []string{"rayon", "chili", "tbb", "spawn", "pools"} {
		fmt.Fprintf(os.Stderr, "building %s\n", name)
		p, err := startProgram(ctx, name, workers)
		if err != nil {
			p = &program{missing: err.Error()}
		}
		programs[name] = p
	}
	return programs
}

func startProgram(ctx context.Context, name string, workers int) (*program, error) {
	var path, complaint bytes.Buffer
	build := exec.CommandContext(ctx, filepath.Join("bench", "peers", "build.sh"), name)
	build.Stdout, build.Stderr = &path, &complaint
	if err := build.Run(); err != nil {
		if complaint.Len() == 0 {
			return nil, fmt.Errorf("%w: to be run from the module's root", err)
		}
		return nil, fmt.Errorf("%s", strings.TrimSpace(complaint.String()))
	}
	cmd := exec.CommandContext(ctx, strings.TrimSpace(path.String()), strconv.Itoa(workers))
	cmd.Env = append(os.Environ(), fmt.Sprintf("GOMAXPROCS=%d", workers))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &program{cmd: cmd, in: in, out: bufio.NewReader(out)}, nil
}

// time has the peer do something and returns how long it says that took.
func (p *program) time(command string) (time.Duration, error) {
	if _, err := fmt.Fprintln(p.in, command); err != nil {
		return 0, fmt.Errorf("%s: %w", command, err)
	}
	line, err := p.out.ReadString('\n')
	if err != nil {
		return 0, fmt.Errorf("%s: %w", command, err)
	}
	ns, err := strconv.ParseInt(strings.TrimSpace(line), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", command, err)
	}
	return time.Duration(ns), nil
}

func (p *program) close() {
	if p.missing == "" {
		_ = p.in.Close() // tells it to end
		_ = p.cmd.Wait() // its figures are in already
	}
}
