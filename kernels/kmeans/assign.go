package kmeans

import (
	"fmt"
	"math"

	"github.com/tandem-go/tandem/kernels"
)

//go:generate go run github.com/tandem-go/tandem/cmd/tandemgen

// Assign makes a launch that finds the centre that is nearest to each point. points is n by dims and
// centers k by dims, both row-major without gaps; labels and distances have n
// elements, and are written: the number of the centre, the lowest where several are as
// near, and the square of its Euclidean distance. A centre with a coordinate that is
// NaN or infinite is nobody's; a point to which no centre has a finite distance has
// label -1 and distance +Inf.
//
// Coordinates are added up in their order, in float32 without contraction: results
// are the same on every device. A distance is off by at most dims+2 times 2^-24 of
// itself, unless its squares leave the range of float32.
func Assign[P, C, D kernels.Vector[float32], L kernels.Vector[int32]](dims int, points P, centers C, labels L, distances D) (l kernels.Launch) {
	k, mistake := count(dims, kernels.Of[float32](centers).Len())
	l = newAssignFloat32(dims, k, points, centers, labels, distances)
	l.Require(mistake == "", "centers", mistake)
	return l
}

// Assign64 is [Assign] for float64, with errors of dims+2 times 2^-53.
func Assign64[P, C, D kernels.Vector[float64], L kernels.Vector[int32]](dims int, points P, centers C, labels L, distances D) (l kernels.Launch) {
	k, mistake := count(dims, kernels.Of[float64](centers).Len())
	l = newAssignFloat64(dims, k, points, centers, labels, distances)
	l.Require(mistake == "", "centers", mistake)
	return l
}

// count is how many centres of so many coordinates there are.
func count(dims, coordinates int) (k int, mistake string) {
	if dims < 1 || coordinates%dims != 0 {
		return 0, fmt.Sprintf("%d coordinates for %d dimensions", coordinates, dims)
	}
	return coordinates / dims, ""
}

//tandem:kernel newAssign
func assign[T kernels.Float](i int, dims, k int, points, centers []T, labels []int32, distances []T) {
	// An infinity in float32 is one in float64.
	best, nearest := T(math.Float32frombits(0x7f800000)), int32(-1)
	for c := range k {
		sum := T(0)
		for d := range dims {
			x := points[i*dims+d] - centers[c*dims+d]
			sum += x * x
		}
		if sum < best {
			best, nearest = sum, int32(c)
		}
	}
	labels[i] = nearest
	distances[i] = best
}
