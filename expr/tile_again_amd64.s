//go:build !race

#include "textflag.h"

// The same handlers once more.

#include "tile_handlers_amd64.h"

// func tileHandlersAgain() *[tileOps]uintptr
TEXT ·tileHandlersAgain(SB), NOSPLIT, $0-8
	LEAQ tileHandlers<>(SB), AX
	MOVQ AX, ret+0(FP)
	RET
