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

# Pinned, so that an upgrade is a change that somebody reads.
LINTER  := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOFUMPT := mvdan.cc/gofumpt@v0.12.0

ifneq ($(SEED),)
export TANDEM_SEED := $(SEED)
endif

.DEFAULT_GOAL := help
.PHONY: help deps demo test race soak fuzz bench bench-peers bench-gpu lint generate portable clean ci

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

fuzz: ## every fuzz target for 30 seconds, and ten thousand random kernels
	build/fuzz.sh 30s
	TAGS='$(TAGS)' build/fuzzkernels.sh 10000

bench: deps ## the promises as ratios measured in one run
	go run -tags '$(TAGS)' ./bench -bench '$(BENCH)'

bench-peers: ## tasks, fork-join and processes beside Rayon, chili, oneTBB, Go's pools and C; PEERS=-quick
	go run ./bench/peers $(PEERS)

bench-gpu: deps ## throughput on the GPUs: CUDA if there is one, else OpenGL, else CPU
	go run -tags '$(TAGS)' ./bench -devices

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

ci: deps portable lint ## all that must hold before a change lands
	go mod tidy -diff
	go generate ./... && git diff --exit-code
	go test ./...
	$(MAKE) test
	$(MAKE) race
	TANDEM_SEED=2 TAGS='$(TAGS)' build/fuzzkernels.sh 60
	build/customkernel.sh
	$(MAKE) demo
	$(MAKE) bench
