shared STATE states[gl_WorkGroupSize.x];

// An invocation takes in every index that is a whole grid away from its first one.
// Then the work-group joins what its invocations have as a tree.
void main() {
	uint lane = gl_LocalInvocationID.x, index = tandem_index();
	uint grid = gl_WorkGroupSize.x * gl_NumWorkGroups.x * gl_NumWorkGroups.y;

	STATE mine = nothing();
	if (index < tandem_n) {
		// The turns are counted: index + grid may pass 2^32.
		for (uint turns = (tandem_n - 1u - index) / grid + 1u; turns > 0u; turns--, index += grid)
			include(mine, index);
	}
	states[lane] = mine;
	barrier();
	for (uint reach = gl_WorkGroupSize.x / 2u; reach > 0u; reach /= 2u) {
		if (lane < reach) {
			STATE sum = states[lane];
			join(sum, states[lane + reach]);
			states[lane] = sum;
		}
		barrier();
	}
	if (lane == 0u) store(states[0], tandem_group());
}
