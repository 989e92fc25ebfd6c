# Tandem's tasks. Override on the command line: TAGS=opengl (none: TAGS=),
# PKG=./steal/..., BENCH=Inline, TESTS='-run Balance', SEED=17.

# Evaluated where it is used, so after `deps` has installed what was missing.
TAGS  ?= $(shell build/deps.sh tags)
PKG   ?= ./...
TESTS ?=
BENCH ?= .
SEED  ?=
SOAK  ?= 60s
PEERS ?=
# Of the benchmarks: flags, a baseline's name, and the results that the report is of.
ARGS    ?=
NAME    ?=
BASE    ?=
RESULTS ?= bench/results/performance.jsonl

# Pinned, so that an upgrade is a change that somebody reads.
LINTER  := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOFUMPT := mvdan.cc/gofumpt@v0.12.0

ifneq ($(SEED),)
export TANDEM_SEED := $(SEED)
endif

.DEFAULT_GOAL := help
.PHONY: help deps demo test race soak fuzz bench bench-peers bench-gpu bench-save bench-compare flamegraph report guard browser lint generate portable clean ci

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

deps: ## install what OpenGL and OpenBLAS need, or say what is left out and how to get it
	@build/deps.sh install

demo: deps ## the main job on all devices: checked, with a table of who did what
	go run -tags '$(TAGS)' ./examples/demo

test: deps ## every test, over every device that is here
	go test -tags '$(TAGS)' -timeout 30m $(TESTS) $(PKG)

race: deps ## the same under the race detector, with the smaller share of the random tests
	go test -tags '$(TAGS)' -short -race -timeout 40m $(TESTS) $(PKG)

soak: ## random tasks, cancellations, panics, deadlines and killed programs for a minute, twice
	TANDEM_SOAK=$(SOAK) go test -count=1 -v -run TestSoak ./hybrid
	TANDEM_SOAK=$(SOAK) go test -count=1 -v -run TestSoak -race ./hybrid

fuzz: ## every fuzz target for 30 seconds
	build/fuzz.sh 30s

bench: deps ## every category, beside plain Go; BENCH=latency for one of them, ARGS=-quick for less
	go run -tags '$(TAGS)' ./bench -bench '$(BENCH)' $(ARGS)

bench-peers: deps ## all of it beside Rayon, oneTBB, StarPU, repartir, Ray, Dask, Go's pools and C; PEERS=-quick
	go run ./bench/peers $(PEERS)
	go run -tags '$(TAGS)' ./bench -peers -bench '$(BENCH)' $(PEERS)

bench-save: deps ## make bench, kept as a baseline: NAME=before
	@test -n '$(NAME)' || { echo 'which name? make bench-save NAME=before'; exit 2; }
	rm -f 'bench/baselines/$(NAME).jsonl'
	go run -tags '$(TAGS)' ./bench -bench '$(BENCH)' $(ARGS) -o 'bench/baselines/$(NAME).jsonl'

bench-compare: deps ## make bench again, and what has changed by more than noise: BASE=before
	@test -f 'bench/baselines/$(BASE).jsonl' || { echo 'no such baseline; make bench-save NAME=$(BASE)'; exit 2; }
	rm -f bench/baselines/.new.jsonl
	go run -tags '$(TAGS)' ./bench -bench '$(BENCH)' $(ARGS) -o bench/baselines/.new.jsonl
	go run ./bench/cmd/compare 'bench/baselines/$(BASE).jsonl' bench/baselines/.new.jsonl

bench-gpu: deps ## throughput on the GPUs: CUDA if there is one, else OpenGL, else CPU
	go run -tags '$(TAGS)' ./bench -devices

flamegraph: deps ## where the time of BENCH=submit/empty goes, as bench/flamegraph.svg
	go run -tags '$(TAGS)' ./bench -bench '$(if $(filter .,$(BENCH)),submit/empty,$(BENCH))' $(ARGS) -cpuprofile bench/cpu.prof
	go run ./bench/cmd/flamegraph -o bench/flamegraph.svg bench/cpu.prof

report: browser ## bench/report.html, README's figures and docs/report.png, of RESULTS=bench/results/performance.jsonl
	go run ./bench/cmd/report -html bench/report.html -readme README.md -png docs/report.png '$(RESULTS)'

guard: ## fail if a ratio to a peer of the same run fell below its bound
	go run ./bench -guard

browser:
	@build/deps.sh browser

lint: deps bin/golangci-lint bin/gofumpt ## the linter with every tag, and the formatter
	@test -z "$$(bin/gofumpt -l .)" || { echo 'not formatted with gofumpt:'; bin/gofumpt -l .; exit 1; }
	bin/golangci-lint run
	bin/golangci-lint run --build-tags '$(TAGS)'

bin/golangci-lint:
	GOBIN=$(CURDIR)/bin go install $(LINTER)

bin/gofumpt:
	GOBIN=$(CURDIR)/bin go install $(GOFUMPT)

generate: ## rewrite generated files
	go generate ./...

portable: ## the CPU-only build without cgo, and for the other platforms
	CGO_ENABLED=0 go build ./...
	CGO_ENABLED=0 GOOS=linux GOARCH=arm64 go vet ./...
	CGO_ENABLED=0 GOOS=darwin GOARCH=arm64 go vet ./...
	CGO_ENABLED=0 GOOS=windows GOARCH=amd64 go vet ./...

clean: ## remove what the targets above have built
	rm -rf bin bench/bin
	go clean -testcache

ci: deps browser portable lint ## all that must hold before a change lands
	go mod tidy -diff
	go generate ./... && git diff --exit-code
	go test ./...
	$(MAKE) test
	$(MAKE) race
	$(MAKE) demo
	$(MAKE) guard
	go run ./bench/cmd/report -readme README.md -check '$(RESULTS)'
