	// A thread takes in every index that is a whole grid away from its first one.
	// Then the warps join what their threads have by shuffles, and the first warp
	// what the warps have.
	enum { THREADS = 256, WARPS = THREADS / 32 };
	State mine = nothing();
	const size_t grid = (size_t)tandem_groups() * THREADS;
	for (size_t i = tandem_index(); i < tandem_n; i += grid)
		include(mine, term((unsigned)i + tandem_lo), (unsigned)i);

	for (int reach = 16; reach > 0; reach /= 2) join(mine, behind(mine, reach));
	__shared__ State of_warp[WARPS];
	const unsigned lane = threadIdx.x % 32;
	if (lane == 0) of_warp[threadIdx.x / 32] = mine;
	__syncthreads();
	if (threadIdx.x >= 32) return;
	mine = lane < WARPS ? of_warp[lane] : nothing();
	for (int reach = WARPS / 2; reach > 0; reach /= 2) join(mine, behind(mine, reach));
	if (lane == 0) store(mine, tandem_partial, tandem_group());
}
