// A work-group reads the bodies in tiles of TILE through shared memory. Each of
// its invocations sums the field at OWN bodies, TILE apart, so that what it
// reads is used OWN times.
const uint TILE = gl_WorkGroupSize.x, OWN = 4u, STEP = 8u;

shared REAL tile_x[TILE], tile_y[TILE], tile_z[TILE], tile_mass[TILE];

// PULL adds what body k of the tile does to the invocation's own bodies.
#define PULL(k) { \
	REAL px = tile_x[k], py = tile_y[k], pz = tile_z[k], mass = tile_mass[k]; \
	for (uint i = 0u; i < OWN; i++) { \
		REAL dx = px - x[i], dy = py - y[i], dz = pz - z[i]; \
		REAL d2 = dx * dx + dy * dy + dz * dz + soft; \
		bool apart = d2 != REAL(0) && base + (k) != me + i * TILE; \
		REAL inv = apart ? REAL(1) / sqrt(d2) : REAL(0); \
		REAL p = mass * inv; \
		REAL f = p * (inv * inv); \
		ax[i] += f * dx; \
		ay[i] += f * dy; \
		az[i] += f * dz; \
		potential[i] += p; \
	} \
}

void main() {
	uint lane = gl_LocalInvocationID.x;
	uint mine = tandem_group() * TILE * OWN + lane; // and mine + TILE, ...
	uint me = mine + tandem_lo;
	REAL x[OWN], y[OWN], z[OWN];
	REAL ax[OWN], ay[OWN], az[OWN], potential[OWN];
	for (uint i = 0u; i < OWN; i++) {
		uint at = 4u * min(me + i * TILE, count - 1u) + bodies_at;
		x[i] = bodies[at];
		y[i] = bodies[at + 1u];
		z[i] = bodies[at + 2u];
		ax[i] = ay[i] = az[i] = potential[i] = REAL(0);
	}

	for (uint base = 0u; base < count; base += TILE) {
		if (base + lane < count) {
			uint from = 4u * (base + lane) + bodies_at;
			tile_x[lane] = bodies[from];
			tile_y[lane] = bodies[from + 1u];
			tile_z[lane] = bodies[from + 2u];
			tile_mass[lane] = bodies[from + 3u];
		}
		barrier();
		uint n = min(TILE, count - base), k = 0u;
		for (; k + STEP <= n; k += STEP) {
			PULL(k)
			PULL(k + 1u)
			PULL(k + 2u)
			PULL(k + 3u)
			PULL(k + 4u)
			PULL(k + 5u)
			PULL(k + 6u)
			PULL(k + 7u)
		}
		for (; k < n; k++) PULL(k)
		barrier();
	}

	for (uint i = 0u; i < OWN; i++) {
		if (mine + i * TILE >= tandem_n) return;
		uint at = 4u * (me + i * TILE) + field_at;
		field[at] = gravity * ax[i];
		field[at + 1u] = gravity * ay[i];
		field[at + 2u] = gravity * az[i];
		field[at + 3u] = -(gravity * potential[i]);
	}
}
