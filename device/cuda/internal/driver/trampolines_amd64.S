//go:build cuda && linux && cgo

/* One trampoline a symbol: a jump through its slot, and while the slot is empty
   a call that fills all of them, with the argument registers kept. The System V
   ABI passes arguments in rdi, rsi, rdx, rcx, r8, r9, xmm0 to xmm7 and on the
   stack, which nothing here moves; r11 is free between a call and its callee. */

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
	.type \name, @function
\name:
	.cfi_startproc
	endbr64
	movq .Lslot_\name(%rip), %r11
	testq %r11, %r11
	jnz 1f
	call .Lfirst
	movq .Lslot_\name(%rip), %r11
1:	jmp *%r11
	.cfi_endproc
	.size \name, . - \name
	.endm

#define SYMBOL(name) TRAMPOLINE name
#include "symbols.h"

	.text
	.balign 16
	.type .Lfirst, @function
.Lfirst:
	.cfi_startproc
	.cfi_adjust_cfa_offset 8 /* the trampoline's call */
	pushq %rdi
	pushq %rsi
	pushq %rdx
	pushq %rcx
	pushq %r8
	pushq %r9
	subq $128, %rsp /* a multiple of 16 from the caller's frame, as calls want it */
	.cfi_adjust_cfa_offset 176
	movups %xmm0, (%rsp)
	movups %xmm1, 16(%rsp)
	movups %xmm2, 32(%rsp)
	movups %xmm3, 48(%rsp)
	movups %xmm4, 64(%rsp)
	movups %xmm5, 80(%rsp)
	movups %xmm6, 96(%rsp)
	movups %xmm7, 112(%rsp)
	call tandem_cuda_load@PLT
	movups (%rsp), %xmm0
	movups 16(%rsp), %xmm1
	movups 32(%rsp), %xmm2
	movups 48(%rsp), %xmm3
	movups 64(%rsp), %xmm4
	movups 80(%rsp), %xmm5
	movups 96(%rsp), %xmm6
	movups 112(%rsp), %xmm7
	addq $128, %rsp
	popq %r9
	popq %r8
	popq %rcx
	popq %rdx
	popq %rsi
	popq %rdi
	.cfi_adjust_cfa_offset -176
	ret
	.cfi_endproc

	.section .note.GNU-stack, "", @progbits
