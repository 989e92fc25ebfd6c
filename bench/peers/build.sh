#!/bin/sh
# Builds one of the libraries that Tandem is compared with, and prints where the
# program is. What is missing goes to standard error in one line.
#
#   bench/peers/build.sh rayon | chili | tbb | spawn | pools
#
# oneTBB's headers are installed through apt where that needs no password;
# TANDEM_NO_INSTALL=1 forbids it.
set -u
cd "$(dirname "$0")" || exit 1
bin=$(cd .. && pwd)/bin
mkdir -p "$bin"

# build says what went wrong in its command's last line.
build() {
	if ! words=$("$@" 2>&1); then
		echo "$1 failed: $(printf '%s' "$words" | grep -v '^ *$' | tail -n 1)" >&2
		exit 1
	fi
}

need() {
	command -v "$1" >/dev/null 2>&1 || {
		echo "no $1 here; to get it: $2" >&2
		exit 1
	}
}

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

have_tbb() { printf '#include <oneapi/tbb/version.h>\n' | "${CXX:-g++}" -E -x c++ - >/dev/null 2>&1; }

get_tbb() {
	have_tbb && return
	if [ -z "${TANDEM_NO_INSTALL:-}" ] && command -v apt-get >/dev/null 2>&1 &&
		{ [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; then
		as_root env DEBIAN_FRONTEND=noninteractive sh -c \
			'apt-get install -q -y --no-install-recommends libtbb-dev ||
			{ apt-get update -q && apt-get install -q -y --no-install-recommends libtbb-dev; }' >/dev/null 2>&1
	fi
	have_tbb || {
		echo 'no headers of oneTBB; to get them: sudo apt-get install libtbb-dev' >&2
		exit 1
	}
}

case ${1:-} in
rayon | chili)
	need cargo 'https://rustup.rs'
	cd "$1" || exit 1
	build cargo build --quiet --release --locked --target-dir "$bin/$1"
	echo "$bin/$1/release/tandem-peer-$1"
	;;
tbb)
	need "${CXX:-g++}" 'sudo apt-get install g++'
	get_tbb
	build "${CXX:-g++}" -std=c++20 -O3 -o "$bin/tbb" tbb/main.cpp -ltbb -lpthread
	echo "$bin/tbb"
	;;
spawn)
	need "${CC:-gcc}" 'sudo apt-get install gcc'
	build "${CC:-gcc}" -O2 -o "$bin/spawn" spawn/main.c -lpthread
	echo "$bin/spawn"
	;;
pools)
	cd pools || exit 1
	build go build -o "$bin/pools" .
	echo "$bin/pools"
	;;
*)
	sed -n '2,8s/^# \{0,1\}//p' "$0"
	exit 2
	;;
esac
