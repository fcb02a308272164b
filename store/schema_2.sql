-- SPDX-License-Identifier: GPL-2.0-or-later
-- From schema version 1 to 2: campaigns and their experiments.

-- Texts that rows of experiments would repeat.
CREATE TABLE label (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE
);

CREATE TABLE verdict (
	id INTEGER PRIMARY KEY,
	outcome TEXT NOT NULL,
	cause TEXT NOT NULL,
	fits TEXT NOT NULL,
	UNIQUE (outcome, cause, fits)
);

CREATE TABLE campaign (
	id INTEGER PRIMARY KEY,
	identity TEXT NOT NULL UNIQUE,
	engine TEXT NOT NULL,
	engine_version TEXT NOT NULL,
	source TEXT NOT NULL,
	options TEXT NOT NULL,
	seed INTEGER NOT NULL,
	planned INTEGER NOT NULL,
	population INTEGER,
	confidence REAL NOT NULL,
	z REAL NOT NULL CHECK (z > 0),
	run INTEGER REFERENCES run,
	golden_end TEXT NOT NULL,
	golden_status INTEGER NOT NULL,
	golden_instructions INTEGER,
	golden_time_ns INTEGER NOT NULL,
	stdout_bytes INTEGER NOT NULL,
	stdout_sha256 TEXT NOT NULL,
	stderr_bytes INTEGER NOT NULL,
	stderr_sha256 TEXT NOT NULL,
	upset_version TEXT NOT NULL,
	program TEXT NOT NULL,
	program_sha256 TEXT,
	folder TEXT NOT NULL,
	host_system TEXT NOT NULL,
	host_cpu TEXT NOT NULL,
	started TEXT NOT NULL
);

CREATE TABLE campaign_argument (
	campaign INTEGER NOT NULL REFERENCES campaign,
	position INTEGER NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (campaign, position)
) WITHOUT ROWID;

CREATE TABLE campaign_environment (
	campaign INTEGER NOT NULL REFERENCES campaign,
	position INTEGER NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (campaign, position)
) WITHOUT ROWID;

CREATE TABLE campaign_input (
	campaign INTEGER NOT NULL REFERENCES campaign,
	position INTEGER NOT NULL,
	path TEXT NOT NULL,
	bytes INTEGER NOT NULL,
	sha256 TEXT NOT NULL,
	PRIMARY KEY (campaign, position)
) WITHOUT ROWID;

CREATE TABLE experiment (
	campaign INTEGER NOT NULL REFERENCES campaign,
	number INTEGER NOT NULL,
	faults TEXT NOT NULL,
	verdict INTEGER NOT NULL REFERENCES verdict,
	"end" INTEGER REFERENCES label,
	status INTEGER,
	insn INTEGER,
	instructions INTEGER,
	latency INTEGER,
	host_time_ns INTEGER NOT NULL,
	way INTEGER NOT NULL REFERENCES label,
	PRIMARY KEY (campaign, number)
) WITHOUT ROWID;

CREATE TABLE injection (
	campaign INTEGER NOT NULL REFERENCES campaign,
	experiment INTEGER NOT NULL,
	position INTEGER NOT NULL,
	fault TEXT,
	state INTEGER NOT NULL REFERENCES label,
	model INTEGER NOT NULL REFERENCES label,
	location INTEGER REFERENCES label,
	bit INTEGER,
	address INTEGER,
	module INTEGER REFERENCES label,
	module_address INTEGER,
	function INTEGER REFERENCES function,
	source INTEGER REFERENCES source,
	line INTEGER,
	old_value BLOB,
	new_value BLOB,
	read_back BLOB,
	reason TEXT,
	PRIMARY KEY (campaign, experiment, position)
) WITHOUT ROWID;
