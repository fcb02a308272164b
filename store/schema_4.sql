-- SPDX-License-Identifier: GPL-2.0-or-later
-- From schema version 3 to 4: accesses along call paths.  NULL: of a run that was stored before.
ALTER TABLE call_path ADD COLUMN register_reads INTEGER;
ALTER TABLE call_path ADD COLUMN register_writes INTEGER;
ALTER TABLE call_path ADD COLUMN loads INTEGER;
ALTER TABLE call_path ADD COLUMN stores INTEGER;
ALTER TABLE call_path ADD COLUMN inclusive_register_reads INTEGER;
ALTER TABLE call_path ADD COLUMN inclusive_register_writes INTEGER;
ALTER TABLE call_path ADD COLUMN inclusive_loads INTEGER;
ALTER TABLE call_path ADD COLUMN inclusive_stores INTEGER;
