#!/bin/sh
# Finds what the optional parts of Tandem need on this machine, installs what
# is missing through apt when it may, and says in one line each what was left
# out and how to get it. Nothing here is needed for a CPU-only build.
#
#   build/deps.sh install   install what is missing, then report
#   build/deps.sh report    report only
#   build/deps.sh browser   install a browser for the benchmarks' report
#   build/deps.sh tags      print the build tags that this machine can build
#
# TANDEM_NO_INSTALL=1 forbids installing.
set -u

have_header() {
	command -v pkg-config >/dev/null 2>&1 && pkg-config --exists "$1"
}

have_library() {
	for dir in /lib /usr/lib /usr/local/lib /lib64 /usr/lib64 /usr/lib/*-linux-gnu /lib/*-linux-gnu; do
		[ -e "$dir/$1" ] && return 0
	done
	return 1
}

have_driver() {
	have_library libEGL_nvidia.so.0 && return 0
	have_library libEGL_mesa.so.0 || return 1
	for driver in /usr/lib/*/dri/*_dri.so /usr/lib*/dri/*_dri.so; do
		[ -e "$driver" ] && return 0
	done
	return 1
}

linux() { [ "$(uname -s)" = Linux ]; }
have_compiler() { command -v "${CC:-gcc}" >/dev/null 2>&1; }
have_cxx_compiler() { command -v "${CXX:-g++}" >/dev/null 2>&1; }

can_build_opengl() { linux && have_compiler && have_header gl && have_header egl; }
can_build_openblas() { linux && have_compiler; }
# The kernels are compiled for the host as well, to be tested where no GPU is.
can_build_cuda() { linux && have_compiler && have_cxx_compiler; }

tags() {
	list=
	can_build_cuda && list=cuda
	can_build_opengl && list=${list:+$list,}opengl
	can_build_openblas && list=${list:+$list,}openblas
	echo "$list"
}

missing() {
	have_cxx_compiler || echo g++
	have_header gl && have_header egl || echo pkg-config libegl-dev
	have_library libEGL.so.1 || echo libegl1
	have_driver || echo libgl1-mesa-dri
	have_library libopenblas.so.0 || echo libopenblas0-pthread
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo -n "$@"
	fi
}

install() {
	linux || return 0
	get "$(missing | tr ' ' '\n' | sort -u | tr '\n' ' ')"
}

# get installs packages if it may.
get() {
	packages=$1
	[ -n "$(echo "$packages" | tr -d ' ')" ] || return 0
	if [ -n "${TANDEM_NO_INSTALL:-}" ] || ! command -v apt-get >/dev/null 2>&1; then
		return 0
	fi
	if [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; then
		return 0
	fi
	echo "tandem: installing $packages"
	log=$(mktemp)
	# shellcheck disable=SC2086 # a list of packages
	if ! as_root env DEBIAN_FRONTEND=noninteractive sh -c \
		"apt-get update -q && apt-get install -q -y --no-install-recommends $packages" >"$log" 2>&1; then
		echo "tandem: apt-get failed; its last words were:"
		tail -n 3 "$log"
	fi
	rm -f "$log"
}

have_browser() {
	for name in chromium-headless-shell chromium chromium-browser google-chrome chrome; do
		command -v "$name" >/dev/null 2>&1 && return 0
	done
	return 1
}

# browser has the benchmarks' report looked at; nothing else needs it.
browser() {
	have_browser && return
	linux && get chromium-headless-shell
	have_browser || { linux && get chromium; }
	have_browser || left_out 'the look at the report in a browser' 'sudo apt-get install chromium'
}

left_out() {
	printf 'tandem: left out %s; to get it: %s\n' "$1" "$2"
}

report() {
	if ! linux; then
		left_out 'CUDA, OpenGL and OpenBLAS (Linux only)' 'build on Linux'
	else
		have_compiler || left_out 'CUDA, OpenGL and OpenBLAS (no C compiler)' 'sudo apt-get install gcc'
		have_cxx_compiler || left_out 'CUDA (no C++ compiler)' 'sudo apt-get install g++'
		can_build_opengl || left_out 'OpenGL (no headers)' 'sudo apt-get install pkg-config libegl-dev'
		have_library libEGL.so.1 && have_driver ||
			left_out 'OpenGL devices (no EGL driver)' 'sudo apt-get install libegl1 libgl1-mesa-dri'
		have_library libopenblas.so.0 ||
			left_out 'OpenBLAS (gonum computes instead)' 'sudo apt-get install libopenblas0-pthread'
	fi
	found=$(tags)
	echo "tandem: building with tags: ${found:-none (CPU only)}"
}

case ${1:-} in
install) install && report ;;
report) report ;;
browser) browser ;;
tags) tags ;;
*)
	sed -n '2,11s/^# \{0,1\}//p' "$0"
	exit 2
	;;
esac
