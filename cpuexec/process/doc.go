// Package process runs native programs as tasks: one call starts a program,
// waits for it, and returns its exit code, its output and what it cost.
//
// # Output
//
// Standard output and standard error are read while the program runs, each up
// to [Command.OutputLimit], so a program that writes much never waits for a
// reader. A descendant that outlives the program and keeps its output open
// delays the return by little more than [Command.Grace].
//
// # Ending
//
// On Unix a program runs in a process group of its own. When the context of [Run] ends,
// the whole group gets SIGTERM and, after [Command.Grace], SIGKILL; Run returns
// after the program has been reaped, so nothing is left behind. There is no
// shell in between: to have one, run it: Path "/bin/sh", Args {"-c", ...}.
//
// # Errors
//
// The ways to fail are told apart by type: [ErrNotFound], [ErrNotPermitted],
// [*ExitError] for a non-zero exit code, [*SignalError] for a program that was
// killed by somebody else, [ErrOutputLimit], and the cause of the context for
// one that was ended by it.
package process
