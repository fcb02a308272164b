#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# One program executes the same instructions whoever starts it: what it gets of the
# environment, what it does not get, and which campaign that is.
# environment.sh UPSET
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$dir"

cat >tell.c <<'C'
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
extern char **environ;
int main(int count, char **arguments)
{
	unsigned int bytes = 0;
	for (char **e = environ; *e != NULL; e++) {
		bytes += strlen(*e) + 1;
		puts(*e);
	}
	printf("%d %s %s %u\n", count, arguments[0], (const char *)getauxval(AT_EXECFN), bytes);
	return 0;
}
C
cc -O1 -o tell tell.c
mkdir bin
mv tell bin
ln -s bin other
small='HOME=/nonexistent
LANG=C.UTF-8
PATH=/usr/local/bin:/usr/bin:/bin
TZ=UTC0'
long=$(head -c 5000 /dev/zero | tr '\0' x)

# short, long: COMMAND... as two users have it.
short()
{
	env -i PATH="$dir/bin:$PATH" "$@"
}
long()
{
	env LONG="$long" LD_LIBRARY_PATH=/opt/lib LC_ALL=de_DE.UTF-8 TERM=xterm SLURM_JOB_ID=7 CI=true \
		PATH="$dir/other:$PATH" "$@"
}

# --- every command, from both
for who in short long; do
	$who "$upset" golden -q -o "$who.upset" -- tell >out || fail "$who: golden"
	expect "$who: environment" "$(grep '=' out)" "$small"
	expect "$who: names" "$(tail -1 out | cut -d' ' -f1-3)" "1 tell $dir/bin/tell"
	$who "$upset" inject -f 'flip:3 r15 @ insn=1' -- tell >out || fail "$who: inject"
	sed -n 's/^golden .* \([0-9]*\) instructions.*/\1/p' out >inject.count
	$who "$upset" campaign -q -o "$who.upset" -n 3 -- tell >out || fail "$who: campaign"
	sqlite3 "$who.upset" 'SELECT instructions FROM run ORDER BY id;
		SELECT golden_instructions FROM campaign' | cat - inject.count | sort -u >"$who.counts"
	expect "$who: different counts of one program" "$(wc -l <"$who.counts")" 1
	for table in environment campaign_environment; do
		expect "$who: $table" "$(sqlite3 "$who.upset" "SELECT DISTINCT value FROM $table
			ORDER BY position")" "$small"
	done
done
expect "instructions from a long environment" "$(cat long.counts)" "$(cat short.counts)"
[ "$(cat long.counts)" -gt 1000 ] || fail "counts: $(cat long.counts)"
expect "the campaign from a long environment" "$(sqlite3 long.upset 'SELECT identity FROM campaign')" \
	"$(sqlite3 short.upset 'SELECT identity FROM campaign')"
"$upset" show long.upset variables --csv | tr -d '\r' >out
grep -q -x 'TZ,UTC0' out || fail "show variables: $(cat out)"
"$upset" show long.upset campaign_variables --csv | tr -d '\r' >out
grep -q -x 'LANG,C.UTF-8' out || fail "show campaign_variables: $(cat out)"

# Engine native has the same.
if "$upset" golden -q --engine native -d counts -o native.upset -- bin/tell >out 2>err; then
	expect "native" "$(grep '=' out)" "$small"
fi

# --- what is asked for
GIVEN=1 "$upset" golden -q -o asked.upset --env TZ=UTC1 --env GIVEN --env=EMPTY= --env TZ=UTC2 -- \
	bin/tell >out
expect "--env" "$(grep '=' out)" 'EMPTY=
GIVEN=1
HOME=/nonexistent
LANG=C.UTF-8
PATH=/usr/local/bin:/usr/bin:/bin
TZ=UTC2'
for wrong in NOT_THERE '' =1; do
	status=0
	"$upset" golden -q -o wrong.upset --env "$wrong" -- bin/tell >out 2>err || status=$?
	expect "--env '$wrong'" "$status" 2
	grep -q '^upset: --env' err || fail "--env '$wrong': $(cat err)"
	[ ! -e wrong.upset ] || fail "--env '$wrong' left a study"
done

# --- schedulers: in neither the program nor the campaign, unless it is named
# in_job NUMBER ARGUMENTS...: the campaign in a job of that number
in_job()
{
	number=$1
	shift
	env -i PATH="$PATH" KEPT=1 SLURM_JOB_ID="$number" SLURM_NODELIST="node$number" PBS_JOBID="$number" \
		LSB_JOBID="$number" SGE_TASK_ID="$number" PMI_RANK="$number" \
		OMPI_COMM_WORLD_RANK="$number" _CONDOR_SLOT="slot$number" \
		KUBERNETES_PORT="tcp://10.0.0.$number" CI=true GITHUB_RUN_ID="$number" TERM="xterm$number" \
		"$upset" campaign -q -o job.upset -n 4 "$@" -- bin/tell
}
# campaigns: how many there are, and how many experiments
campaigns()
{
	sqlite3 job.upset 'SELECT (SELECT count(*) FROM campaign), (SELECT count(*) FROM experiment)'
}
in_job 1 --env-all
sqlite3 job.upset 'SELECT value FROM campaign_environment ORDER BY position' >out
expect "--env-all in a job" "$(cat out)" "KEPT=1
PATH=$PATH"
sqlite3 job.upset 'DELETE FROM experiment WHERE number >= 2; DELETE FROM injection WHERE experiment >= 2'
in_job 22 --env-all
expect "the same campaign in another job" "$(campaigns)" '1|4'
in_job 333 --env-all --env SLURM_JOB_ID
expect "a variable that is named" "$(campaigns)" '2|8'
expect "its value" "$(sqlite3 job.upset "SELECT value FROM campaign_variables
	WHERE campaign = 2 AND variable = 'SLURM_JOB_ID'")" 333
