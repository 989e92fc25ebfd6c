//go:build !amd64 || race

package expr

// There is no machine for tiles here: blocks do.
const haveTiles = false

func runTiles(*tileInstruction, int, *tileSumsOf) {}

func tileHandlers() *[tileOps]uintptr      { return nil }
func tileHandlersAgain() *[tileOps]uintptr { return nil }

func fence() {}
