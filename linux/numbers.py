# SPDX-License-Identifier: GPL-2.0-or-later
# Print the system calls of an instruction set as lines of a C array, from what QEMU was made
# from: numbers.py QEMU-SOURCE TARGET.  [56] = {"openat", 257}: its number there, its name,
# and the number that the host, x86-64, has for the same call, -1 where it has none; then, where
# it is given or gives it in another way, how: enum upset_abi_form.
import os
import re
import sys

# What the same call has on the host as name.  Only where arguments mean the same, and
# pointers to structures may have another layout.
ALIASES = {
    "_llseek": None,  # the result goes to memory
    "_newselect": "select",
    "chown32": "chown",
    "clock_adjtime64": "clock_adjtime",
    "clock_getres_time64": "clock_getres",
    "clock_gettime64": "clock_gettime",
    "clock_nanosleep_time64": "clock_nanosleep",
    "clock_settime64": "clock_settime",
    "fadvise64_64": "fadvise64",
    "fchown32": "fchown",
    "fcntl64": "fcntl",
    "fstat64": "fstat",
    "fstatat64": "newfstatat",
    "fstatfs64": "fstatfs",
    "ftruncate64": "ftruncate",
    "futex_time64": "futex",
    "getegid32": "getegid",
    "geteuid32": "geteuid",
    "getgid32": "getgid",
    "getgroups32": "getgroups",
    "getresgid32": "getresgid",
    "getresuid32": "getresuid",
    "getuid32": "getuid",
    "io_pgetevents_time64": "io_pgetevents",
    "lchown32": "lchown",
    "lstat64": "lstat",
    "mmap2": "mmap",  # the offset is in pages
    "mq_timedreceive_time64": "mq_timedreceive",
    "mq_timedsend_time64": "mq_timedsend",
    "ppoll_time64": "ppoll",
    "pselect6_time64": "pselect6",
    "recvmmsg_time64": "recvmmsg",
    "rt_sigtimedwait_time64": "rt_sigtimedwait",
    "sched_rr_get_interval_time64": "sched_rr_get_interval",
    "semtimedop_time64": "semtimedop",
    "sendfile64": "sendfile",
    "setfsgid32": "setfsgid",
    "setfsuid32": "setfsuid",
    "setgid32": "setgid",
    "setgroups32": "setgroups",
    "setregid32": "setregid",
    "setresgid32": "setresgid",
    "setresuid32": "setresuid",
    "setreuid32": "setreuid",
    "setuid32": "setuid",
    "sigaction": "rt_sigaction",
    "sigreturn": "rt_sigreturn",
    "stat64": "stat",
    "statfs64": "statfs",
    "timer_gettime64": "timer_gettime",
    "timer_settime64": "timer_settime",
    "timerfd_gettime64": "timerfd_gettime",
    "timerfd_settime64": "timerfd_settime",
    "truncate64": "truncate",
    "ugetrlimit": "getrlimit",
    "utimensat_time64": "utimensat",
}

FORMS = {"i386": {**dict.fromkeys(("stat", "lstat", "fstat", "statfs", "fstatfs", "getdents", "sigaction"),
                                  "OLD"),
                  **dict.fromkeys(("mmap", "select"), "IN_MEMORY"), "socketcall": "OF_SOCKETS",
                  **dict.fromkeys(("statfs64", "fstatfs64"), "SIZED")}}


def setting(source, target, name):
    with open(os.path.join(source, "configs/targets", target + "-linux-user.mak")) as file:
        return re.findall("^" + name + "=(.*)$", file.read(), re.M)


def calls(source, target):
    folder = (setting(source, target, "TARGET_ABI_DIR") or setting(source, target, "TARGET_ARCH"))[0]
    abis = setting(source, target, "TARGET_SYSTBL_ABI")[-1].split(",")
    table = os.path.join(source, "linux-user", folder, setting(source, target, "TARGET_SYSTBL")[0])
    with open(table) as file:
        rows = [line.split() for line in file]
    return {int(row[0]): row[2] for row in rows if len(row) > 2 and row[0].isdigit() and row[1] in abis}


source, target = sys.argv[1:]
host = {name: number for number, name in calls(source, "x86_64").items()}
for number, name in sorted(calls(source, target).items()):
    form = FORMS.get(target, {}).get(name)
    print('[%d] = {"%s", %d%s},' % (number, name, host.get(ALIASES.get(name, name), -1),
                                    ", UPSET_ABI_" + form if form else ""))
