// Package measure is how Tandem's benchmarks measure: it warms up, takes turns
// between the subjects of a comparison, keeps every sample, and tells a
// difference from noise.
//
// A [Plan] is a workload and the subjects that do it. [Runner.Measure] runs them
// A B C, B C A, so that what the machine does besides hits all of them alike,
// and hands each subject's [Row] on: raw samples, and what they were measured
// on. All plans are measured in several blocks, one after the other, and [Merger]
// makes a row of those of all blocks. Everything else is computed from rows when somebody looks: medians with
// confidence intervals ([Summarize]), Go's benchmark format ([WriteGo]),
// comparisons of two files ([Compare]).
//
// Statistics assume nothing of a distribution: a median's confidence interval is
// made of order statistics of the blocks' medians, and two of their samples are
// told apart by the Mann-Whitney U test, both as benchstat does it
// (golang.org/x/perf/benchmath). Outliers are
// what lies beyond Tukey's fences; they are shown, and never taken out.
package measure
