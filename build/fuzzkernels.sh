#!/bin/sh
# Compares the given number of random kernels (10000 if none is given) with their
# functions on every device; with the tag cuda, also their CUDA C, on the driver in
# process. Where TANDEM_NVRTC says where NVRTC is, that compiles all of their CUDA C too.
# TANDEM_SEED is the first seed, or the time; TAGS are the build tags.
case ${1:-} in
-h | --help)
	sed -n '2,5s/^# \{0,1\}//p' "$0"
	exit
	;;
esac
set -eu
cd "$(dirname "$0")/.."
exec go run ./internal/kernelgen/random/batches -seed "${TANDEM_SEED:-$(date +%s)}" -tags "${TAGS:-}" "${1:-10000}"
