// Package expr has element-wise expressions and reductions that become one kernel.
package expr
