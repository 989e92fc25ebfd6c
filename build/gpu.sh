#!/bin/sh
# Runs the suites and the benchmarks beside it on this machine's GPUs: those of
# CUDA if there is one, else of OpenGL, else on the CPU. It needs neither Go nor
# a toolkit, and it ends well whatever fails, with a short table as the last
# thing that it prints.
#
#   run.sh [quick] [-o DIR] [-t SECONDS] [bench] [tests] [check]
#
#   bench  the benchmarks
#   tests  the suites
#   check  the suites of kernels and device again under compute-sanitizer, if it is on
#          PATH, in CUDA_HOME or in /usr/local/cuda
#
# All three are run, in that order, unless something is named. They take SECONDS (600)
# at most, of which the first half is for the benchmarks, and the last sixth for the
# check; quick is for 240 of them, fewer sizes, fewer samples and no check. From 1800 on
# the suites are run whole, below with -short.
#
# CuPy and PyTorch are measured where python3 has them; TANDEM_NO_INSTALL= (nothing) has
# them installed first, which takes minutes.
#
# DIR (results, beside it) gets results.jsonl, one result a line as it comes, and what
# everything has printed. An interrupt ends what is under way; the table has what there
# was until then.
here=$(cd "$(dirname "$0")" && pwd)
usage() { sed -n '2,25s/^# \{0,1\}//p' "$0" && exit 2; }
out=$here/results limit= what= quick=
while [ $# -gt 0 ]; do
	case $1 in
	-o) [ $# -gt 1 ] || usage && out=$2 && shift 2 ;;
	-t) [ $# -gt 1 ] || usage && limit=$2 && shift 2 ;;
	quick) quick=-quick && shift ;;
	tests | bench | check) what="$what $1" && shift ;;
	*) usage ;;
	esac
done
what=${what:-bench tests$([ -n "$quick" ] || echo ' check')}
limit=${limit:-$([ -n "$quick" ] && echo 240 || echo 600)}
case $limit in
*[!0-9]*) usage ;;
esac
short=-test.short
[ "$limit" -lt 1800 ] || short=
if ! mkdir -p "$out" 2>/dev/null || ! touch "$out/results.jsonl" 2>/dev/null; then
	wanted=$out
	out=$(mktemp -d) || exit 1
	echo "tandem: $wanted can't be written to; results go to $out"
fi
out=$(cd "$out" && pwd) # the steps run in other folders
# Installing takes longer than measuring, and a machine in a closed network waits for it
# in vain.
export TANDEM_NO_INSTALL="${TANDEM_NO_INSTALL-1}"
results=$out/results.jsonl table=$out/table.txt
: >"$results"
: >"$table"
begin=$(date +%s)

# What toolkits and Python packages have of NVIDIA's libraries, for dlopen.
for dir in $(python3 -c 'import site; print(*site.getsitepackages(), site.getusersitepackages())' 2>/dev/null); do
	for part in cublas cuda_nvrtc cu13; do
		[ -d "$dir/nvidia/$part/lib" ] && LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$dir/nvidia/$part/lib
	done
done
export LD_LIBRARY_PATH
export TANDEM_TEST_CUBLAS="$here/suites/cuda/libcublas.so.12"

# quote TEXT: TEXT as JSON has it.
quote() { printf '"%s"' "$(printf %s "$1" | tr '\n\t' '  ' | sed 's/[\\"]/\\&/g')"; }

row() { printf '%-22s %-10s %6s s  %s\n' "$1" "$2" "$3" "$4" >>"$table"; }

# outcome STATUS: what an exit status means.
outcome() {
	case $1 in
	0) echo ok ;;
	9) echo 'found errors' ;; # compute-sanitizer, which is told to say so
	124 | 137) echo 'timed out' ;;
	126 | 127) echo 'not run' ;;
	1 | 2) echo failed ;;
	*) echo "status $1" ;;
	esac
}

# An interrupt ends the step under way, and those behind it are left out.
stopped= pid=
trap 'stopped=yes; [ -z "$pid" ] || kill -TERM "$pid" 2>/dev/null' INT TERM HUP

# A part of the run ends after until seconds, for those behind it.
until=$limit

# step NAME SECONDS FOLDER COMMAND...: runs a command in a folder, no longer
# than that and than what its part has left; its output goes to NAME.log. Sets status,
# result and took. It fails where nothing is left, and reports that itself.
step() {
	name=$1 most=$2 folder=$3
	shift 3
	left=$((until - $(date +%s) + begin))
	[ "$most" -lt "$left" ] || most=$left
	if [ "$most" -lt 5 ] || [ -n "$stopped" ]; then
		status=126 took=0 result='left out'
		report "$name" ''
		return 1
	fi
	echo "== $name"
	start=$(date +%s)
	(cd "$folder" && exec timeout -k 10 "$most" "$@") >"$out/$name.log" 2>&1 </dev/null &
	pid=$!
	wait "$pid"
	status=$?
	if [ -n "$stopped" ]; then # it was the waiting that ended
		wait "$pid"
		status=$?
	fi
	pid=
	took=$(($(date +%s) - start)) result=$(outcome $status)
	[ -z "$stopped" ] || result=interrupted
	return 0
}

# report NAME DETAIL: a row, and a line of JSON.
report() {
	row "$1" "$result" "$took" "$2"
	printf '{"step":%s,"result":%s,"status":%d,"seconds":%d,"detail":%s}\n' "$(quote "$1")" "$(quote "$result")" "$status" \
		"$took" "$(quote "$2")" >>"$results"
}

# count ACTION FILE: tests, and parts of tests, of which a file of JSON lines
# says that.
count() { grep -c "\"Action\":\"$1\".*\"Test\":" "$2" 2>/dev/null || true; }

# tests NAME SUITE SECONDS PATTERN [COMMAND]: the tests of a suite that match, those
# aside that build programs.
tests() {
	name=$1 suite=$2 most=$3 pattern=$4
	shift 4
	[ -x "$here/bin/$suite.test" ] || return 0
	step "$name" "$most" "$here/suites/$suite" "$@" "$here/bin/$suite.test" -test.v=test2json -test.paniconexit0 $short \
		-test.run "$pattern" -test.skip 'ProgramsDoNotLink|Soak' || return 0
	lines=$out/$name.jsonl
	"$here/bin/test2json" -p "$(cat "$here/suites/$suite/package")" <"$out/$name.log" >"$lines" 2>/dev/null
	grep '"Action":"\(pass\|fail\|skip\)"' "$lines" >>"$results" 2>/dev/null
	failed=$(sed -n 's/.*"Action":"fail".*"Test":"\([^"]*\)".*/\1/p' "$lines" | head -n 3 | tr '\n' ' ')
	[ "$status" = 0 ] || [ -n "$failed" ] || failed=$(grep . "$out/$name.log" | tail -n 1 | cut -c 1-80)
	summary=$(sed -n 's/^=* *\([A-Z]* SUMMARY: .*\)/\1/p' "$out/$name.log" | tail -n 1) # of compute-sanitizer
	report "$name" "${summary:+$summary; }$(count pass "$lines") passed, $(count skip "$lines") skipped, $(count fail "$lines") failed${failed:+: $failed}"
}

# benchmarks NAME SUITE SECONDS PATTERN PROGRAM: a suite's benchmarks as JSON lines. The
# program, in awk, makes what the table has of them.
benchmarks() {
	name=$1 suite=$2 pattern=$4
	[ -x "$here/bin/$suite.test" ] || return 0
	step "$name" "$3" "$here/suites/$suite" "$here/bin/$suite.test" -test.run '^$' -test.bench "$pattern" -test.benchtime 100ms || return 0
	awk -v suite="$suite" '/^Benchmark/ && NF >= 4 {
		printf "{\"benchmark\":\"%s\",\"suite\":\"%s\",\"n\":%s", $1, suite, $2
		for (i = 3; i < NF; i += 2)
			printf ",\"%s\":%s", $(i + 1), $i
		print "}"
	}' "$out/$name.log" >>"$results"
	report "$name" "$(grep -c '^Benchmark.*/op' "$out/$name.log") benchmarks$(awk "$5" "$out/$name.log")"
}

# What of a line of a benchmark stands before a unit.
of='function of(unit, i) { for (i = 3; i < NF; i += 2) if ($(i + 1) == unit) return $i }'

# Launches beside the bare driver, with what was promised of a GPU: at most 1000 ns, and
# 50 in batches.
launches="$of"'
	/^BenchmarkLaunch\/batch=/ {
		split($1, part, /[=-]/)
		most = part[2] == 1 ? 1000 : 50
		text = text sprintf("%s %.0f ns in batches of %s (goal %d: %s)", text ? "," : "", of("ns/over-bare"), part[2], most, of("ns/over-bare") <= most ? "met" : "not met")
	}
	END { if (text) printf "; a launch over the bare driver:%s", text }'

# Rates of the code that NVRTC makes for this GPU, as parts of those of the code for the
# oldest.
codes="$of"'
	/^BenchmarkCode\// {
		match($1, /kernel=[^\/]*/); kernel = substr($1, RSTART + 7, RLENGTH - 7)
		match($1, /code=[a-z]*/); code = substr($1, RSTART + 5, RLENGTH - 5)
		rate[kernel, code] = of("GFLOP/s")
		if (code == "native" && rate[kernel, "archived"] > 0)
			text = text sprintf("%s %s %.2f", text ? "," : "", kernel, rate[kernel, code] / rate[kernel, "archived"])
	}
	END { if (text) printf "; compiled here, of the rate of what was compiled ahead:%s", text }'

# find_sanitizer prints where compute-sanitizer is.
find_sanitizer() {
	command -v compute-sanitizer && return
	for home in "${CUDA_HOME:-}" "${CUDA_PATH:-}" /usr/local/cuda; do
		for file in "$home/bin/compute-sanitizer" "$home/compute-sanitizer/compute-sanitizer"; do
			[ -z "$home" ] || [ ! -x "$file" ] || { echo "$file" && return; }
		done
	done
	return 1
}

step devices 60 "$here" "$here/bin/bench" -list
cat "$out/devices.log"
if [ "$status" != 0 ]; then
	report devices "$(tail -n 1 "$out/devices.log")"
fi
ran=CPU
grep -q '^opengl:' "$out/devices.log" && ran=OpenGL
grep -q '^cuda:' "$out/devices.log" && ran=CUDA && export TANDEM_TEST_CUDA=real
card=$(nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2>/dev/null | tr '\n' ';')
machine=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1)
version=$(cat "$here/version" 2>/dev/null)
printf '{"machine":%s,"cores":%d,"kernel":%s,"cards":%s,"devices":%s,"ran":%s,"version":%s,"date":%s}\n' "$(quote "$machine")" \
	"$(getconf _NPROCESSORS_ONLN)" "$(quote "$(uname -sr)")" "$(quote "$card")" "$(quote "$(cat "$out/devices.log")")" \
	"$(quote "$ran")" "$(quote "$version")" "$(quote "$(date -u +%Y-%m-%dT%H:%M:%SZ)")" >>"$results"

for part in $what; do
	# Each has its share and what those before have left; the last has all the rest.
	until=$limit
	case "$part ${what##*$part}" in
	'bench ') ;;
	'bench '*) until=$((limit / 2)) ;;
	'tests '*check*) until=$((limit * 5 / 6)) ;;
	esac
	case $part in
	bench)
		rm -f "$out/bench.jsonl" "$out/bench.jsonl.partial"
		case $ran in # short ones first
		CUDA)
			benchmarks launches cuda 40 . "$launches"
			benchmarks code kernels 60 '^BenchmarkCode$' "$codes"
			;;
		OpenGL) benchmarks opengl-bench opengl 40 . '' ;;
		esac
		time=$((limit * 2 / 5))
		if step bench $((time + time / 4)) "$here" "$here/bin/bench" -devices -peers $quick -time "${time}s" -o "$out/bench.jsonl"; then
			sed -n '/^on devices/,$p' "$out/bench.log"
			# What is partial is there when the program did not come to its end.
			cat "$out/bench.jsonl" "$out/bench.jsonl.partial" >>"$results" 2>/dev/null
			failed=$(sed -n 's/^bench: //p' "$out/bench.log" | head -n 1 | cut -c 1-100)
			report bench "$(cat "$out/bench.jsonl" "$out/bench.jsonl.partial" 2>/dev/null | grep -c '"row"') rows${failed:+; $failed}"
		fi
		;;
	tests)
		for suite in cuda kernels hybrid opengl; do
			tests "$suite" "$suite" $((limit > 1800 ? limit : 150)) .
		done
		;;
	check)
		if [ "$ran" != CUDA ]; then
			status=0 took=0 result='not run'
			report check 'no CUDA here'
		elif sanitizer=$(find_sanitizer); then
			# Each has half of what is left, so that what finds most has most; every kernel is in
			# the conformance suite. Calls that the suites have fail on purpose are no findings.
			for tool in memcheck racecheck memcheck-device synccheck; do
				suite=kernels pattern=TestConformance/cuda
				[ "$tool" != memcheck-device ] || { suite=cuda && pattern=TestConformance; }
				tests "$tool" "$suite" $(((until - $(date +%s) + begin) / 2)) "$pattern" \
					"$sanitizer" --tool "${tool%-device}" $([ "${tool%-device}" != memcheck ] || echo '--report-api-errors no') --error-exitcode 9
			done
		else
			status=127 took=0 result='not run'
			report check 'no compute-sanitizer on PATH, in CUDA_HOME or in /usr/local/cuda'
		fi
		;;
	esac
done

echo
echo "tandem $version"
echo "on ${machine:-an unknown processor}${card:+, $card}"
echo
cat "$table"
echo
echo "ran on $ran; every result is in $results"
exit 0
