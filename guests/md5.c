/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest program: the MD5 digest (RFC 1321) of a file, printed as md5sum does.
 * Reads the file in pieces, so that it mixes system calls and computation.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK_BYTES = 64, DIGEST_BYTES = 16, READ_BYTES = 65536 };

struct md5 {
	uint32_t state[4];	      /* A, B, C, D */
	uint64_t bytes;		      /* taken so far */
	uint8_t pending[BLOCK_BYTES]; /* the bytes % BLOCK_BYTES last ones */
};

/* RFC 1321 section 3.4: the integer part of 2^32 * abs(sin(i)), i from 1. */
static const uint32_t sine[64] = {0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf,
	0x4787c62a, 0xa8304613, 0xfd469501, 0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be,
	0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340, 0x265e5a51,
	0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8, 0x21e1cde6, 0xc33707d6,
	0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a, 0xfffa3942,
	0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
	0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8,
	0xc4ac5665, 0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92,
	0xffeff47d, 0x85845dd1, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82,
	0xbd3af235, 0x2ad7d2bb, 0xeb86d391};

static const uint8_t rotation[4][4] = {
	{7, 12, 17, 22},
	{5, 9, 14, 20},
	{4, 11, 16, 23},
	{6, 10, 15, 21},
};

/* RFC 1321 appendix A.5. */
static const struct {
	const char *text, *digest;
} suite[] = {
	{"", "d41d8cd98f00b204e9800998ecf8427e"},
	{"a", "0cc175b9c0f1b6a831c399e269772661"},
	{"abc", "900150983cd24fb0d6963f7d28e17f72"},
	{"message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
	{"abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"},
	{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
		"d174ab98d277d9f5a5611c2c9f419d9f"},
	{"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
		"57edf4a22be3c955ac49da2e2107b67a"},
};

static uint32_t load32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint32_t rotate(uint32_t x, unsigned int n)
{
	return x << n | x >> (32 - n);
}

/* Section 3.4, one block of 16 words. */
static void transform(uint32_t *state, const uint8_t *block)
{
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
	uint32_t word[16];

	for (size_t i = 0; i < 16; i++)
		word[i] = load32(block + 4 * i);
	for (unsigned int i = 0; i < 64; i++) {
		uint32_t mixed, next;
		unsigned int k;

		if (i < 16) {
			mixed = (b & c) | (~b & d);
			k = i;
		} else if (i < 32) {
			mixed = (b & d) | (c & ~d);
			k = (5 * i + 1) % 16;
		} else if (i < 48) {
			mixed = b ^ c ^ d;
			k = (3 * i + 5) % 16;
		} else {
			mixed = c ^ (b | ~d);
			k = 7 * i % 16;
		}
		next = b + rotate(a + mixed + word[k] + sine[i], rotation[i / 16][i % 4]);
		a = d;
		d = c;
		c = b;
		b = next;
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
}

static void md5_init(struct md5 *md5)
{
	*md5 = (struct md5){.state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}};
}

static void md5_update(struct md5 *md5, const uint8_t *data, size_t size)
{
	size_t held = md5->bytes % BLOCK_BYTES;

	md5->bytes += size;
	if (held + size < BLOCK_BYTES) {
		memcpy(md5->pending + held, data, size);
		return;
	}
	if (held > 0) {
		memcpy(md5->pending + held, data, BLOCK_BYTES - held);
		transform(md5->state, md5->pending);
		data += BLOCK_BYTES - held;
		size -= BLOCK_BYTES - held;
	}
	for (; size >= BLOCK_BYTES; data += BLOCK_BYTES, size -= BLOCK_BYTES)
		transform(md5->state, data);
	memcpy(md5->pending, data, size);
}

/* Sections 3.1, 3.2 and 3.5: pad, append the length, write the digest as hex text. */
static void md5_final(struct md5 *md5, char text[2 * DIGEST_BYTES + 1])
{
	static const uint8_t padding[BLOCK_BYTES] = {0x80};
	uint64_t bits = md5->bytes * 8;
	size_t held = md5->bytes % BLOCK_BYTES;
	uint8_t length[8];

	for (unsigned int i = 0; i < 8; i++)
		length[i] = (uint8_t)(bits >> 8 * i);
	md5_update(md5, padding, held < 56 ? 56 - held : 120 - held);
	md5_update(md5, length, sizeof(length));
	for (unsigned int i = 0; i < DIGEST_BYTES; i++)
		(void)snprintf(text + (size_t)2 * i, 3, "%02x",
			(unsigned int)(md5->state[i / 4] >> 8 * (i % 4) & 0xff));
}

static int self_test(void)
{
	for (size_t i = 0; i < sizeof(suite) / sizeof(suite[0]); i++) {
		char text[2 * DIGEST_BYTES + 1];
		struct md5 md5;

		md5_init(&md5);
		md5_update(&md5, (const uint8_t *)suite[i].text, strlen(suite[i].text));
		md5_final(&md5, text);
		if (strcmp(text, suite[i].digest) != 0) {
			fprintf(stderr,
				"md5: digest of \"%s\" differs from RFC 1321 appendix A.5\n",
				suite[i].text);
			return 1;
		}
	}
	puts("md5: RFC 1321 test suite A.5 holds");
	return 0;
}

static int digest_file(const char *path)
{
	static uint8_t buffer[READ_BYTES];
	char text[2 * DIGEST_BYTES + 1];
	struct md5 md5;
	ssize_t got;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		fprintf(stderr, "md5: %s: %s\n", path, strerror(errno));
		return 1;
	}
	md5_init(&md5);
	while ((got = read(fd, buffer, sizeof(buffer))) > 0)
		md5_update(&md5, buffer, (size_t)got);
	if (got < 0) {
		fprintf(stderr, "md5: %s: %s\n", path, strerror(errno));
		(void)close(fd);
		return 1;
	}
	(void)close(fd);
	md5_final(&md5, text);
	printf("%s  %s\n", text, path);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fputs("usage: md5 FILE | md5 --self-test\n", stderr);
		return 2;
	}
	if (strcmp(argv[1], "--self-test") == 0)
		return self_test();
	return digest_file(argv[1]);
}
