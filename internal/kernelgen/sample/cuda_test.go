package sample

import (
	"testing"

	"github.com/tandem-go/tandem/internal/kernelgen/differential"
)

func TestCUDACompiles(t *testing.T) { differential.CUDACompiles(t, all()) }
