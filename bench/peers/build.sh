#!/bin/sh
# Builds one of the libraries that Tandem is compared with, and prints the command
# that starts it, a word a line. What is missing goes to standard error in one line.
#
#   bench/peers/build.sh rayon | chili | repartir | tbb | starpu | taskflow |
#                        spawn | pools | ray | dask | cublas | cupy | torch
#
# oneTBB, StarPU and Taskflow are installed through apt where that needs no
# password; TANDEM_NO_INSTALL=1 forbids it. Ray and Dask go into a virtual
# environment under bench/bin, from python/requirements.txt. CuPy and PyTorch are
# those that python3 has or, where there is an NVIDIA GPU, go into one of their own,
# from gpu/requirements.txt.
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

have() { printf '#include <%s>\n' "$1" | "${CXX:-g++}" $2 -E -x c++ - >/dev/null 2>&1; }

# library HEADER PACKAGE NAME FLAGS
library() {
	have "$1" "${4:-}" && return
	if [ -z "${TANDEM_NO_INSTALL:-}" ] && command -v apt-get >/dev/null 2>&1 &&
		{ [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; then
		as_root env DEBIAN_FRONTEND=noninteractive sh -c \
			"apt-get install -q -y --no-install-recommends $2 ||
			{ apt-get update -q && apt-get install -q -y --no-install-recommends $2; }" >/dev/null 2>&1
	fi
	have "$1" "${4:-}" || {
		echo "no headers of $3, and no package $2 that can be installed here; to get them: sudo apt-get install $2" >&2
		exit 1
	}
}

# environment FOLDER makes the virtual environment of that folder's programs, once
# for each list of requirements.
environment() {
	need python3 'sudo apt-get install python3 python3-venv'
	list=$1/requirements.txt
	if ! cmp -s "$list" "$bin/$1/requirements.txt"; then
		build python3 -m venv "$bin/$1"
		build "$bin/$1/bin/pip" install --quiet --disable-pip-version-check -r "$list"
		cp "$list" "$bin/$1/requirements.txt"
	fi
}

# gpu fails where no NVIDIA GPU is.
gpu() {
	for sign in /dev/nvidia[0-9]* /proc/driver/nvidia/gpus/*; do
		[ -e "$sign" ] && return
	done
	nvidia-smi -L 2>/dev/null | grep -q GPU || {
		echo 'no NVIDIA GPU here' >&2
		exit 1
	}
}

# on_gpu MODULE prints the python that has the module.
on_gpu() {
	if python3 -c "import $1" >/dev/null 2>&1; then
		command -v python3
		return
	fi
	[ -z "${TANDEM_NO_INSTALL:-}" ] || {
		echo "python3 has no $1, and TANDEM_NO_INSTALL forbids installing it" >&2
		exit 1
	}
	environment gpu
	echo "$bin/gpu/bin/python"
}

# libraries prints where Python's packages have NVIDIA's, for the dynamic linker.
libraries() {
	for python in python3 "$bin/gpu/bin/python"; do
		"$python" -c 'import glob, site; print(*sum((glob.glob(d + "/nvidia/*/lib") for d in site.getsitepackages()), []), sep=":")' 2>/dev/null
	done | grep . | tr '\n' ':'
}

case ${1:-} in
rayon | chili | repartir)
	need cargo 'https://rustup.rs'
	cd "$1" || exit 1
	build cargo build --quiet --release --locked --target-dir "$bin/$1"
	echo "$bin/$1/release/tandem-peer-$1"
	;;
tbb)
	need "${CXX:-g++}" 'sudo apt-get install g++'
	library oneapi/tbb/version.h libtbb-dev oneTBB
	build "${CXX:-g++}" -std=c++20 -O3 -o "$bin/tbb" tbb/main.cpp -ltbb -lpthread
	echo "$bin/tbb"
	;;
starpu)
	need pkg-config 'sudo apt-get install pkg-config'
	library starpu.h libstarpu-dev StarPU "$(pkg-config --cflags starpu-1.3 2>/dev/null)"
	# shellcheck disable=SC2046 # words on purpose
	build "${CC:-gcc}" -O2 -o "$bin/starpu" starpu/main.c $(pkg-config --cflags --libs starpu-1.3)
	echo "$bin/starpu"
	;;
taskflow)
	need "${CXX:-g++}" 'sudo apt-get install g++'
	library taskflow/taskflow.hpp libtaskflow-cpp-dev Taskflow
	build "${CXX:-g++}" -std=c++20 -O3 -o "$bin/taskflow" taskflow/main.cpp -lpthread
	echo "$bin/taskflow"
	;;
ray | dask)
	environment python
	printf '%s\n' "$bin/python/bin/python" "$PWD/python/$1_peer.py"
	;;
spawn)
	need "${CC:-gcc}" 'sudo apt-get install gcc'
	build "${CC:-gcc}" -O2 -o "$bin/spawn" spawn/main.c -lpthread
	echo "$bin/spawn"
	;;
cublas)
	gpu
	if [ ! -x "$bin/cublas" ] || [ -n "$(find cublas -newer "$bin/cublas" -name '*.[ch]')" ]; then
		need "${CC:-gcc}" 'sudo apt-get install gcc'
		build "${CC:-gcc}" -O2 -o "$bin/cublas" cublas/main.c -ldl -lm
	fi
	path=$(libraries)${LD_LIBRARY_PATH:-}
	# It says so at once if it finds no driver.
	build env "LD_LIBRARY_PATH=$path" "$bin/cublas" </dev/null
	printf '%s\n' env "LD_LIBRARY_PATH=$path" "$bin/cublas"
	;;
cupy | torch)
	gpu
	python=$(on_gpu "$1") || exit 1
	printf '%s\n' "$python" "$PWD/gpu/$1_peer.py"
	;;
pools)
	cd pools || exit 1
	build go build -o "$bin/pools" .
	echo "$bin/pools"
	;;
*)
	sed -n '2,12s/^# \{0,1\}//p' build.sh
	exit 2
	;;
esac
