// Package tasks takes tasks from their submission to their one resolution: it
// admits them, has them wait for others, queues them on a pool of CPU workers,
// runs and retries them, and cancels them.
//
// # States
//
// A task is in one of four states, in one atomic word:
//
//	Blocked ──> Queued ──> Running ──> Done
//	   │ ^         │         │ │        ^
//	   │ └─────────│─────────┘ │        │   retried after a pause
//	   └───────────┴───────────┴────────┘   aborted; or ended
//
// Whoever changes the state owns the change, and whoever reaches Done resolves
// the task: exactly once. A task that is aborted while it is queued leaves its
// place in the queue to be passed over when it gets to the front.
package tasks
