package process

import (
	"bytes"
	"errors"
	"fmt"
	"os"
)

// outcome tells the ways apart in which a program can end. cause is why it was
// ended by us, if it was, and failure what went wrong on our side.
func outcome(path string, result *Result, cause, failure error, signal os.Signal) error {
	switch {
	case failure != nil:
		return fmt.Errorf("process: %s: %w", path, failure)
	case errors.Is(cause, ErrOutputLimit):
		// Also where the program ended well before it could be ended: what it
		// wrote isn't all there.
		return fmt.Errorf("%w: %s", ErrOutputLimit, path)
	case result.ExitCode == 0:
		return nil // a finished result beats a finished context
	case cause != nil:
		return cause
	case result.ExitCode < 0:
		return &SignalError{Path: path, Signal: signal}
	}
	return &ExitError{Path: path, Code: result.ExitCode, Tail: tail(result.Stderr)}
}

// capture keeps what a program writes, up to a limit.
type capture struct {
	kept  bytes.Buffer
	limit int64
	over  bool // whether there was more
}

// add takes everything, so that the program isn't stopped by a full pipe before
// it is stopped by us, and keeps what is within the limit.
func (c *capture) add(p []byte) {
	room := c.limit - int64(c.kept.Len())
	if int64(len(p)) > room {
		c.over = true
		p = p[:room]
	}
	c.kept.Write(p)
}
