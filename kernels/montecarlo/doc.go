// Package montecarlo estimates numbers by random samples, on every device: π, and
// the price of options that depend on an average.
//
//	pi, err := montecarlo.Pi(ctx, s, 1e9, 42)
//	fmt.Println(pi.Value, "±", pi.Deviation)
//
// The samples are those of the counter-based generator of package philox: a sample
// is a function of the seed and of its number, and what is added up is added in the
// order of these numbers. The same seed gives the same answer, bit by bit, on every
// device with IEEE arithmetic and however the work was shared out.
//
// Functions may be called by several goroutines at once. They allocate memory for
// the sums of at most a million groups of samples, and do more samples one launch
// after another.
package montecarlo
