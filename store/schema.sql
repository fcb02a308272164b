-- SPDX-License-Identifier: GPL-2.0-or-later
-- Schema version 1 of a study; doc/schema.md explains every table and column.
-- Tables are named in the singular and hold what was counted; views are named
-- in the plural and have the columns of the CSV and JSON output.

CREATE TABLE resource (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	kind TEXT NOT NULL,
	bits INTEGER NOT NULL
);

CREATE TABLE function (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE
);

CREATE TABLE source (
	id INTEGER PRIMARY KEY,
	path TEXT NOT NULL UNIQUE
);

CREATE TABLE run (
	id INTEGER PRIMARY KEY,
	engine TEXT NOT NULL,
	engine_version TEXT NOT NULL,
	detail TEXT NOT NULL,
	upset_version TEXT NOT NULL,
	program TEXT NOT NULL,
	program_sha256 TEXT,
	folder TEXT NOT NULL,
	host_system TEXT NOT NULL,
	host_cpu TEXT NOT NULL,
	started TEXT NOT NULL,
	ended TEXT NOT NULL,
	"end" TEXT NOT NULL,
	status INTEGER NOT NULL,
	instructions INTEGER NOT NULL,
	block_executions INTEGER NOT NULL,
	calls INTEGER NOT NULL,
	branches INTEGER NOT NULL,
	children_not_counted INTEGER NOT NULL,
	lost INTEGER NOT NULL,
	stdout_bytes INTEGER NOT NULL,
	stdout_sha256 TEXT NOT NULL,
	stderr_bytes INTEGER NOT NULL,
	stderr_sha256 TEXT NOT NULL,
	peak_memory_bytes INTEGER NOT NULL,
	host_time_ns INTEGER NOT NULL
);

CREATE TABLE argument (
	run INTEGER NOT NULL REFERENCES run,
	position INTEGER NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (run, position)
) WITHOUT ROWID;

CREATE TABLE environment (
	run INTEGER NOT NULL REFERENCES run,
	position INTEGER NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (run, position)
) WITHOUT ROWID;

CREATE TABLE input (
	run INTEGER NOT NULL REFERENCES run,
	position INTEGER NOT NULL,
	path TEXT NOT NULL,
	bytes INTEGER NOT NULL,
	sha256 TEXT NOT NULL,
	PRIMARY KEY (run, position)
) WITHOUT ROWID;

CREATE TABLE written_file (
	run INTEGER NOT NULL REFERENCES run,
	position INTEGER NOT NULL,
	path TEXT NOT NULL,
	present INTEGER NOT NULL,
	bytes INTEGER,
	sha256 TEXT,
	PRIMARY KEY (run, position)
) WITHOUT ROWID;

CREATE TABLE module (
	id INTEGER PRIMARY KEY,
	run INTEGER NOT NULL REFERENCES run,
	number INTEGER NOT NULL,
	path TEXT NOT NULL,
	sha256 TEXT,
	build_id TEXT,
	load_bias INTEGER NOT NULL,
	UNIQUE (run, number)
);

CREATE TABLE mapping (
	run INTEGER NOT NULL REFERENCES run,
	number INTEGER NOT NULL,
	"start" INTEGER NOT NULL,
	"end" INTEGER NOT NULL,
	"offset" INTEGER NOT NULL,
	region TEXT NOT NULL,
	permissions TEXT NOT NULL,
	path TEXT NOT NULL,
	PRIMARY KEY (run, number)
) WITHOUT ROWID;

CREATE TABLE instruction (
	id INTEGER PRIMARY KEY,
	run INTEGER NOT NULL REFERENCES run,
	module INTEGER NOT NULL REFERENCES module,
	address INTEGER NOT NULL,
	bytes BLOB NOT NULL,
	"text" TEXT NOT NULL,
	function INTEGER REFERENCES function,
	source INTEGER REFERENCES source,
	line INTEGER,
	executions INTEGER NOT NULL,
	first_index INTEGER,
	last_index INTEGER,
	repeats INTEGER NOT NULL,
	taken INTEGER NOT NULL
);
CREATE INDEX instruction_by_module ON instruction (run, module);

CREATE TABLE operand (
	instruction INTEGER NOT NULL REFERENCES instruction,
	number INTEGER NOT NULL,
	operand INTEGER NOT NULL,
	resource INTEGER NOT NULL REFERENCES resource,
	access TEXT NOT NULL,
	bits INTEGER NOT NULL,
	bit_offset INTEGER NOT NULL,
	samples INTEGER NOT NULL,
	ones INTEGER,
	ones_by_bit BLOB,
	address_min INTEGER,
	address_max INTEGER,
	PRIMARY KEY (instruction, number)
) WITHOUT ROWID;

CREATE TABLE block (
	run INTEGER NOT NULL REFERENCES run,
	number INTEGER NOT NULL,
	instruction INTEGER NOT NULL REFERENCES instruction,
	instructions INTEGER NOT NULL,
	size INTEGER NOT NULL,
	executions INTEGER NOT NULL,
	PRIMARY KEY (run, number)
) WITHOUT ROWID;

CREATE TABLE register (
	run INTEGER NOT NULL REFERENCES run,
	resource INTEGER NOT NULL REFERENCES resource,
	reads INTEGER NOT NULL,
	writes INTEGER NOT NULL,
	read_ones_by_bit BLOB,
	write_ones_by_bit BLOB,
	live_share REAL,
	PRIMARY KEY (run, resource)
) WITHOUT ROWID;

CREATE TABLE live_part (
	run INTEGER NOT NULL REFERENCES run,
	resource INTEGER NOT NULL REFERENCES resource,
	part INTEGER NOT NULL,
	bytes INTEGER NOT NULL,
	points INTEGER NOT NULL,
	PRIMARY KEY (run, resource, part)
) WITHOUT ROWID;

CREATE TABLE region (
	run INTEGER NOT NULL REFERENCES run,
	number INTEGER NOT NULL,
	name TEXT NOT NULL,
	reads INTEGER NOT NULL,
	writes INTEGER NOT NULL,
	bytes_read INTEGER NOT NULL,
	bytes_written INTEGER NOT NULL,
	PRIMARY KEY (run, number)
) WITHOUT ROWID;

CREATE TABLE page (
	run INTEGER NOT NULL REFERENCES run,
	number INTEGER NOT NULL,
	address INTEGER NOT NULL,
	region TEXT NOT NULL,
	reads INTEGER NOT NULL,
	writes INTEGER NOT NULL,
	bytes_read INTEGER NOT NULL,
	bytes_written INTEGER NOT NULL,
	PRIMARY KEY (run, number)
) WITHOUT ROWID;

CREATE TABLE access_size (
	run INTEGER NOT NULL REFERENCES run,
	bytes INTEGER NOT NULL,
	loads INTEGER NOT NULL,
	stores INTEGER NOT NULL,
	PRIMARY KEY (run, bytes)
) WITHOUT ROWID;

CREATE TABLE thread (
	run INTEGER NOT NULL REFERENCES run,
	number INTEGER NOT NULL,
	instructions INTEGER NOT NULL,
	PRIMARY KEY (run, number)
) WITHOUT ROWID;

CREATE TABLE syscall (
	run INTEGER NOT NULL REFERENCES run,
	number INTEGER NOT NULL,
	name TEXT,
	"count" INTEGER NOT NULL,
	PRIMARY KEY (run, number)
) WITHOUT ROWID;

CREATE TABLE signal (
	run INTEGER NOT NULL REFERENCES run,
	number INTEGER NOT NULL,
	name TEXT,
	"count" INTEGER NOT NULL,
	PRIMARY KEY (run, number)
) WITHOUT ROWID;

CREATE VIEW runs AS
SELECT id AS run, started, engine, engine_version, detail, upset_version, program,
	program_sha256,
	(SELECT group_concat(value, ' ') FROM
		(SELECT value FROM argument WHERE run = run.id AND position > 0 ORDER BY position))
		AS arguments,
	folder, host_system, host_cpu, ended, "end", status, instructions,
	(SELECT count(*) FROM instruction WHERE run = run.id) AS distinct_instructions,
	(SELECT count(*) FROM block WHERE run = run.id) AS blocks,
	block_executions, calls, branches,
	(SELECT count(*) FROM thread WHERE run = run.id) AS threads,
	(SELECT coalesce(sum("count"), 0) FROM syscall WHERE run = run.id) AS syscalls,
	(SELECT coalesce(sum("count"), 0) FROM signal WHERE run = run.id) AS signals,
	children_not_counted, lost, stdout_bytes, stdout_sha256, stderr_bytes, stderr_sha256,
	peak_memory_bytes, host_time_ns
FROM run;

CREATE VIEW instructions AS
SELECT i.run AS run, i.id AS instruction, i.module AS module_id, m.path AS module,
	i.address AS address, length(i.bytes) AS size, i.bytes AS bytes, i."text" AS "text",
	f.name AS function, s.path AS file, i.line AS line, i.executions AS executions,
	i.first_index AS first_index, i.last_index AS last_index, i.repeats AS repeats,
	i.taken AS taken
FROM instruction i
	JOIN module m ON m.id = i.module
	LEFT JOIN function f ON f.id = i.function
	LEFT JOIN source s ON s.id = i.source;

CREATE VIEW operands AS
SELECT i.run AS run, i.id AS instruction, o.number AS number,
	i.module AS module_id, m.path AS module, i.address AS address, i.bytes AS bytes,
	i."text" AS "text", f.name AS function, o.operand AS operand, r.name AS resource,
	o.access AS access, o.bits AS bits, o.bit_offset AS bit_offset, o.samples AS samples,
	o.ones AS ones, o.ones_by_bit AS ones_by_bit, o.address_min AS address_min,
	o.address_max AS address_max
FROM instruction i
	CROSS JOIN operand o ON o.instruction = i.id
	JOIN resource r ON r.id = o.resource
	JOIN module m ON m.id = i.module
	LEFT JOIN function f ON f.id = i.function;

CREATE VIEW registers AS
SELECT g.run AS run, g.resource AS resource, r.name AS register, r.kind AS kind, r.bits AS bits,
	g.reads AS reads, g.writes AS writes, g.read_ones_by_bit AS read_ones_by_bit,
	g.write_ones_by_bit AS write_ones_by_bit, g.live_share AS live_share
FROM register g
	JOIN resource r ON r.id = g.resource;

CREATE VIEW blocks AS
SELECT b.run AS run, b.number AS number, m.number AS module_number, m.path AS module,
	i.address AS address, b.size AS size, b.instructions AS instructions,
	f.name AS function, s.path AS file, i.line AS line, b.executions AS executions,
	i.bytes AS bytes
FROM block b
	JOIN instruction i ON i.id = b.instruction
	JOIN module m ON m.id = i.module
	LEFT JOIN function f ON f.id = i.function
	LEFT JOIN source s ON s.id = i.source;

CREATE VIEW functions AS
SELECT i.run AS run, m.number AS module_number, m.path AS module, f.name AS function,
	min(s.path) AS file, min(i.line) AS line, min(i.address) AS address,
	count(*) AS instructions, sum(i.executions) AS executions,
	CASE WHEN run.instructions > 0 THEN 1.0 * sum(i.executions) / run.instructions END AS share
FROM instruction i
	JOIN run ON run.id = i.run
	JOIN module m ON m.id = i.module
	LEFT JOIN function f ON f.id = i.function
	LEFT JOIN source s ON s.id = i.source
GROUP BY i.run, i.module, i.function;

CREATE VIEW memory AS
SELECT run, 0 AS kind_number, number, 'region' AS kind, name, NULL AS region, reads, writes,
	bytes_read, bytes_written
FROM region
UNION ALL
SELECT run, 1, bytes, 'size', CAST(bytes AS TEXT), NULL, loads, stores, bytes * loads,
	bytes * stores
FROM access_size
UNION ALL
SELECT run, 2, number, 'page', printf('0x%llx', address), region, reads, writes, bytes_read,
	bytes_written
FROM page;

CREATE VIEW threads AS
SELECT t.run AS run, t.number AS thread, t.instructions AS instructions,
	CASE WHEN run.instructions > 0 THEN 1.0 * t.instructions / run.instructions END AS share
FROM thread t
	JOIN run ON run.id = t.run;

CREATE VIEW syscalls AS
SELECT run, number, name, "count" FROM syscall;

CREATE VIEW signals AS
SELECT run, number, name, "count" FROM signal;

CREATE VIEW files AS
SELECT run, 0 AS kind_number, position, 'input' AS kind, path, 1 AS present, bytes, sha256
FROM input
UNION ALL
SELECT run, 1, position, 'written', path, present, bytes, sha256
FROM written_file;

CREATE VIEW modules AS
SELECT m.run AS run, m.number AS number, m.path AS module, m.sha256 AS sha256,
	m.build_id AS build_id, m.load_bias AS load_bias, count(i.id) AS instructions,
	coalesce(sum(i.executions), 0) AS executions
FROM module m
	LEFT JOIN instruction i ON i.module = m.id AND i.run = m.run
GROUP BY m.id;
