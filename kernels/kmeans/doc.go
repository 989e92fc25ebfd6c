// Package kmeans has the step of k-means clustering that takes the time: which
// centre is nearest to each point (Lloyd, Least squares quantization in PCM, 1957,
// published 1982).
//
//	err := s.Launch(ctx, kmeans.Assign(dims, points, centers, labels, distances))
//
// Functions without a number in their name are for float32, those with 64 for
// float64. They take slices and resident buffers alike: points that stay on a device
// are not moved from one step of the algorithm to the next.
package kmeans
