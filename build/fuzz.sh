#!/bin/sh
# Runs every fuzz target of the module for the given time each (30s if none), those
# of TAGS too: what build/deps.sh finds if it is not set.
case ${1:-} in
-h | --help)
	sed -n '2,3s/^# \{0,1\}//p' "$0"
	exit
	;;
esac
set -eu
time=${1:-30s}
tags=${TAGS-$("$(dirname "$0")/deps.sh" tags)}
go list -tags "$tags" ./... | while read -r package; do
	dir=$(go list -tags "$tags" -f '{{.Dir}}' "$package")
	for target in $(grep -hos '^func Fuzz[A-Za-z0-9_]*' "$dir"/*_test.go | sed 's/^func //'); do
		echo "== $package $target"
		go test -tags "$tags" "$package" -run '^$' -fuzz "^$target\$" -fuzztime "$time"
	done
done
