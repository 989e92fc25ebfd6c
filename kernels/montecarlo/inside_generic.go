//go:build !amd64

package montecarlo

func manyBeyond(keys *[rounds][2]uint64, i, batch uint64, n int) uint64 {
	return manyBeyondGo(keys, i, batch, n)
}
