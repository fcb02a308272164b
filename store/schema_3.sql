-- SPDX-License-Identifier: GPL-2.0-or-later
-- From schema version 2 to 3: call paths.
ALTER TABLE run ADD COLUMN calls_lost INTEGER;

CREATE TABLE call_path (
	run INTEGER NOT NULL REFERENCES run,
	number INTEGER NOT NULL,
	parent INTEGER,
	site INTEGER REFERENCES instruction,
	entry INTEGER REFERENCES instruction,
	calls INTEGER NOT NULL,
	instructions INTEGER NOT NULL,
	inclusive INTEGER NOT NULL,
	PRIMARY KEY (run, number)
) WITHOUT ROWID;
CREATE INDEX call_path_by_parent ON call_path (run, parent);
