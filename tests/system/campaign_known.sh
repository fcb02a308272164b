#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Faults of every kind in a program of which it is known by hand what comes of
# them, as campaigns: in copies, in processes of their own, on the processor.
# campaign_known.sh UPSET ANSWERS FILL, of which the sources are in tiny/.
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
guest=$(realpath "$1") fill=$(realpath "$2")
cd "$dir"

# known STUDY ENGINE LIST ARGUMENTS-OF-CAMPAIGN...: LIST has lines of an outcome, a cause, ALL
# or QEMU (whose count of instructions it is about), and a fault.
known()
{
	study=$1 engine=$2 list=$3
	shift 3
	awk -v engine="$engine" '$3 == "ALL" || engine == "qemu" {
		# What is latent or has converged takes a look at all of the state to know.
		if (engine == "native" && ($2 == "latent" || $2 == "converged" ||
				$2 == "overwritten"))
			$2 = "equal"
		known = $1 " " $2
		$1 = $2 = $3 = ""
		sub(/^ */, "")
		print > "faults"
		print known
	}' "$list" >wanted
	"$upset" campaign --quiet -o "$study" --engine "$engine" --faults faults "$@" >out 2>&1 ||
		fail "$study: $(cat out)"
	sqlite3 -separator ' ' "$study" "SELECT outcome, cause FROM experiments
		ORDER BY experiment" >got
	cmp -s wanted got || fail "$study: $(paste -d ' ' got wanted faults |
		awk '$1 != $3 || $2 != $4')"
}

cat >list <<'LIST'
masked overwritten ALL flip:3 rdx @ insn=3
masked overwritten ALL flip:0-63 rdx @ insn=5
masked latent ALL flip:4 r12 @ insn=4
masked latent ALL flip:40 r15 @ insn=0
masked latent ALL flip:100 ymm3 @ insn=9
masked latent ALL flip:7 mem[area+64,1] @ insn=20
masked converged ALL flip:7 mem[area,1] @ insn=10
masked converged ALL flip:9 r14 @ insn=4
masked converged ALL stuck1:0 rbx @ insn=2
masked converged ALL set:5 rbx @ insn=2
masked converged ALL stuck0:5 rbx @ insn=2 for 4
masked converged ALL stuck0:63 rsp @ insn=0 forever
masked latent ALL flip:0 code[_start] @ insn=9
masked latent ALL set:200 rcx @ pc=fill
sdc stdout ALL flip:0 mem[out,1] @ insn=3
sdc stdout ALL stuck1:7 mem[out+3,1] @ insn=0 forever
sdc stdout ALL skip @ pc=tell
sdc stdout ALL set:3 rdx @ pc=tell
sdc stdout ALL flip:0 operand[0] @ insn=25
sdc stderr ALL flip:5 mem[err,1] @ pc=tell
sdc stdout ALL set:1 rdi @ insn=31
sdc stderr ALL skip @ insn=31
due signal ALL set:0 rip @ insn=2
due signal ALL flip:40 rdi @ pc=fill
due exit-status ALL flip:0 rbx @ insn=2
due exit-status ALL flip:1 rbx @ pc=again #2
due exit-status ALL flip:16 code[again] @ insn=0
due exit-status ALL flip zf @ insn=8
due exit-status ALL stuck1:0 zf @ insn=8
due exit-status ALL set:2 rdx @ pc=again
due exit-status ALL skip @ pc=again #3
due exit-status ALL stuck0:1 rbx @ insn=9 for 2
due exit-status ALL stuck1:4 rbx @ insn=9 forever
detected detected ALL set:39 rax @ insn=36
detected detected ALL flip:1 r13 @ pc=check
detected detected ALL flip zf @ insn=21
due hang ALL set:34 rax @ insn=36
due hang QEMU set:0xfffffffff rdx @ pc=again for 4000000000
due hang QEMU set:0x7fffffff rdx @ pc=again
due hang ALL set:0xfeeb code[again+5] @ pc=again
not-injected not-reached ALL flip:0 rax @ insn=37
not-injected not-reached ALL flip:0 rax @ pc=again #4
not-injected not-reached ALL flip:0 rax @ pc=leave #2
not-injected not-reached ALL flip:0 rax @ insn=1 thread=1
not-injected impossible ALL flip:0 mem[*!0x10] @ insn=2
not-injected impossible ALL flip:0 operand[7] @ insn=2
not-injected impossible ALL flip:100 code[again] @ insn=2
due exit-status ALL flip:0 rbx @ insn=2; flip:1 rbx @ insn=3
masked converged ALL flip:0 rbx @ insn=2; flip:0 rbx @ insn=2
due signal ALL set:0 rip @ insn=2; flip:0 rax @ insn=9
LIST
known carried qemu list --detected wrong -- "$guest"
expect 'made in copies' "$(sqlite3 carried "SELECT count(*) FROM experiments
	WHERE way = 'fresh' AND fault NOT LIKE '%;%' AND fault NOT LIKE '%thread=1'")" 0
known fresh qemu list --fresh --detected wrong -- "$guest"
rows carried >carried.rows
rows fresh >fresh.rows
cmp carried.rows fresh.rows || fail "copies are not as processes: $(diff carried.rows fresh.rows)"
"$upset" campaign -q --engine native -n 1 -o probe -- "$guest" >out 2>&1 && native=1 || native=0
[ "$native" = 0 ] || known native native list --detected wrong -- "$guest"

cat >list <<'LIST'
sdc files ALL flip:0 mem[out,1] @ insn=34
sdc files ALL flip:0 mem[name,1] @ insn=20
sdc files ALL skip @ pc=write
sdc files ALL set:3 rdx @ pc=write
sdc stdout ALL flip:0 mem[out,1] @ insn=22
due exit-status ALL flip:0 rbx @ insn=40
masked overwritten ALL flip:0 rdx @ insn=34
masked latent ALL flip:0 r12 @ insn=40
masked latent ALL flip:0 r12 @ insn=10
LIST
known files qemu list -- "$guest" argument
known files.fresh qemu list --fresh -- "$guest" argument
[ "$native" = 0 ] || known files.native native list -- "$guest" argument
sed -i '/files/d' list
known ignored qemu list --ignore-files -- "$guest" argument
expect 'nothing is written' "$(ls file 2>/dev/null)" ""

cat >list <<'LIST'
detected detected ALL flip:1 r13 @ pc=check
due exit-status ALL flip:0 rbx @ insn=2
masked equal ALL flip:4 r12 @ insn=4
LIST
known detected qemu list --detected-exit 99 --no-sandbox -- "$guest"
cat >list <<'LIST'
masked accepted ALL flip:0 mem[out,1] @ insn=3
sdc check ALL flip:0 mem[out+1,1] @ insn=3
due exit-status ALL flip:0 rbx @ insn=2
LIST
# Right is what ends in "ut".
# shellcheck disable=SC2016 # it is the command's shell that knows them
known checked qemu list --check 'grep -q "ut$" "$UPSET_STDOUT" && [ "$UPSET_STATUS" = 0 ]' -- "$guest"
# Repeats of one instruction, of which none is an instruction.
cat >list <<'LIST'
due hang QEMU set:0xffffff0 rcx @ pc=fill
due signal ALL flip:40 rdi @ pc=fill
masked latent ALL set:1000 rcx @ pc=fill
LIST
known fill qemu list -- "$fill"
known fill.fresh qemu list --fresh -- "$fill"
[ "$native" = 0 ] || known fill.native native list -- "$fill"
