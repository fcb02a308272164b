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
