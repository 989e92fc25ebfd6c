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
GONUM ?=
BLAS  ?=

# device/cuda compiles against a cuda.h of its own; cu's -lcuda is not needed to
# start (device/cuda/internal/driver). Setting the variables drops Go's -O2 -g.
export CGO_CFLAGS  ?= -O2 -g -I$(CURDIR)/device/cuda/include
export CGO_LDFLAGS ?= -O2 -g -Wl,--as-needed

# One version of it, whatever the machine has: generated files are compared.
NVRTC = TANDEM_NVRTC="$$($(CURDIR)/build/cuda.sh nvrtc || echo none)"

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
.PHONY: help deps demo test test-gonum race asan soak fuzz bench bench-blas bench-peers bench-gpu gpu-bundle bench-save bench-compare flamegraph report guard browser lint generate ptx portable clean ci

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

deps: ## install what CUDA's tests, OpenGL and OpenBLAS need, or say what is left out and how to get it
	@build/deps.sh install

demo: deps ## the main job on all devices: checked, with a table of who did what
	go run -tags '$(TAGS)' ./examples/demo

test: deps ## every test, over every device that is here
	go test -tags '$(TAGS)' -timeout 30m $(TESTS) $(PKG)

test-gonum: deps ## gonum's testblas, mat and lapack suites with Tandem's BLAS in use, on each set of devices; GONUM='-set cpu'
	go run ./build/testgonum -tags '$(TAGS)' $(GONUM)

race: deps ## the same under the race detector, with the smaller share of the random tests
	go test -tags '$(TAGS)' -short -race -timeout 40m $(TESTS) $(PKG)

# The kernels of device/cuda's driver in process are C++, and so is half of what
# goes wrong with memory. What Go's own code does is the race detector's. The
# sanitizer's dlopen does not search where the library that calls it lies, so NVRTC
# has to be told where its other half is.
asan: export LD_LIBRARY_PATH := $(CURDIR)/build/cuda$(addprefix :,$(LD_LIBRARY_PATH))
asan: deps ## CUDA's suites under the address sanitizer: kernels, compiled for the host, and the driver in process
	go test -tags '$(TAGS)' -short -asan -timeout 20m $(TESTS) ./device/cuda/...
	go test -tags '$(TAGS)' -short -asan -timeout 20m -run 'CUDA|Conformance|FewerBlocks' $(TESTS) ./kernels ./hybrid

soak: ## random tasks, cancellations, panics, deadlines and killed programs for a minute, twice
	TANDEM_SOAK=$(SOAK) go test -count=1 -v -run TestSoak ./hybrid
	TANDEM_SOAK=$(SOAK) go test -count=1 -v -run TestSoak -race ./hybrid

fuzz: ## every fuzz target for 30 seconds, and ten thousand random kernels
	TAGS='$(TAGS)' build/fuzz.sh 30s
	$(NVRTC) TAGS='$(TAGS)' build/fuzzkernels.sh 10000

bench: deps ## every category, beside plain Go, in 7 minutes; BENCH=latency for one of them, ARGS=-quick for less
	go run -tags '$(TAGS)' ./bench -bench '$(BENCH)' $(ARGS)

bench-blas: ## s.BLAS() beside the BLAS that it wraps, cell by cell; BLAS='-time 60s -resume'
	go run ./bench/cmd/calibrate
	go run ./bench/blas -o bench/results/blas.jsonl -plot bench/results/blas.png $(BLAS)

bench-peers: deps ## all of it beside Rayon, oneTBB, StarPU, repartir, Ray, Dask, Go's pools and C, in 15 minutes; PEERS=-quick, ARGS='-time 9m'
	go run ./bench/peers $(PEERS)
	go run -tags '$(TAGS)' ./bench -peers -bench '$(BENCH)' $(PEERS) $(ARGS)

bench-save: deps ## make bench, kept as a baseline: NAME=before
	@test -n '$(NAME)' || { echo 'which name? make bench-save NAME=before'; exit 2; }
	rm -f 'bench/baselines/$(NAME).jsonl'
	go run -tags '$(TAGS)' ./bench -bench '$(BENCH)' $(ARGS) -o 'bench/baselines/$(NAME).jsonl'

bench-compare: deps ## make bench again, and what has changed by more than noise: BASE=before
	@test -f 'bench/baselines/$(BASE).jsonl' || { echo 'no such baseline; make bench-save NAME=$(BASE)'; exit 2; }
	rm -f bench/baselines/.new.jsonl
	go run -tags '$(TAGS)' ./bench -bench '$(BENCH)' $(ARGS) -o bench/baselines/.new.jsonl
	go run ./bench/cmd/compare 'bench/baselines/$(BASE).jsonl' bench/baselines/.new.jsonl

bench-gpu: deps ## the benchmarks on the GPUs: CUDA if there is one, else OpenGL, else CPU
	TAGS='$(TAGS)' build/bundle.sh build/gpu bench
	build/gpu/run.sh bench

gpu-bundle: deps ## build/gpu: suites and benchmarks for a machine with a GPU and without Go; run.sh there
	TAGS='$(TAGS)' build/bundle.sh build/gpu

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

generate: ## rewrite generated files; PTX only where NVRTC can be had
	go run ./cmd/tandemgen kernels
	$(NVRTC) go generate ./...

ptx: ## the kernels' PTX is what their texts compile to, and assembles for every generation of GPUs; tandemgen's CUDA C compiles
	@if ptxas=$$(build/cuda.sh ptxas); then \
		cd kernels && $(NVRTC) go run ./internal/ptx/generate -check internal/ptx/ptx.zip && \
		go run ./internal/ptx/generate -assemble "$$ptxas" internal/ptx/ptx.zip && \
		$(NVRTC) go test -run TestCUDACompiles ../internal/kernelgen/sample/...; \
	fi

portable: ## the CPU-only build without cgo, and for the other platforms
	CGO_ENABLED=0 go build ./...
	CGO_ENABLED=0 GOOS=linux GOARCH=arm64 go vet ./...
	CGO_ENABLED=0 GOOS=darwin GOARCH=arm64 go vet ./...
	CGO_ENABLED=0 GOOS=windows GOARCH=amd64 go vet ./...

clean: ## remove what the targets above have built
	rm -rf bin bench/bin build/cuda build/gpu
	go clean -testcache

ci: deps browser portable lint ## all that must hold before a change lands
	go mod tidy -diff
	$(MAKE) generate ptx && git diff --exit-code
	go test ./...
	$(MAKE) test
	$(MAKE) race
	$(MAKE) asan
	$(MAKE) test-gonum GONUM='-short -set "cpu, tiles of 64"'
	$(NVRTC) TANDEM_SEED=2 TAGS='$(TAGS)' build/fuzzkernels.sh 60
	build/customkernel.sh
	$(MAKE) demo
	$(MAKE) guard
	go run ./bench/cmd/report -readme README.md -check '$(RESULTS)'
