-- SPDX-License-Identifier: GPL-2.0-or-later
-- From schema version 4 to 5.

CREATE TABLE control (
	campaign INTEGER NOT NULL REFERENCES campaign,
	number INTEGER NOT NULL,
	faults TEXT NOT NULL,
	result INTEGER NOT NULL REFERENCES label,
	difference TEXT,
	"end" INTEGER REFERENCES label,
	status INTEGER,
	insn INTEGER,
	instructions INTEGER,
	host_time_ns INTEGER NOT NULL,
	way INTEGER NOT NULL REFERENCES label,
	PRIMARY KEY (campaign, number)
) WITHOUT ROWID;

-- Why a run ended that the program did not end by itself.  NULL: it did, or nobody knows.
ALTER TABLE run ADD COLUMN end_reason TEXT;
ALTER TABLE campaign ADD COLUMN golden_reason TEXT;

-- What of the program was sampled.  NULL: all.
ALTER TABLE campaign ADD COLUMN selection TEXT;

-- What the program itself noticed is no failure of its own.
UPDATE verdict SET outcome = 'detected' WHERE cause = 'detected';

-- The study has only the experiments i with i mod shards = shard.  NULL: it is to have all.
ALTER TABLE campaign ADD COLUMN shard INTEGER;
ALTER TABLE campaign ADD COLUMN shards INTEGER;

-- Resources are named per instruction set; the id is the number there, from 128 times the number
-- of the set on.  Views that name the table stay as they are.
CREATE TABLE resource_of_sets (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL,
	kind TEXT NOT NULL,
	bits INTEGER NOT NULL,
	isa TEXT NOT NULL,
	UNIQUE (isa, name)
);
INSERT INTO resource_of_sets SELECT id, name, kind, bits, 'x86-64' FROM resource;
DROP TABLE resource;
PRAGMA legacy_alter_table = ON;
ALTER TABLE resource_of_sets RENAME TO resource;
PRAGMA legacy_alter_table = OFF;

-- The instruction set of the program; the folder that its interpreter and libraries came from.
ALTER TABLE run ADD COLUMN isa TEXT NOT NULL DEFAULT 'x86-64';
ALTER TABLE run ADD COLUMN sysroot TEXT;
ALTER TABLE campaign ADD COLUMN isa TEXT NOT NULL DEFAULT 'x86-64';
ALTER TABLE campaign ADD COLUMN sysroot TEXT;

-- Files that a plan takes along, for machines that do not have them.  One without sha256 is a
-- symbolic link.
CREATE TABLE carried (
	path TEXT PRIMARY KEY,
	mode INTEGER NOT NULL,
	modified_ns INTEGER NOT NULL,
	sha256 TEXT,
	target TEXT
) WITHOUT ROWID;

-- Their content, in pieces.
CREATE TABLE carried_data (
	sha256 TEXT NOT NULL,
	position INTEGER NOT NULL,
	bytes BLOB NOT NULL,
	UNIQUE (sha256, position)
);
