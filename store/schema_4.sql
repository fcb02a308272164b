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

-- The root, which nothing calls, is not in it; a site is NULL for signals.
DROP VIEW calls;
CREATE VIEW calls AS
SELECT e.run AS run, e.site AS site, e.entry AS entry,
	cm.path AS caller_module, c.address AS caller_address, cf.name AS caller,
	cs.path AS caller_file, c.line AS caller_line,
	m.path AS module, i.address AS address, f.name AS function, s.path AS file, i.line AS line,
	e.calls AS calls, e.instructions AS instructions,
	e.register_reads AS register_reads, e.register_writes AS register_writes,
	e.loads AS loads, e.stores AS stores
FROM (SELECT run, site, entry, sum(calls) AS calls, sum(inclusive) AS instructions,
		sum(inclusive_register_reads) AS register_reads,
		sum(inclusive_register_writes) AS register_writes,
		sum(inclusive_loads) AS loads, sum(inclusive_stores) AS stores
		FROM call_path WHERE parent IS NOT NULL GROUP BY run, site, entry) e
	LEFT JOIN instruction c ON c.id = e.site
	LEFT JOIN module cm ON cm.id = c.module
	LEFT JOIN function cf ON cf.id = c.function
	LEFT JOIN source cs ON cs.id = c.source
	LEFT JOIN instruction i ON i.id = e.entry
	LEFT JOIN module m ON m.id = i.module
	LEFT JOIN function f ON f.id = i.function
	LEFT JOIN source s ON s.id = i.source;
