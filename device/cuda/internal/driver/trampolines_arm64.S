//go:build cuda && linux && cgo

/* As trampolines_amd64.S, by the rules of AAPCS64: arguments in x0 to x7, q0 to
   q7 and on the stack; x16 and x17 are free between a call and its callee. */

	.hidden tandem_cuda_slots
	.globl tandem_cuda_slots
	.bss
	.balign 8
tandem_cuda_slots:

	.macro TRAMPOLINE name
	.bss
.Lslot_\name:
	.skip 8
	.text
	.balign 16
	.globl \name
	.hidden \name
	.type \name, %function
\name:
	.cfi_startproc
	hint #34 /* bti c, on machines that have it */
	adrp x17, .Lslot_\name
	add x17, x17, :lo12:.Lslot_\name
	ldar x16, [x17] /* acquires what the loader has written */
	cbnz x16, 1f
	stp x29, x30, [sp, #-16]!
	.cfi_adjust_cfa_offset 16
	.cfi_offset x29, -16
	.cfi_offset x30, -8
	bl .Lfirst
	ldp x29, x30, [sp], #16
	.cfi_adjust_cfa_offset -16
	.cfi_restore x29
	.cfi_restore x30
	adrp x17, .Lslot_\name
	add x17, x17, :lo12:.Lslot_\name
	ldar x16, [x17]
1:	br x16
	.cfi_endproc
	.size \name, . - \name
	.endm

#define SYMBOL(name) TRAMPOLINE name
#include "symbols.h"

	.text
	.balign 16
	.type .Lfirst, %function
.Lfirst:
	.cfi_startproc
	stp x29, x30, [sp, #-208]!
	.cfi_adjust_cfa_offset 208
	.cfi_offset x29, -208
	.cfi_offset x30, -200
	mov x29, sp
	stp x0, x1, [sp, #16]
	stp x2, x3, [sp, #32]
	stp x4, x5, [sp, #48]
	stp x6, x7, [sp, #64]
	stp q0, q1, [sp, #80]
	stp q2, q3, [sp, #112]
	stp q4, q5, [sp, #144]
	stp q6, q7, [sp, #176]
	bl tandem_cuda_load
	ldp x0, x1, [sp, #16]
	ldp x2, x3, [sp, #32]
	ldp x4, x5, [sp, #48]
	ldp x6, x7, [sp, #64]
	ldp q0, q1, [sp, #80]
	ldp q2, q3, [sp, #112]
	ldp q4, q5, [sp, #144]
	ldp q6, q7, [sp, #176]
	ldp x29, x30, [sp], #208
	.cfi_adjust_cfa_offset -208
	.cfi_restore x29
	.cfi_restore x30
	ret
	.cfi_endproc

	.section .note.GNU-stack, "", %progbits
