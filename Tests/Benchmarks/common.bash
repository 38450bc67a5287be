# What the benchmarks share: a private directory, builds, and races whose rounds are interleaved.
set -euo pipefail
benchmarks=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
package=$(cd "$benchmarks/../.." && pwd)
rounds=${ROUNDS:-7}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# build PRODUCT: builds one of our executables as it is installed, and prints its path.
build() {
  local options=(--package-path "$package" -c release --static-swift-stdlib)
  swift build "${options[@]}" --product "$1" >&2
  printf '%s/%s\n' "$(swift build "${options[@]}" --show-bin-path 2>/dev/null)" "$1"
}

# yardstick NAME: compiles one of the C programs beside this file, and prints its path.
yardstick() {
  gcc -O2 -Wall -Wextra -static -o "$work/$1" "$benchmarks/Yardsticks/$1.c"
  printf '%s\n' "$work/$1"
}

# contestant NAME INPUT COMMAND...: takes part in the next race; INPUT is its standard input.
contestant() {
  local number=${#names[@]}
  names+=("$1")
  inputs+=("$2")
  declare -ga "command_$number=()"
  declare -n command="command_$number"
  command=("${@:3}")
}
names=()
inputs=()

# race: runs all contestants in turn, round by round, and prints for each the median time, what that
# is to the first one's, the median processor time, and the largest peak of memory.
race() {
  local round number measure
  measure=$(yardstick measure)
  for ((round = 0; round <= rounds; round++)); do
    for number in "${!names[@]}"; do
      declare -n command="command_$number"
      # Nobody pays for what another one left unwritten. Round 0 warms the caches.
      sync -f "$work"
      "$measure" "${inputs[number]}" "$work/output" "${command[@]}" >"$work/result"
      ((round)) && cat "$work/result" >>"$work/results.$number"
    done
  done
  printf '%-34s %10s %7s %10s %10s\n' "median of $rounds rounds" ms ratio 'cpu ms' 'peak MiB'
  local base wall
  base=$(column 1 0)
  for number in "${!names[@]}"; do
    wall=$(column 1 "$number")
    awk -v name="${names[number]}" -v wall="$wall" -v base="$base" \
      -v cpu="$(column 2 "$number")" -v peak="$(sort -nk3 "$work/results.$number" | tail -n 1)" \
      'BEGIN {
        split(peak, fields, " ")
        printf "%-34s %10.1f %7.2f %10.1f %10.1f\n",
          name, wall / 1000, wall / base, cpu / 1000, fields[3] / 1024
      }'
    rm "$work/results.$number"
  done
  names=()
  inputs=()
}

# column N CONTESTANT: the median of a column of the results.
column() {
  sort -nk"$1" "$work/results.$2" | awk -v column="$1" \
    '{ values[NR] = $column }
    END { print (values[int((NR + 1) / 2)] + values[int((NR + 2) / 2)]) / 2 }'
}
