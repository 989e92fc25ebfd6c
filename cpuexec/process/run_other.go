//go:build !linux

package process

import "context"

func (c *Command) run(ctx context.Context, path string) (Result, error) {
	return c.runPortably(ctx, path)
}
