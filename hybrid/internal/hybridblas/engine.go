package hybridblas

// engine is what the libraries of the four types share.
type engine struct {
	cfg     *Config
	workers int
	forced  way // if not unknown
	// Work below these goes to the wrapped routine without any choice.
	least3, least2 float64
	least1         int
	threaded       [kinds]bool // the wrapped BLAS uses several threads itself
	choices        *choices
	batches        *batchChoices
}

// The work below which a routine of each level goes to the wrapped routine at
// once. Waking a worker and waiting for it takes 5 to 10 µs; gonum's slowest
// routines of level 3 take as long for 24×24×24, those of level 2 for 128×128,
// and an axpy for 16,384 elements (measured on an AMD EPYC at 2.6 GHz).
const (
	least3 = 24 * 24 * 24
	least2 = 128 * 128
	least1 = 1 << 14
)
