package steal_test

import (
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// history records calls from several goroutines and has a checker find out
// whether some order of them, each at one moment between its call and its
// return, explains every result.
type history struct {
	start time.Time
	mu    sync.Mutex
	ops   []porcupine.Operation // guarded by mu
}

func newHistory() *history { return &history{start: time.Now()} }

// do records one call by a client, numbered from 0.
func (h *history) do(client int, input any, call func() any) any {
	begun := time.Since(h.start).Nanoseconds()
	output := call()
	ended := time.Since(h.start).Nanoseconds()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ops = append(h.ops, porcupine.Operation{ClientId: client, Input: input, Call: begun, Output: output, Return: ended})
	return output
}

func (h *history) check(t *testing.T, m porcupine.Model) {
	t.Helper()
	if porcupine.CheckOperationsTimeout(m, h.ops, 20*time.Second) == porcupine.Illegal {
		for _, op := range h.ops {
			t.Logf("client %d [%d, %d]: %v -> %v", op.ClientId, op.Call, op.Return, op.Input, op.Output)
		}
		t.Fatal("no order explains this history")
	}
}
