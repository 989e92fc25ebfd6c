#!/bin/sh
# Runs the suites and the benchmarks beside it on this machine's GPUs: those of
# CUDA if there is one, else of OpenGL, else on the CPU. It needs neither Go nor
# a toolkit, and it ends well whatever fails, with a short table as the last
# thing that it prints.
#
#   run.sh [-o DIR] [-t SECONDS] [tests] [bench] [check]
#
#   tests  the suites (these and bench unless something is named)
#   bench  the benchmarks
#   check  the suites again under compute-sanitizer, if it is here
#
# DIR (results, beside it) gets results.jsonl, one result a line, and what
# everything has printed. What has not begun after SECONDS (900) is left out,
# and nothing runs longer than that.
here=$(cd "$(dirname "$0")" && pwd)
out=$here/results limit=900 what=
while [ $# -gt 0 ]; do
	case $1 in
	-o) out=$2 && shift 2 ;;
	-t) limit=$2 && shift 2 ;;
	tests | bench | check) what="$what $1" && shift ;;
	*) sed -n '2,17s/^# \{0,1\}//p' "$0" && exit 2 ;;
	esac
done
what=${what:-tests bench}
if ! mkdir -p "$out" 2>/dev/null || [ ! -w "$out" ]; then
	out=$(mktemp -d)
fi
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
	124 | 137) echo 'timed out' ;;
	126 | 127) echo 'not run' ;;
	1 | 2) echo failed ;;
	*) echo "status $1" ;;
	esac
}

# step NAME SECONDS FOLDER COMMAND...: runs a command in a folder, no longer
# than that and than what is left; its output goes to NAME.log. Sets status,
# result and took. It fails where nothing is left, and reports that itself.
step() {
	name=$1 most=$2 folder=$3
	shift 3
	left=$((limit - $(date +%s) + begin))
	[ "$most" -lt "$left" ] || most=$left
	if [ "$most" -lt 5 ]; then
		status=126 took=0 result='left out'
		report "$name" ''
		return 1
	fi
	echo "== $name"
	start=$(date +%s)
	(cd "$folder" && exec timeout -k 10 "$most" "$@") >"$out/$name.log" 2>&1 </dev/null
	status=$?
	took=$(($(date +%s) - start)) result=$(outcome $status)
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

# tests NAME SUITE [COMMAND]: the tests of a suite, those aside that build
# programs.
tests() {
	name=$1 suite=$2
	shift 2
	[ -x "$here/bin/$suite.test" ] || return 0
	step "$name" 420 "$here/suites/$suite" "$@" "$here/bin/$suite.test" -test.v=test2json -test.paniconexit0 \
		-test.timeout 400s -test.skip 'ProgramsDoNotLink|Soak' || return 0
	lines=$out/$name.jsonl
	"$here/bin/test2json" -p "$(cat "$here/suites/$suite/package")" <"$out/$name.log" >"$lines" 2>/dev/null
	grep '"Action":"\(pass\|fail\|skip\)"' "$lines" >>"$results" 2>/dev/null
	failed=$(sed -n 's/.*"Action":"fail".*"Test":"\([^"]*\)".*/\1/p' "$lines" | head -n 3 | tr '\n' ' ')
	[ "$status" = 0 ] || [ -n "$failed" ] || failed=$(grep . "$out/$name.log" | tail -n 1 | cut -c 1-80)
	report "$name" "$(count pass "$lines") passed, $(count skip "$lines") skipped, $(count fail "$lines") failed${failed:+: $failed}"
}

# benchmarks SUITE: a suite's benchmarks as JSON lines.
benchmarks() {
	[ -x "$here/bin/$1.test" ] || return 0
	step "$1-bench" 300 "$here/suites/$1" "$here/bin/$1.test" -test.run '^$' -test.bench . -test.benchtime 300ms -test.timeout 290s ||
		return 0
	awk -v suite="$1" '/^Benchmark/ && NF >= 4 {
		printf "{\"benchmark\":\"%s\",\"suite\":\"%s\",\"n\":%s", $1, suite, $2
		for (i = 3; i < NF; i += 2)
			printf ",\"%s\":%s", $(i + 1), $i
		print "}"
	}' "$out/$1-bench.log" >>"$results"
	report "$1-bench" "$(grep -c '^Benchmark.*/op' "$out/$1-bench.log") benchmarks"
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
	case $part in
	tests)
		for suite in cuda kernels hybrid opengl; do
			tests "$suite" "$suite"
		done
		;;
	bench)
		benchmarks "$(echo "$ran" | tr '[:upper:]' '[:lower:]')"
		rm -f "$out/bench.jsonl"
		step bench 540 "$here" "$here/bin/bench" -devices -peers -o "$out/bench.jsonl" || continue
		sed -n '/^on devices/,$p' "$out/bench.log"
		cat "$out/bench.jsonl" >>"$results" 2>/dev/null
		report bench "$(cat "$out/bench.jsonl" 2>/dev/null | grep -c .) operations and sizes"
		;;
	check)
		if command -v compute-sanitizer >/dev/null 2>&1; then
			for tool in memcheck racecheck synccheck; do
				tests "$tool" cuda compute-sanitizer --tool "$tool" --error-exitcode 9
			done
		else
			status=127 took=0 result='not run'
			report check 'no compute-sanitizer here'
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
