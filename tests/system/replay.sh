#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Experiments of campaigns again: the same is told of them, and where they part
# from the golden run is where they do in programs that are known by hand.
# replay.sh UPSET VICTIM HELLO JOINED: guests of tests/engine, and joined.c
# shellcheck source=tests/system/lib.sh
. "$(dirname "$0")/lib.sh"
cp "$1" "$dir/victim"
cp "$2" "$dir/hello"
cp "$3" "$dir/joined"
cd "$dir"

# replay STATUS STUDY NUMBER [OPTION...]: what is told from the outcome on, into `told`.
replay()
{
	replay_wanted=$1 replay_status=0
	shift
	"$upset" replay "$@" >all 2>err </dev/null || replay_status=$?
	[ "$replay_status" = "$replay_wanted" ] ||
		fail "replay $*: exit status $replay_status: $(cat all err)"
	sed -n '/^outcome/,$p' all >told
}

# tells WHAT: on standard input, all that was told.
tells()
{
	cat >wanted
	cmp -s wanted told || fail "$1: $(diff wanted told)"
}

# has PATTERN
has()
{
	grep -q -e "$1" all || fail "no '$1' in: $(cat all)"
}

cat >list <<'END'
flip:1 rdx @ insn=6
flip:0 rax @ pc=first
skip @ insn=8
flip:5 rcx @ insn=0
flip:1 mem[value,1] @ insn=0
set:0 rip @ insn=4
flip:0 operand[0] @ insn=5
stuck0:0 rax @ insn=6 for 7
skip @ insn=1000
flip:0 rax @ insn=15; flip:1 rdx @ pc=again #1
END
"$upset" campaign -q -o v.upset --detected "it's" --faults list -- ./victim >first 2>&1 ||
	skip "$(cat first)"

replay 0 v.upset 0
tells 'a loop that ends too early' <<'END'
outcome   due (exit-status)
latency   7 instructions from the fault to the end
read      first 1 instruction behind the fault
          0x40101a  again+0x3 at victim.S:17  dec edx
diverges  3 instructions behind the fault
  behind  0x40101c  again+0x5 at victim.S:18  jnz 0x401017
  golden  0x401017  again+0x0 at victim.S:16  add eax, 0x1
  faulty  0x40101e  again+0x7 at victim.S:19  movq xmm1, rax
compared  3 instructions
END
replay 0 v.upset 1
tells 'another sum' <<'END'
outcome   due (exit-status)
latency   17 instructions from the fault to the end
read      first at the fault itself
          0x401006  first+0x0 at victim.S:12  add eax, 0x2
spreads   to a general register without the fault 14 instructions behind the fault
          0x401023  again+0xc at victim.S:20  movq rdi, xmm1
same      both execute the same instructions to the end
compared  17 instructions
END
replay 0 v.upset 2
tells 'a branch that is skipped' <<'END'
outcome   due (exit-status)
latency   4 instructions from the fault to the end
diverges  at the fault itself
  golden  0x401017  again+0x0 at victim.S:16  add eax, 0x1
  faulty  0x40101e  again+0x7 at victim.S:19  movq xmm1, rax
compared  0 instructions
END
replay 0 v.upset 3
tells 'a register that is overwritten' <<'END'
outcome   masked (overwritten)
lost      what was changed is overwritten 3 instructions behind the fault
          0x401009  first+0x3 at victim.S:13  mov ecx, [0x402000]
same      both execute the same instructions to the end
compared  19 instructions
END
replay 0 v.upset 4
tells 'memory' <<'END'
outcome   due (exit-status)
latency   19 instructions from the fault to the end
read      first 3 instructions behind the fault
          0x401009  first+0x3 at victim.S:13  mov ecx, [0x402000]
spreads   to a general register without the fault 3 instructions behind the fault
          0x401009  first+0x3 at victim.S:13  mov ecx, [0x402000]
same      both execute the same instructions to the end
compared  19 instructions
END
replay 0 v.upset 5
tells 'a jump to nowhere' <<'END'
outcome   due (signal)
latency   0 instructions from the fault to the end
diverges  at the fault itself
  golden  0x401010  first+0xa at victim.S:14  add eax, ecx
  faulty  ends: killed by signal 11 (SIGSEGV)
compared  0 instructions
END
replay 0 v.upset 6
has '^read  *first 2 instructions'
has '^diverges  7 instructions'
# The bit is 1 there, and 0 is held: it is read at once.
replay 0 v.upset 7
has '^read  *first at the fault itself$'
has '^same  *both execute'
replay 0 v.upset 8
tells 'a fault that does not happen' <<'END'
outcome   not-injected (not-reached)
END
# The second fault comes first, and then the first one does not come.
replay 0 v.upset 9
has '^diverges  3 instructions behind the fault$'
has '^  behind  0x40101c '
replay 0 v.upset 4 --steps 2
has '^same      for 2 instructions, and not compared further'
replay 0 v.upset 4 --steps 0
! grep -q '^same\|^compared' all || fail "compared although it is not asked for: $(cat all)"

# What is written differs, and nothing else does.
echo 'flip:0 mem[text,1] @ insn=1' >list
"$upset" campaign -q -o h.upset --faults list --fresh -- ./hello file
replay 0 h.upset 0
tells 'another text' <<'END'
outcome   sdc (stdout)
latency   17 instructions from the fault to the end
writes    something else 3 instructions behind the fault
          0x401016  _start+0x16 at hello.S:9  syscall
same      both execute the same instructions to the end
compared  17 instructions
END

# The rules of outcomes are the campaign's, whatever is quoted in them.
"$upset" campaign -q -o h.upset --faults list --check "grep -q 'ello' \"\$UPSET_STDOUT\"" -- ./hello file
replay 0 h.upset 0
has '^outcome   masked (accepted)'
echo 'flip:0 rax @ insn=2' >list
"$upset" campaign -q -o d.upset --faults list --detected-exit 25 -- ./victim
replay 0 d.upset 0
has '^outcome   detected (detected)'

# Threads take turns, and engine native does not tell.
echo 'flip:5 r15 @ insn=1' >list
"$upset" campaign -q -o t.upset --faults list -- ./joined
replay 0 t.upset 0
has 'the program has threads'
if "$upset" campaign -q -e native -o n.upset --faults list -- ./victim >/dev/null 2>&1; then
	replay 0 n.upset 0
	has 'under engine qemu only'
fi

# The standard input is the campaign's, and so are folder, environment and PATH.
echo text >input
echo more >notes
cp "$(command -v cat)" echoing
LATER=1 PATH=".:$PATH" "$upset" campaign -q -o i.upset --faults list -- echoing notes - <input
mkdir elsewhere
cd elsewhere
replay 0 ../i.upset 0
has '^golden  .* wrote 10 and 0 bytes'
cd ..
rm elsewhere/*

# What is not as the study says.
cp v.upset other.upset
sqlite3 other.upset "UPDATE experiment SET verdict = (SELECT verdict FROM experiment
		WHERE number = 3) WHERE number = 0;
	UPDATE injection SET old_value = x'07', address = 1 WHERE experiment = 1;
	UPDATE injection SET state = (SELECT state FROM injection WHERE experiment = 8)
		WHERE experiment = 4;
	UPDATE campaign SET golden_instructions = 7"
replay 1 other.upset 0
has '^differs   the outcome: it was masked (overwritten)$'
has "^differs   the golden run's instructions: they were 7$"
replay 1 other.upset 1
has '^differs   the value before: it was 0x07$'
has '^differs   the address: it was 0x1$'
replay 1 other.upset 4
has '^differs   what became of fault 0: it was not-reached$'
echo >>input
replay 1 i.upset 0
has '^differs   input .*/input has changed since the campaign$'
echo >>victim
replay 1 v.upset 0
has '^differs   program ./victim has changed since the campaign$'
has '^diverges  3 instructions'

# What cannot be done.
replay 3 v.upset 10
grep -q 'campaign 1 has no experiment 10' err || fail "a wrong number: $(cat err)"
replay 3 v.upset 0 -c 2
grep -q 'has no campaign 2' err || fail "a wrong campaign: $(cat err)"
head -c 9000 v.upset >cut.upset
replay 3 cut.upset 0
rm victim
replay 3 v.upset 0
grep -q 'victim' err || fail "a program that is gone: $(cat err)"
