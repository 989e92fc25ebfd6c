#!/bin/sh
# Runs every fuzz target of the module for the given time each (30s if none).
set -eu
time=${1:-30s}
go list ./... | while read -r package; do
	dir=$(go list -f '{{.Dir}}' "$package")
	for target in $(grep -hos '^func Fuzz[A-Za-z0-9_]*' "$dir"/*_test.go | sed 's/^func //'); do
		echo "== $package $target"
		go test "$package" -run '^$' -fuzz "^$target\$" -fuzztime "$time"
	done
done
