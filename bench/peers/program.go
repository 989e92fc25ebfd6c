package main

import (
	"bufio"
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

// program is a peer, which does what it is told line by line.
type program struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// buildRayon builds the Rust peer, and returns where it is.
func buildRayon(ctx context.Context) (string, error) {
	target, err := filepath.Abs(filepath.Join("bench", "bin", "rayon"))
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, "cargo", "build", "--quiet", "--release", "--locked", "--target-dir", target)
	cmd.Dir = filepath.Join("bench", "peers", "rayon")
	return filepath.Join(target, "release", "tandem-peer-rayon"), runBuild(cmd)
}

// buildPools builds the peers in Go, which are a module of their own so that
// nobody else needs them.
func buildPools(ctx context.Context) (string, error) {
	target, err := filepath.Abs(filepath.Join("bench", "bin", "pools"))
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-o", target, ".")
	cmd.Dir = filepath.Join("bench", "peers", "pools")
	return target, runBuild(cmd)
}

func runBuild(cmd *exec.Cmd) error {
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("building the peer in %s, from the module's root: %w", cmd.Dir, err)
	}
	return nil
}

func start(ctx context.Context, path string, workers int) (*program, error) {
	cmd := exec.CommandContext(ctx, path, strconv.Itoa(workers))
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
	_ = p.in.Close() // tells it to end
	_ = p.cmd.Wait() // its figures are in already
}
