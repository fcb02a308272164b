#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The job files of examples/cluster, each executed as its scheduler would do it (GNU parallel by
# itself), with four shards: what comes of them is the whole campaign.
# examples.sh UPSET PROGRAM EXAMPLES
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/../system/lib.sh"
examples=$2
cp "$1" "$dir/program"
cd "$dir"
mkdir bin
ln -s "$upset" bin/upset
PATH=$dir/bin:$PATH
upset plan -q -n 40 -o big.plan -- ./program
upset campaign -q --plan big.plan -o whole
rows whole >whole.rows

# fewer FILE: the same with four shards.
fewer()
{
	sed 's/\b64\b/4/; s/\b0-63\b/0-3/; s/\bseq 0 63\b/seq 0 3/' "$examples/$1"
}

# same WHAT: the parts of it are all there and what they should be.
same()
{
	[ -e big.upset ] || upset merge -q -o big.upset big-*.upset
	rows big.upset | cmp - whole.rows || fail "$1: something else came of it"
	expect "$1: parts" "$(ls big-*.upset | wc -l)" 4
	rm -f big.upset big-*.upset
}

# --- HTCondor: $(Process) is replaced, and arguments are words ---------------------------------

fewer htcondor.sub | grep -v '^#' >job
expect 'HTCondor: how many' "$(sed -n 's/^queue //p' job)" 4
expect 'HTCondor: lines' "$(grep -vc '^[a-z_]* *= [^ ]\|^queue [0-9]*$' job)" 0
grep -q '^on_exit_remove = ExitCode =!= 75$' job || fail 'HTCondor: 75 is not started again'
for k in 0 1 2 3; do
	# shellcheck disable=SC2046
	upset $(sed -n 's/^arguments *= //p' job | sed "s/\$(Process)/$k/g")
done
same HTCondor

# --- PBS ---------------------------------------------------------------------------------------

fewer pbs.sh >job
expect 'PBS: the array' "$(sed -n 's/^#PBS -J //p' job)" 0-3
for k in 3 2 1 0; do
	(cd / && PBS_O_WORKDIR="$dir" PBS_ARRAY_INDEX=$k sh "$dir/job")
done
same PBS

# --- GNU parallel ------------------------------------------------------------------------------

fewer parallel.sh >job
if ! command -v parallel >/dev/null; then
	cat >bin/parallel <<'END'
#!/bin/sh
while [ "$1" != upset ]; do
	shift
done
while read -r k; do
	sh -c "$(echo "$*" | sed "s/{}/$k/g")" </dev/null || exit
done
END
	chmod +x bin/parallel
fi
sh job -j 2 2>err || fail "parallel: $(cat err)"
same parallel

# --- Kubernetes --------------------------------------------------------------------------------

fewer kubernetes.yaml | sed "s|/data/|$dir/|g; s|/scratch -o|$dir/scratch -o|" >job
mkdir scratch
if python3 -c 'import yaml' 2>/dev/null; then
	python3 -c '
import sys, yaml
job = yaml.safe_load(sys.stdin)
spec = job["spec"]
assert (job["kind"], spec["completionMode"], spec["completions"]) == ("Job", "Indexed", 4), job
assert spec["podFailurePolicy"]["rules"][0]["onExitCodes"]["values"] == [75]
pod = spec["template"]["spec"]
assert {m["name"] for m in pod["containers"][0]["volumeMounts"]} == {v["name"] for v in pod["volumes"]}
print(pod["containers"][0]["command"][2])' <job >words
else
	sed -n '/- >-/,/resources/p' job | sed '1d; $d' | tr -s '\n ' ' ' >words
fi
for k in 0 1 2 3; do
	JOB_COMPLETION_INDEX=$k sh -c "$(cat words)"
done
expect 'Kubernetes: the scratch' "$(ls scratch)" ''
same Kubernetes
