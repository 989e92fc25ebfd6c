//go:build !amd64 || race

package kmeans

// useVectors has no vectors to use here.
func useVectors() {}
