-- SPDX-License-Identifier: GPL-2.0-or-later
-- From schema version 2 to 3: views that reports draw, and call paths.

-- A prefix that is written before an instruction is a part of its name.
CREATE VIEW mnemonics AS
WITH word AS (
	SELECT run, executions, "text" AS whole,
		substr("text", 1, instr("text" || ' ', ' ') - 1) AS first
	FROM instruction),
named AS (
	SELECT run, executions,
		CASE WHEN first IN ('rep', 'repe', 'repz', 'repne', 'repnz', 'lock', 'bnd', 'notrack')
			THEN substr(whole, 1,
				length(first) + instr(substr(whole, length(first) + 2) || ' ', ' '))
			ELSE first END AS mnemonic
	FROM word)
SELECT n.run AS run, n.mnemonic AS mnemonic, count(*) AS instructions,
	sum(n.executions) AS executions,
	CASE WHEN run.instructions > 0 THEN 1.0 * sum(n.executions) / run.instructions END AS share
FROM named n
	JOIN run ON run.id = n.run
GROUP BY n.run, n.mnemonic;

CREATE VIEW by_register_bit AS
WITH tally AS (
	SELECT e.campaign AS campaign, j.location AS location, j.bit AS bit,
		sum(v.outcome IN ('masked', 'sdc', 'due')) AS n, sum(v.outcome = 'masked') AS masked,
		sum(v.outcome = 'sdc') AS x, sum(v.outcome = 'due') AS due,
		sum(v.outcome = 'not-injected') AS not_injected
	FROM experiment e
		JOIN verdict v ON v.id = e.verdict
		LEFT JOIN injection j ON j.campaign = e.campaign AND j.experiment = e.number
			AND j.position = 0
	GROUP BY e.campaign, j.location, j.bit)
SELECT t.campaign AS campaign, l.name AS location, t.bit AS bit, n AS results, masked, x AS sdc,
	due, not_injected, 1.0 * masked / n AS masked_share, 1.0 * due / n AS due_share,
	1.0 * x / n AS sdc_share,
	CASE WHEN x > 0
		THEN (x + z * z / 2 - z * sqrt(1.0 * x * (n - x) / n + z * z / 4)) / (n + z * z)
		WHEN n > 0 THEN 0.0 END AS sdc_low,
	CASE WHEN x < n
		THEN (x + z * z / 2 + z * sqrt(1.0 * x * (n - x) / n + z * z / 4)) / (n + z * z)
		WHEN n > 0 THEN 1.0 END AS sdc_high
FROM tally t
	JOIN campaign c ON c.id = t.campaign
	LEFT JOIN label l ON l.id = t.location;

-- Twentieths of the golden run, by the instruction before which the first fault came.
CREATE VIEW by_time AS
WITH tally AS (
	SELECT e.campaign AS campaign,
		CASE WHEN c.golden_instructions > 0
			THEN min(19, CAST(20.0 * e.insn / c.golden_instructions AS INTEGER)) END AS part,
		sum(v.outcome IN ('masked', 'sdc', 'due')) AS n, sum(v.outcome = 'masked') AS masked,
		sum(v.outcome = 'sdc') AS x, sum(v.outcome = 'due') AS due,
		sum(v.outcome = 'not-injected') AS not_injected
	FROM experiment e
		JOIN verdict v ON v.id = e.verdict
		JOIN campaign c ON c.id = e.campaign
	GROUP BY 1, 2)
SELECT t.campaign AS campaign, part, n AS results, masked, x AS sdc, due, not_injected,
	1.0 * masked / n AS masked_share, 1.0 * due / n AS due_share, 1.0 * x / n AS sdc_share,
	CASE WHEN x > 0
		THEN (x + z * z / 2 - z * sqrt(1.0 * x * (n - x) / n + z * z / 4)) / (n + z * z)
		WHEN n > 0 THEN 0.0 END AS sdc_low,
	CASE WHEN x < n
		THEN (x + z * z / 2 + z * sqrt(1.0 * x * (n - x) / n + z * z / 4)) / (n + z * z)
		WHEN n > 0 THEN 1.0 END AS sdc_high
FROM tally t
	JOIN campaign c ON c.id = t.campaign;

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

DROP VIEW runs;
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
	CASE WHEN calls_lost IS NOT NULL
		THEN (SELECT count(*) FROM call_path WHERE run = run.id) END AS call_paths,
	calls_lost,
	(SELECT count(*) FROM thread WHERE run = run.id) AS threads,
	(SELECT coalesce(sum("count"), 0) FROM syscall WHERE run = run.id) AS syscalls,
	(SELECT coalesce(sum("count"), 0) FROM signal WHERE run = run.id) AS signals,
	children_not_counted, lost, stdout_bytes, stdout_sha256, stderr_bytes, stderr_sha256,
	peak_memory_bytes, host_time_ns
FROM run;

-- The root, which nothing calls, is in none of the two; a site is NULL for signals.
CREATE VIEW calls AS
SELECT e.run AS run, e.site AS site, e.entry AS entry,
	cm.path AS caller_module, c.address AS caller_address, cf.name AS caller,
	cs.path AS caller_file, c.line AS caller_line,
	m.path AS module, i.address AS address, f.name AS function, s.path AS file, i.line AS line,
	e.calls AS calls, e.inclusive AS instructions
FROM (SELECT run, site, entry, sum(calls) AS calls, sum(inclusive) AS inclusive
		FROM call_path WHERE parent IS NOT NULL GROUP BY run, site, entry) e
	LEFT JOIN instruction c ON c.id = e.site
	LEFT JOIN module cm ON cm.id = c.module
	LEFT JOIN function cf ON cf.id = c.function
	LEFT JOIN source cs ON cs.id = c.source
	LEFT JOIN instruction i ON i.id = e.entry
	LEFT JOIN module m ON m.id = i.module
	LEFT JOIN function f ON f.id = i.function
	LEFT JOIN source s ON s.id = i.source;

-- Names hold no ';' and no line ends here: those are what separates them.
CREATE VIEW stacks AS
WITH RECURSIVE path(run, number, stack, instructions) AS (
	SELECT run, number, '(start)', instructions FROM call_path WHERE parent IS NULL
	UNION ALL
	SELECT c.run, c.number, p.stack || ';' || replace(replace(coalesce(CAST(f.name AS TEXT),
			replace(m.path, rtrim(m.path, replace(m.path, '/', '')), '')
				|| printf('+0x%llx', i.address),
			'(nowhere)'), ';', ':'), char(10), ' '),
		c.instructions
	FROM path p
		JOIN call_path c ON c.run = p.run AND c.parent = p.number
		LEFT JOIN instruction i ON i.id = c.entry
		LEFT JOIN module m ON m.id = i.module
		LEFT JOIN function f ON f.id = i.function
)
SELECT run, stack, sum(instructions) AS instructions
FROM path GROUP BY run, stack HAVING sum(instructions) > 0;
