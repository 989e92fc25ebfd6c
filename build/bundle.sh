#!/bin/sh
# Puts the suites that concern GPUs and the benchmarks into one folder, built
# for this kind of machine, with a run.sh that needs neither Go nor a toolkit:
#
#   build/bundle.sh DIR           everything
#   build/bundle.sh DIR bench     only what measures
#
# TAGS are the build tags; what build/deps.sh finds if it is not set.
case ${1:-} in
-h | --help)
	sed -n '2,8s/^# \{0,1\}//p' "$0"
	exit
	;;
esac
set -eu
out=$1 only=${2:-}
tags=${TAGS-$(build/deps.sh tags)}

mkdir -p "$out/bin"
rm -rf "$out/bin"/* "$out/suites" "$out/bench" "$out/results"
echo "$(git describe --always --dirty 2>/dev/null || echo unknown), $(go version | cut -d ' ' -f 3), tags $tags" >"$out/version"

# suite NAME PACKAGE: the tests of a package, beside the data that they read.
suite() {
	mkdir -p "$out/suites/$1"
	go test -c -tags "$tags" -ldflags='-s -w' -o "$out/bin/$1.test" "./$2"
	# Without tests there is no binary, and no suite.
	[ -e "$out/bin/$1.test" ] || { rmdir "$out/suites/$1" && return; }
	go list -f '{{.ImportPath}}' "./$2" >"$out/suites/$1/package"
	if [ -d "$2/testdata" ]; then
		cp -R "$2/testdata" "$out/suites/$1/"
	fi
}

suite cuda device/cuda
# Where no GPU is, the suite has this compute in place of cuBLAS.
"${CC:-gcc}" -shared -fPIC -O1 -o "$out/suites/cuda/libcublas.so.12" device/cuda/internal/cublas/testdata/libcublas.c
suite opengl device/opengl
if [ "$only" != bench ]; then
	suite kernels kernels
	suite hybrid hybrid
	go build -ldflags='-s -w' -o "$out/bin/test2json" cmd/test2json
fi
# Results say of which commit they are, whatever GOFLAGS says.
go build -tags "$tags" -buildvcs=auto -ldflags='-s -w' -o "$out/bin/bench" ./bench
# The peers on a GPU: one is built here, the others are Python's.
mkdir -p "$out/bench/peers" "$out/bench/bin"
cp -R bench/peers/build.sh bench/peers/cublas bench/peers/gpu "$out/bench/peers/"
"${CC:-gcc}" -O2 -o "$out/bench/bin/cublas" bench/peers/cublas/main.c -ldl -lm
cp build/gpu.sh "$out/run.sh"
echo "tandem: $out: $(du -sm "$out" | cut -f 1) MB; run it with $out/run.sh"
