// STEP is one iteration. An orbit that has left is carried on, but not counted.
#define STEP \
	inside = inside && xx + yy <= REAL(4); \
	n += inside ? 1 : 0; \
	y = (x + x) * y + cy; \
	x = xx - yy + cx; \
	xx = x * x; \
	yy = y * y;

void main() {
	uint at = tandem_index();
	if (at >= tandem_n) return;
	at += tandem_lo;
	precise REAL cx = left + REAL(at % width) * pixel;
	precise REAL cy = top - REAL(at / width) * pixel;
	precise REAL x = REAL(0), y = REAL(0), xx = REAL(0), yy = REAL(0);
	REAL old_x = REAL(0), old_y = REAL(0);
	int n = 0, next = 8;
	bool inside = true;
	while (inside && n < limit) {
		STEP STEP STEP STEP
		STEP STEP STEP STEP
		// Where an orbit comes back to exactly where it was, it will not leave.
		if (inside && x == old_x && y == old_y) n = limit;
		if (n >= next) {
			old_x = x;
			old_y = y;
			next *= 2;
		}
	}
	counts[at + counts_at] = min(n, limit);
}
