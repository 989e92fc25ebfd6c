// STEP is one iteration. An orbit that has left is carried on, but not counted.
#define STEP \
	inside = inside && xx + yy <= REAL(4); \
	n += inside ? 1 : 0; \
	y = (x + x) * y + cy; \
	x = xx - yy + cx; \
	xx = x * x; \
	yy = y * y;

TANDEM_KERNEL {
	unsigned at = tandem_index();
	if (at >= tandem_n) return;
	at += tandem_lo;
	const REAL cx = left + REAL(at % width) * pixel;
	const REAL cy = top - REAL(at / width) * pixel;
	REAL x = 0, y = 0, xx = 0, yy = 0, old_x = 0, old_y = 0;
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
