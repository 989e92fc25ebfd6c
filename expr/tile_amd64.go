//go:build !race

package expr

import "golang.org/x/sys/cpu"

// haveTiles is whether the machine of tile_amd64.s runs here.
var haveTiles = cpu.X86.HasAVX2

// runTiles runs code, whose last instruction is tileTurn, for each tile of end
// elements. sums are those of all of them.
//
//go:noescape
func runTiles(code *tileInstruction, end int, sums *tileSumsOf)

// tileHandlers are the addresses of the handlers, by tileOp.
//
//go:noescape
func tileHandlers() *[tileOps]uintptr

// tileHandlersAgain are other handlers that do the same.
//
//go:noescape
func tileHandlersAgain() *[tileOps]uintptr

// fence has what was streamed be seen before whatever is written later.
//
//go:noescape
func fence()
