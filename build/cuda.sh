#!/bin/sh
# Fetches NVIDIA's runtime compiler (NVRTC) and its assembler (ptxas), which
# turn the kernels into PTX and check it, without installing anything: out of
# packages of the index that pip is set up for or, failing that, of the archive
# that apt is set up for, into build/cuda, which git ignores. Neither needs a
# GPU. The version is fixed, so that everybody gets the same PTX; that of CUDA
# 11.8 runs on the oldest driver that device/cuda takes.
#
#   build/cuda.sh nvrtc   print the path of libnvrtc.so, fetched if need be
#   build/cuda.sh ptxas   print the path of ptxas, likewise
#   build/cuda.sh fetch   fetch both, say nothing
#
# Where they can't be had it says why in one line and fails. TANDEM_NO_INSTALL=1
# forbids fetching.
set -u

version=11.8.89
cd "$(dirname "$0")" || exit 1
into=$PWD/cuda

complete() { [ -e "$1/libnvrtc.so.11.2" ] && [ -e "$1/libnvrtc-builtins.so.11.8" ] && [ -x "$1/ptxas" ]; }

say() {
	echo "tandem: no NVRTC and ptxas $version: $1" >&2
	exit 1
}

# Each of these leaves the three files in $work/out, or fails.
from_pip() {
	command -v python3 >/dev/null 2>&1 || return 1
	timeout 180 python3 -m pip download -q --disable-pip-version-check --retries 1 --no-deps --only-binary :all: \
		-d "$work/pip" "nvidia-cuda-nvrtc-cu11==$version" "nvidia-cuda-nvcc-cu11==$version" >"$work/pip.log" 2>&1 || return 1
	python3 - "$work/pip" "$work/out" <<-'END'
		import glob, os, sys, zipfile

		wanted = ("libnvrtc.so.11.2", "libnvrtc-builtins.so.11.8", "ptxas")
		for wheel in glob.glob(sys.argv[1] + "/*.whl"):
		    with zipfile.ZipFile(wheel) as archive:
		        for name in archive.namelist():
		            if os.path.basename(name) in wanted:
		                with open(os.path.join(sys.argv[2], os.path.basename(name)), "wb") as out:
		                    out.write(archive.read(name))
	END
	chmod +x "$work"/out/ptxas 2>/dev/null
	complete "$work/out"
}

# With a package list of its own: the machine's may lack the section non-free.
from_apt() {
	command -v apt-get >/dev/null 2>&1 && command -v dpkg-deb >/dev/null 2>&1 || return 1
	apt=$work/apt
	mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$apt/deb"
	apt-get indextargets --format '$(ORIGIN) $(REPO_URI) $(CODENAME)' 'Created-By: Packages' 2>/dev/null |
		awk '$1 == "Debian" && $3 !~ /-/ { print "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]", $2, $3, "non-free" }' |
		sort -u >"$apt/sources.list"
	[ -s "$apt/sources.list" ] || return 1
	private() {
		timeout 180 apt-get -qq -o Dir::State::Lists="$apt/lists" -o Dir::Cache="$apt" -o Dir::Etc::SourceList="$apt/sources.list" \
			-o Dir::Etc::SourceParts=/dev/null -o APT::Sandbox::User=root "$@" >>"$work/apt.log" 2>&1
	}
	private update && (cd "$apt/deb" && private download libnvrtc11.2 libnvrtc-builtins11.8 nvidia-cuda-toolkit) || return 1
	for package in "$apt"/deb/libnvrtc*.deb; do
		dpkg-deb -x "$package" "$apt/root" || return 1
	done
	# One file out of a large package: tar ends before the archive does.
	dpkg-deb --fsys-tarfile "$apt"/deb/nvidia-cuda-toolkit*.deb 2>/dev/null |
		tar -x --occurrence=1 -C "$apt/root" ./usr/bin/ptxas
	for file in libnvrtc.so.11.2 libnvrtc-builtins.so.11.8 ptxas; do
		find "$apt/root" -name "$file" -exec cp -L {} "$work/out/" ';'
	done
	complete "$work/out"
}

fetch() {
	complete "$into" && return
	[ "$(uname -sm)" = 'Linux x86_64' ] || say 'they are fetched for Linux on amd64 only'
	[ -z "${TANDEM_NO_INSTALL:-}" ] || say 'TANDEM_NO_INSTALL forbids fetching them'
	work=$(mktemp -d "$PWD/cuda.XXXXXX") || exit 1
	trap 'rm -rf "$work"' EXIT
	mkdir "$work/out"
	if ! from_pip; then
		rm -f "$work"/out/*
		from_apt || say "$(cat "$work"/*.log 2>/dev/null | grep . | tail -n 1 | cut -c 1-200 | grep . || echo 'neither pip nor apt is here')"
	fi
	# Whole or not at all; another run may have been first.
	mv -T "$work/out" "$into" 2>/dev/null || complete "$into" || say "$into is in the way"
}

case ${1:-} in
nvrtc) fetch && echo "$into/libnvrtc.so.11.2" ;;
ptxas) fetch && echo "$into/ptxas" ;;
fetch) fetch ;;
*)
	sed -n '2,14s/^# \{0,1\}//p' "$0"
	exit 2
	;;
esac
