# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154
# A Slurm of virtual nodes on the loopback interface, of packages unpacked by setup/slurm.sh, all of
# whose files are in one folder.  Sourced behind tests/system/lib.sh.
# Nothing of it is installed: packages of daemons start them, and tests change no machine.

# slurm_find ROOT: use the programs below ROOT, or those of the system.
slurm_find()
{
	slurm_root=$(realpath "$1" 2>/dev/null || :)
	if [ -n "$slurm_root" ] && [ -x "$slurm_root/usr/sbin/slurmctld-wlm" ]; then
		slurm_libraries=$slurm_root/usr/lib/$(gcc -print-multiarch 2>/dev/null || uname -m)
		mkdir -p "$dir/slurm/bin"
		for name in "$slurm_root"/usr/bin/* "$slurm_root"/usr/sbin/*; do
			ln -sf "$name" "$dir/slurm/bin/$(basename "${name%-wlm}")"
		done
		PATH=$dir/slurm/bin:$PATH
		slurm_plugins=$slurm_libraries/slurm-wlm
		export LD_LIBRARY_PATH="$slurm_libraries:$slurm_plugins"
	else
		slurm_root=
	fi
	for name in slurmctld slurmd munged sbatch squeue scontrol scancel sinfo; do
		command -v "$name" >/dev/null || skip "no $name: run setup/slurm.sh ${1:-FOLDER}"
	done
	[ "$(id -u)" = 0 ] || skip 'the daemons of Slurm need root'
}

slurm_configure()
{
	at=$dir/slurm
	cat >"$at/slurm.conf" <<-END
		ClusterName=test
		SlurmctldHost=localhost(127.0.0.1)
		SlurmUser=root
		SlurmdUser=root
		AuthType=auth/munge
		AuthInfo=socket=$at/munge.sock,cred_expire=5
		CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
		SlurmctldPort=$((slurm_port))
		StateSaveLocation=$at/state
		SlurmdSpoolDir=$at/spool/%n
		SlurmctldPidFile=$at/slurmctld.pid
		SlurmdPidFile=$at/slurmd.%n.pid
		SlurmctldLogFile=$at/slurmctld.log
		SlurmdLogFile=$at/slurmd.%n.log
		ProctrackType=proctrack/linuxproc
		TaskPlugin=task/none
		SwitchType=switch/none
		JobAcctGatherType=jobacct_gather/none
		AccountingStorageType=accounting_storage/none
		MailProg=/bin/true
		SchedulerType=sched/backfill
		SchedulerParameters=bf_interval=1,sched_interval=1,sched_min_interval=1,batch_sched_delay=0
		SelectType=select/cons_tres
		SelectTypeParameters=CR_CPU
		PreemptType=preempt/partition_prio
		PreemptMode=REQUEUE
		ReturnToService=2
		KillWait=5
		SlurmdTimeout=10
		SlurmdParameters=config_overrides
		${slurm_root:+PluginDir=$slurm_plugins}
		PartitionName=low Nodes=ALL Default=YES MaxTime=60 State=UP PriorityTier=1 PreemptMode=REQUEUE GraceTime=3
		PartitionName=high Nodes=ALL MaxTime=60 State=UP PriorityTier=10 PreemptMode=OFF
	END
	for i in $(seq "$1"); do
		echo "NodeName=n$i NodeHostname=localhost NodeAddr=127.0.0.1 Port=$((slurm_port + i)) CPUs=1 RealMemory=500"
	done >>"$at/slurm.conf"
}

# slurm_node N: start the daemon of node nN.
slurm_node()
{
	if [ -n "$slurm_root" ]; then
		slurmd -N "n$1" -d "$slurm_root/usr/sbin/slurmstepd-wlm"
	else
		slurmd -N "n$1"
	fi
}

# slurm_up NODES: start it and wait until all nodes are there.
slurm_up()
{
	at=$dir/slurm
	mkdir -p "$at/state" "$at/spool"
	chmod 755 "$dir" "$at"
	# Its place in the upper half of the ports, by the shell's number.
	slurm_port=$((20000 + $$ % 4000 * 10))
	head -c 256 /dev/urandom >"$at/munge.key"
	chmod 600 "$at/munge.key"
	slurm_configure "$1"
	export SLURM_CONF="$at/slurm.conf"
	trap 'slurm_down; rm -rf "$dir"' EXIT
	munged --key-file="$at/munge.key" --socket="$at/munge.sock" --pid-file="$at/munged.pid" \
		--log-file="$at/munged.log" --seed-file="$at/munged.seed" --num-threads=2 ||
		skip "munged does not start here: $(cat "$at/munged.log")"
	slurmctld || skip "slurmctld does not start here: $(tail -n 3 "$at/slurmctld.log")"
	for i in $(seq "$1"); do
		slurm_node "$i" || skip "slurmd does not start here: $(tail -n 3 "$at/slurmd.n$i.log")"
	done
	for _ in $(seq 150); do
		[ "$(sinfo -h -N -p low -t idle 2>/dev/null | wc -l)" != "$1" ] || return 0
		sleep 0.2
	done
	skip "no nodes: $(tail -n 3 "$at/slurmctld.log")"
}

# End the jobs, then the daemons that were started here, by their numbers.
slurm_down()
{
	scancel -u root 2>/dev/null || :
	for _ in $(seq 50); do
		[ -n "$(squeue -h 2>/dev/null)" ] || break
		sleep 0.1
	done
	daemons=$(cat "$dir"/slurm/*.pid 2>/dev/null || :)
	# shellcheck disable=SC2086
	[ -z "$daemons" ] || kill $daemons 2>/dev/null || :
	for daemon in $daemons; do
		for _ in $(seq 20); do
			kill -0 "$daemon" 2>/dev/null || continue 2
			sleep 0.1
		done
		# A slurmd waits for what is no more.
		kill -KILL "$daemon" 2>/dev/null || :
	done
}
