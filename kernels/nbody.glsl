// A work-group reads the bodies in tiles of TILE through shared memory; each of
// its invocations sums the field at one body.
const uint TILE = gl_WorkGroupSize.x, STEP = 8u;

shared REAL tile_x[TILE], tile_y[TILE], tile_z[TILE], tile_mass[TILE];

// PULL adds what body k of the tile does to the body `me` at (x, y, z).
#define PULL(k) { \
	REAL dx = tile_x[k] - x, dy = tile_y[k] - y, dz = tile_z[k] - z; \
	REAL d2 = dx * dx + dy * dy + dz * dz + soft; \
	REAL inv = d2 == REAL(0) || base + (k) == me ? REAL(0) : REAL(1) / sqrt(d2); \
	REAL p = tile_mass[k] * inv; \
	REAL f = p * (inv * inv); \
	ax += f * dx; \
	ay += f * dy; \
	az += f * dz; \
	potential += p; \
}

void main() {
	uint lane = gl_LocalInvocationID.x, mine = tandem_index();
	uint me = mine + tandem_lo;
	uint at = 4u * min(me, count - 1u) + bodies_at;
	REAL x = bodies[at], y = bodies[at + 1u], z = bodies[at + 2u];
	REAL ax = REAL(0), ay = REAL(0), az = REAL(0), potential = REAL(0);

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
	if (mine >= tandem_n) return;

	at = 4u * me + field_at;
	field[at] = gravity * ax;
	field[at + 1u] = gravity * ay;
	field[at + 2u] = gravity * az;
	field[at + 3u] = -(gravity * potential);
}
