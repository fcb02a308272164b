/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices and inodes have other numbers in each sandbox, and files that the run has
 * changed other times.  The program sees one device, inodes by the order in which
 * it first saw them, and the run's begin as the time of all that came later.
 */
#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <time.h>

#include "engine/qemu/guest/internal.h"

enum {
	DEVICE_MAJOR = 8,
	DEVICE_MINOR = 1,
	FIRST_NUMBER = 2,
	LEAST_ROOM = 1024, /* a power of 2 */
	BLOCK_BYTES = 4096,
};

/* As Linux numbers the inodes of /proc that are there all of the time. */
#define PROC_ROOT 1
#define PROC_FIRST_FIXED 0xf0000000ULL

struct inode {
	uint64_t device, inode;
	uint64_t number; /* that the program sees; 0: unused */
};

static struct {
	pthread_mutex_t lock;
	struct inode *inodes; /* [room], a hash table */
	size_t room, count;
	uint64_t proc;	       /* the device of /proc */
	struct timespec since; /* see numbers_begin() */
} numbers = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* --- inodes ----------------------------------------------------------------------------------- */

static struct inode *find(uint64_t device, uint64_t inode)
{
	uint64_t at = (inode ^ device * 0x9e3779b97f4a7c15ULL) * 0xbf58476d1ce4e5b9ULL >> 20;

	while (numbers.inodes[at & (numbers.room - 1)].number != 0) {
		struct inode *i = &numbers.inodes[at & (numbers.room - 1)];

		if (i->device == device && i->inode == inode)
			return i;
		at++;
	}
	return &numbers.inodes[at & (numbers.room - 1)];
}

static bool make_room(void)
{
	struct inode *old = numbers.inodes;
	size_t room = numbers.room;

	if (numbers.count * 2 < room)
		return true;
	numbers.inodes = calloc(room == 0 ? LEAST_ROOM : room * 2, sizeof(*old));
	if (numbers.inodes == NULL) {
		numbers.inodes = old;
		return false;
	}
	numbers.room = room == 0 ? LEAST_ROOM : room * 2;
	for (size_t i = 0; i < room; i++) {
		if (old[i].number != 0)
			*find(old[i].device, old[i].inode) = old[i];
	}
	free(old);
	return true;
}

uint64_t numbers_inode(uint64_t device, uint64_t inode)
{
	struct inode *found;
	uint64_t number = inode;

	(void)pthread_mutex_lock(&numbers.lock);
	if (make_room()) {
		found = find(device, inode);
		if (found->number == 0)
			*found = (struct inode){device, inode, FIRST_NUMBER + numbers.count++};
		number = found->number;
	}
	(void)pthread_mutex_unlock(&numbers.lock);
	return number;
}

/*
 * What /proc has of processes gets an inode when it is looked at: so it is called
 * by its kind, which is another one in each folder above it.
 */
static uint64_t number_of(uint64_t device, uint64_t inode, unsigned int mode, uint64_t links)
{
	if (device == numbers.proc && inode > PROC_ROOT && inode < PROC_FIRST_FIXED)
		return PROC_FIRST_FIXED + (mode & S_IFMT) * 256UL + links;
	return numbers_inode(device, inode);
}

void guest_replaces(const struct stat *before, const struct stat *now)
{
	uint64_t number;

	(void)pthread_mutex_lock(&numbers.lock);
	if (make_room()) {
		number = find(before->st_dev, before->st_ino)->number;
		if (number != 0)
			*find(now->st_dev, now->st_ino) =
				(struct inode){now->st_dev, now->st_ino, number};
	}
	(void)pthread_mutex_unlock(&numbers.lock);
}

uint64_t numbers_device(void)
{
	return makedev(DEVICE_MAJOR, DEVICE_MINOR);
}

/* A thread that is not in the child may have held it. */
static void in_child(void)
{
	(void)pthread_mutex_init(&numbers.lock, NULL);
}

void numbers_begin(uint64_t since_ns)
{
	struct stat proc;

	if (stat("/proc", &proc) == 0)
		numbers.proc = proc.st_dev;
	(void)make_room(); /* once, and not in each copy of this process */
	numbers.since =
		(struct timespec){(time_t)(since_ns / SECOND_NS), (long)(since_ns % SECOND_NS)};
	(void)pthread_atfork(NULL, NULL, in_child);
}

/* --- times ------------------------------------------------------------------------------------ */

static bool is_before(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec < b->tv_nsec;
}

/* What lies in the future the program has set itself. */
static bool is_of_run(const struct timespec *time)
{
	struct timespec now;

	return clock_gettime(CLOCK_REALTIME, &now) == 0 && !is_before(time, &numbers.since) &&
	       !is_before(&now, time);
}

static void set_time(struct timespec *time)
{
	if (is_of_run(time))
		*time = (struct timespec){(time_t)(CLOCK_EPOCH_NS / SECOND_NS), 0};
}

static bool is_statx_of_run(const struct statx_timestamp *time)
{
	const struct timespec same = {time->tv_sec, time->tv_nsec};

	return is_of_run(&same);
}

static void set_statx_time(struct statx_timestamp *time)
{
	if (is_statx_of_run(time)) {
		time->tv_sec = (int64_t)(CLOCK_EPOCH_NS / SECOND_NS);
		time->tv_nsec = 0;
	}
}

/* --- what system calls tell ------------------------------------------------------------------- */

static uint64_t number_at(const unsigned char *bytes, size_t size)
{
	uint64_t number = 0;

	memcpy(&number, bytes, size);
	return number;
}

static struct timespec time_at(const unsigned char *bytes)
{
	const size_t word = guest_abi()->word_bytes;

	return (struct timespec){
		(time_t)number_at(bytes, word), (long)number_at(bytes + word, word)};
}

static void put_time(unsigned char *bytes, struct timespec time)
{
	const size_t word = guest_abi()->word_bytes;

	set_time(&time);
	memcpy(bytes, &time.tv_sec, word);
	memcpy(bytes + word, &time.tv_nsec, word);
}

static void give_stat(uint64_t address, const struct upset_abi_stat *at)
{
	unsigned char info[UINT8_MAX];
	struct timespec changed;
	uint64_t device, inode;

	if (!guest_read(address, info, at->bytes))
		return;
	device = number_at(info, at->device_bytes);
	inode = number_of(device, number_at(info + at->inode, at->inode_bytes),
		(unsigned int)number_at(info + at->mode, sizeof(uint16_t)),
		number_at(info + at->links, at->links_bytes));
	device = numbers_device();
	memcpy(info, &device, at->device_bytes);
	memcpy(info + at->inode, &inode, at->inode_bytes);
	/* When it was read last is another time in each run, unless this one has set it. */
	changed = time_at(info + at->changed);
	put_time(info + at->accessed,
		time_at(info + (is_of_run(&changed) ? at->accessed : at->modified)));
	put_time(info + at->modified, time_at(info + at->modified));
	put_time(info + at->changed, changed);
	(void)guest_write(address, info, at->bytes);
}

static void give_statx(uint64_t address)
{
	struct statx info;

	if (!guest_read(address, &info, sizeof(info)))
		return;
	info.stx_ino = numbers_inode(makedev(info.stx_dev_major, info.stx_dev_minor), info.stx_ino);
	info.stx_dev_major = DEVICE_MAJOR;
	info.stx_dev_minor = DEVICE_MINOR;
	info.stx_mnt_id = info.stx_mnt_id != 0;
	if (!is_statx_of_run(&info.stx_ctime))
		info.stx_atime = info.stx_mtime;
	set_statx_time(&info.stx_atime);
	set_statx_time(&info.stx_mtime);
	set_statx_time(&info.stx_ctime);
	set_statx_time(&info.stx_btime);
	(void)guest_write(address, &info, sizeof(info));
}

static bool is_of_kernel(uint64_t type)
{
	return type == PROC_SUPER_MAGIC || type == SYSFS_MAGIC || type == DEVPTS_SUPER_MAGIC ||
	       type == CGROUP2_SUPER_MAGIC;
}

/*
 * A file system that is half full, of a kind that every program knows. In statfs's structure are
 * two words, five numbers of @bytes each, eight bytes that name it, and words again.
 */
static void give_statfs(uint64_t address, size_t bytes)
{
	const size_t word = guest_abi()->word_bytes, name = 2 * word + 5 * bytes;
	const uint64_t counts[] = {1 << 24, 1 << 23, 1 << 23, 1 << 24, 1 << 23};
	const uint64_t type = EXT4_SUPER_MAGIC, block = BLOCK_BYTES, longest = NAME_MAX;
	const uint64_t device = numbers_device(), size = name + sizeof(device) + 2 * word;
	unsigned char info[sizeof(struct statfs)];

	if (!guest_read(address, info, size))
		return;
	if (!is_of_kernel(number_at(info, word))) {
		memcpy(info, &type, word);
		memcpy(info + word, &block, word);
		for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
			memcpy(info + 2 * word + i * bytes, &counts[i], bytes);
		memcpy(info + name + sizeof(device), &longest, word);
		memcpy(info + name + sizeof(device) + word, &block, word);
	}
	memcpy(info + name, &device, sizeof(device));
	(void)guest_write(address, info, size);
}

/* Of folder @fd, @size bytes of entries at @address. Each has two numbers of @bytes, its length
   and at @name its name. */
static void give_entries(int fd, uint64_t address, size_t size, size_t bytes, size_t name)
{
	char *entries = malloc(size);

	if (entries == NULL || !guest_read(address, entries, size))
		size = 0;
	for (size_t at = 0; at + name < size;) {
		uint64_t inode = 0;
		uint16_t length;
		struct stat info;

		memcpy(&inode, entries + at, bytes);
		memcpy(&length, entries + at + 2 * bytes, sizeof(length));
		if (fstatat(fd, entries + at + name, &info, AT_SYMLINK_NOFOLLOW) == 0)
			inode = number_of(info.st_dev, info.st_ino, info.st_mode, info.st_nlink);
		memcpy(entries + at, &inode, bytes);
		at += length == 0 ? size : length;
	}
	(void)guest_write(address, entries, size);
	free(entries);
}

void numbers_after(const struct call *call, int64_t result)
{
	const struct upset_abi *abi = guest_abi();
	const struct upset_abi_stat *stat =
		call->form == UPSET_ABI_OLD ? &abi->old_stat : &abi->stat;
	const size_t word = abi->word_bytes;

	if (result < 0)
		return;
	switch (call->number) {
	case SYS_stat:
	case SYS_lstat:
	case SYS_fstat:
		give_stat(call->a2, stat);
		break;
	case SYS_newfstatat:
		give_stat(call->a3, stat);
		break;
	case SYS_statx:
		give_statx(call->a5);
		break;
	case SYS_statfs:
	case SYS_fstatfs:
		give_statfs(call->a2, call->form == UPSET_ABI_SIZED ? sizeof(uint64_t) : word);
		break;
	case SYS_getdents:
		give_entries(
			(int)call->a1, call->a2, (size_t)result, word, 2 * word + sizeof(uint16_t));
		break;
	case SYS_getdents64:
		give_entries((int)call->a1, call->a2, (size_t)result, sizeof(uint64_t),
			offsetof(struct dirent64, d_name));
		break;
	default:
		break;
	}
}
