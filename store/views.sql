-- SPDX-License-Identifier: GPL-2.0-or-later
-- The views that came or changed after schema version 1, made anew at the end of the last step: so
-- each stands here once, as it is now.  Names follow schema.sql: in the plural or by what they group.

DROP VIEW IF EXISTS campaigns;
CREATE VIEW campaigns AS
WITH tally AS (
	SELECT e.campaign AS campaign, count(*) AS made, sum(v.outcome = 'masked') AS masked,
		sum(v.outcome = 'detected') AS detected, sum(v.outcome = 'sdc') AS sdc,
		sum(v.outcome = 'due') AS due,
		sum(v.outcome = 'not-injected') AS not_injected,
		sum(v.outcome = 'tool-error') AS tool_error
	FROM experiment e
		LEFT JOIN verdict v ON v.id = e.verdict
	GROUP BY e.campaign)
SELECT c.id AS campaign, c.started AS started, c.engine AS engine,
	c.engine_version AS engine_version, c.upset_version AS upset_version,
	c.program AS program, c.program_sha256 AS program_sha256, c.isa AS isa,
	c.sysroot AS sysroot,
	(SELECT group_concat(value, ' ') FROM (SELECT a.value AS value FROM campaign_argument a
		WHERE a.campaign = c.id AND a.position > 0 ORDER BY a.position)) AS arguments,
	c.folder AS folder, c.host_system AS host_system, c.host_cpu AS host_cpu,
	c.source AS source, c.options AS options, c.selection AS selection, c.seed AS seed,
	c.population AS population, c.planned AS planned, c.shard AS shard, c.shards AS shards,
	coalesce(t.made, 0) AS made, coalesce(t.masked, 0) AS masked,
	coalesce(t.detected, 0) AS detected, coalesce(t.sdc, 0) AS sdc, coalesce(t.due, 0) AS due,
	coalesce(t.not_injected, 0) AS not_injected, coalesce(t.tool_error, 0) AS tool_error,
	(SELECT count(*) FROM control k WHERE k.campaign = c.id) AS controls,
	(SELECT count(*) FROM controls k WHERE k.campaign = c.id AND k.result = 'different')
		AS controls_different,
	c.confidence AS confidence, c.run AS run, c.golden_end AS golden_end,
	c.golden_status AS golden_status, c.golden_reason AS golden_reason,
	c.golden_instructions AS golden_instructions,
	c.golden_time_ns AS golden_time_ns, c.stdout_bytes AS stdout_bytes,
	c.stdout_sha256 AS stdout_sha256, c.stderr_bytes AS stderr_bytes,
	c.stderr_sha256 AS stderr_sha256, c.identity AS identity
FROM campaign c
	LEFT JOIN tally t ON t.campaign = c.id;

DROP VIEW IF EXISTS experiments;
CREATE VIEW experiments AS
SELECT e.campaign AS campaign, e.number AS experiment, e.faults AS fault,
	v.outcome AS outcome, nullif(v.cause, '') AS cause, nullif(v.fits, '') AS letter,
	en.name AS "end", e.status AS status, e.insn AS insn, e.instructions AS instructions,
	e.latency AS latency, e.host_time_ns AS host_time_ns, wa.name AS way,
	mo.name AS model, lo.name AS location, j.bit AS bit, j.address AS address,
	bi.name AS module, j.module_address AS module_address, f.name AS function,
	s.path AS file, j.line AS line, '0x' || nullif(lower(hex(j.old_value)), '') AS old_value,
	'0x' || nullif(lower(hex(j.new_value)), '') AS new_value
FROM experiment e
	LEFT JOIN verdict v ON v.id = e.verdict
	LEFT JOIN label en ON en.id = e."end"
	LEFT JOIN label wa ON wa.id = e.way
	LEFT JOIN injection j
		ON j.campaign = e.campaign AND j.experiment = e.number AND j.position = 0
	LEFT JOIN label mo ON mo.id = j.model
	LEFT JOIN label lo ON lo.id = j.location
	LEFT JOIN label bi ON bi.id = j.module
	LEFT JOIN function f ON f.id = j.function
	LEFT JOIN source s ON s.id = j.source;

DROP VIEW IF EXISTS controls;
CREATE VIEW controls AS
SELECT k.campaign AS campaign, k.number AS control, k.faults AS fault, re.name AS result,
	k.difference AS difference, en.name AS "end", k.status AS status, k.insn AS insn,
	k.instructions AS instructions, k.host_time_ns AS host_time_ns, wa.name AS way
FROM control k
	LEFT JOIN label re ON re.id = k.result
	LEFT JOIN label en ON en.id = k."end"
	LEFT JOIN label wa ON wa.id = k.way;

DROP VIEW IF EXISTS faults;
CREATE VIEW faults AS
SELECT j.campaign AS campaign, j.experiment AS experiment, j.position AS position,
	coalesce(j.fault, e.faults) AS fault, v.outcome AS outcome, st.name AS state,
	mo.name AS model, lo.name AS location, j.bit AS bit, j.address AS address,
	bi.name AS module, j.module_address AS module_address, f.name AS function,
	s.path AS file, j.line AS line, '0x' || nullif(lower(hex(j.old_value)), '') AS old_value,
	'0x' || nullif(lower(hex(j.new_value)), '') AS new_value,
	'0x' || nullif(lower(hex(coalesce(j.read_back, j.new_value))), '') AS read_back,
	j.reason AS reason
FROM injection j
	LEFT JOIN experiment e ON e.campaign = j.campaign AND e.number = j.experiment
	LEFT JOIN verdict v ON v.id = e.verdict
	LEFT JOIN label st ON st.id = j.state
	LEFT JOIN label mo ON mo.id = j.model
	LEFT JOIN label lo ON lo.id = j.location
	LEFT JOIN label bi ON bi.id = j.module
	LEFT JOIN function f ON f.id = j.function
	LEFT JOIN source s ON s.id = j.source;

-- Why faults of experiments without a result were not carried out.
DROP VIEW IF EXISTS not_injected;
CREATE VIEW not_injected AS
SELECT campaign, state, reason, count(*) AS faults
FROM faults
WHERE outcome = 'not-injected' AND state <> 'done'
GROUP BY campaign, state, reason;

-- Shares are of the results, n; of x among them, low and high are Wilson's interval:
-- (x + z^2/2 -+ z sqrt(x (n - x) / n + z^2/4)) / (n + z^2), 0 for no x and 1 for all.

DROP VIEW IF EXISTS outcomes;
CREATE VIEW outcomes AS
WITH kind (number, outcome, is_result) AS (
	VALUES (0, 'masked', 1), (1, 'detected', 1), (2, 'sdc', 1), (3, 'due', 1),
		(4, 'not-injected', NULL), (5, 'tool-error', NULL)),
tally AS (
	SELECT campaign, verdict, count(*) AS experiments FROM experiment GROUP BY campaign, verdict),
total AS (
	SELECT t.campaign AS campaign, sum(t.experiments * k.is_result) AS n
	FROM tally t
		JOIN verdict v ON v.id = t.verdict
		JOIN kind k ON k.outcome = v.outcome
	GROUP BY t.campaign),
part AS (
	SELECT t.campaign AS campaign, k.number AS outcome_number, v.outcome AS outcome,
		v.cause AS cause, v.fits AS letter, t.experiments AS experiments,
		c.population AS population, c.z AS z, n.n AS n, k.is_result * t.experiments AS x
	FROM tally t
		JOIN verdict v ON v.id = t.verdict
		JOIN kind k ON k.outcome = v.outcome
		JOIN campaign c ON c.id = t.campaign
		JOIN total n ON n.campaign = t.campaign)
SELECT campaign, outcome_number, outcome, nullif(cause, '') AS cause, nullif(letter, '') AS letter,
	experiments, 1.0 * x / n AS share,
	CASE WHEN x > 0
		THEN (x + z * z / 2 - z * sqrt(1.0 * x * (n - x) / n + z * z / 4)) / (n + z * z)
		WHEN n > 0 THEN x * 0.0 END AS share_low,
	CASE WHEN x < n
		THEN (x + z * z / 2 + z * sqrt(1.0 * x * (n - x) / n + z * z / 4)) / (n + z * z)
		WHEN x = n AND n > 0 THEN 1.0 END AS share_high,
	CAST(round(1.0 * x / n * population) AS INTEGER) AS extrapolated
FROM part;

DROP VIEW IF EXISTS outcome_totals;
CREATE VIEW outcome_totals AS
WITH kind (number, outcome, is_result) AS (
	VALUES (0, 'masked', 1), (1, 'detected', 1), (2, 'sdc', 1), (3, 'due', 1),
		(4, 'not-injected', NULL), (5, 'tool-error', NULL)),
tally AS (
	SELECT e.campaign AS campaign, v.outcome AS outcome, count(*) AS experiments
	FROM experiment e
		JOIN verdict v ON v.id = e.verdict
	GROUP BY e.campaign, v.outcome),
total AS (
	SELECT t.campaign AS campaign, sum(t.experiments * k.is_result) AS n
	FROM tally t
		JOIN kind k ON k.outcome = t.outcome
	GROUP BY t.campaign),
part AS (
	SELECT c.id AS campaign, k.number AS outcome_number, k.outcome AS outcome,
		coalesce(t.experiments, 0) AS experiments, c.population AS population, c.z AS z,
		n.n AS n, k.is_result * coalesce(t.experiments, 0) AS x
	FROM campaign c
		CROSS JOIN kind k
		LEFT JOIN tally t ON t.campaign = c.id AND t.outcome = k.outcome
		LEFT JOIN total n ON n.campaign = c.id)
SELECT campaign, outcome_number, outcome, experiments,
	1.0 * x / n AS share,
	CASE WHEN x > 0
		THEN (x + z * z / 2 - z * sqrt(1.0 * x * (n - x) / n + z * z / 4)) / (n + z * z)
		WHEN n > 0 THEN x * 0.0 END AS share_low,
	CASE WHEN x < n
		THEN (x + z * z / 2 + z * sqrt(1.0 * x * (n - x) / n + z * z / 4)) / (n + z * z)
		WHEN x = n AND n > 0 THEN 1.0 END AS share_high,
	CAST(round(1.0 * x / n * population) AS INTEGER) AS extrapolated
FROM part;

-- Of the faults that were noticed or did harm in silence, how many were noticed.
DROP VIEW IF EXISTS detection;
CREATE VIEW detection AS
WITH part AS (
	SELECT t.campaign AS campaign, sum(t.experiments * (t.outcome = 'detected')) AS x,
		sum(t.experiments) AS n, c.z AS z
	FROM outcome_totals t
		JOIN campaign c ON c.id = t.campaign
	WHERE t.outcome IN ('detected', 'sdc')
	GROUP BY t.campaign)
SELECT campaign, x AS detected, n - x AS sdc, 1.0 * x / n AS coverage,
	CASE WHEN x > 0
		THEN (x + z * z / 2 - z * sqrt(1.0 * x * (n - x) / n + z * z / 4)) / (n + z * z)
		WHEN n > 0 THEN x * 0.0 END AS coverage_low,
	CASE WHEN x < n
		THEN (x + z * z / 2 + z * sqrt(1.0 * x * (n - x) / n + z * z / 4)) / (n + z * z)
		WHEN x = n AND n > 0 THEN 1.0 END AS coverage_high
FROM part;

-- Of time, a twentieth of the golden run, by the instruction before which the first fault came.
DROP VIEW IF EXISTS by_all;
CREATE VIEW by_all AS
WITH result AS NOT MATERIALIZED (
	SELECT e.campaign AS campaign, j.location AS location, j.bit AS bit, j.module AS module,
		j.function AS function, j.source AS source, j.line AS line,
		CASE WHEN c.golden_instructions > 0
			THEN min(19, CAST(20.0 * e.insn / c.golden_instructions AS INTEGER))
			END AS twentieth,
		v.outcome IN ('masked', 'detected', 'sdc', 'due') AS n, v.outcome = 'masked' AS masked,
		v.outcome = 'detected' AS detected, v.outcome = 'sdc' AS sdc, v.outcome = 'due' AS due,
		v.outcome = 'not-injected' AS not_injected
	FROM experiment e
		JOIN verdict v ON v.id = e.verdict
		JOIN campaign c ON c.id = e.campaign
		LEFT JOIN injection j ON j.campaign = e.campaign AND j.experiment = e.number
			AND j.position = 0),
tally AS (
	SELECT campaign, 'location' AS kind,
		location, NULL AS bit, NULL AS module, NULL AS function, NULL AS source, NULL AS
		line, NULL AS twentieth,
		sum(n) AS n, sum(masked) AS masked, sum(detected) AS detected, sum(sdc) AS sdc,
		sum(due) AS due, sum(not_injected) AS not_injected
	FROM result GROUP BY campaign, location
	UNION ALL
	SELECT campaign, 'bit',
		NULL, bit, NULL, NULL, NULL, NULL, NULL,
		sum(n), sum(masked), sum(detected), sum(sdc), sum(due), sum(not_injected)
	FROM result GROUP BY campaign, bit
	UNION ALL
	SELECT campaign, 'location_bit',
		location, bit, NULL, NULL, NULL, NULL, NULL,
		sum(n), sum(masked), sum(detected), sum(sdc), sum(due), sum(not_injected)
	FROM result GROUP BY campaign, location, bit
	UNION ALL
	SELECT campaign, 'function',
		NULL, NULL, module, function, NULL, NULL, NULL,
		sum(n), sum(masked), sum(detected), sum(sdc), sum(due), sum(not_injected)
	FROM result GROUP BY campaign, module, function
	UNION ALL
	SELECT campaign, 'line',
		NULL, NULL, NULL, function, source, line, NULL,
		sum(n), sum(masked), sum(detected), sum(sdc), sum(due), sum(not_injected)
	FROM result GROUP BY campaign, source, line, function
	UNION ALL
	SELECT campaign, 'time',
		NULL, NULL, NULL, NULL, NULL, NULL, twentieth,
		sum(n), sum(masked), sum(detected), sum(sdc), sum(due), sum(not_injected)
	FROM result GROUP BY campaign, twentieth),
part AS (
	SELECT t.campaign AS campaign, t.kind AS kind, l.name AS location, t.bit AS bit,
		m.name AS module, f.name AS function, s.path AS file, t.line AS line,
		t.twentieth AS twentieth, t.n AS n, t.masked AS masked, t.detected AS detected,
		t.sdc AS sdc, t.due AS due, t.not_injected AS not_injected, c.z AS z
	FROM tally t
		JOIN campaign c ON c.id = t.campaign
		LEFT JOIN label l ON l.id = t.location
		LEFT JOIN label m ON m.id = t.module
		LEFT JOIN function f ON f.id = t.function
		LEFT JOIN source s ON s.id = t.source)
SELECT campaign, kind, location, bit, module, function, file, line, twentieth, n AS results, masked,
	detected, sdc, due, not_injected,
	1.0 * masked / n AS masked_share,
	CASE WHEN masked > 0
		THEN (masked + z * z / 2 - z * sqrt(1.0 * masked * (n - masked) / n + z * z / 4)) / (n + z * z)
		WHEN n > 0 THEN masked * 0.0 END AS masked_low,
	CASE WHEN masked < n
		THEN (masked + z * z / 2 + z * sqrt(1.0 * masked * (n - masked) / n + z * z / 4)) / (n + z * z)
		WHEN masked = n AND n > 0 THEN 1.0 END AS masked_high,
	1.0 * detected / n AS detected_share,
	CASE WHEN detected > 0
		THEN (detected + z * z / 2 - z * sqrt(1.0 * detected * (n - detected) / n + z * z / 4))
			/ (n + z * z)
		WHEN n > 0 THEN detected * 0.0 END AS detected_low,
	CASE WHEN detected < n
		THEN (detected + z * z / 2 + z * sqrt(1.0 * detected * (n - detected) / n + z * z / 4))
			/ (n + z * z)
		WHEN detected = n AND n > 0 THEN 1.0 END AS detected_high,
	1.0 * sdc / n AS sdc_share,
	CASE WHEN sdc > 0
		THEN (sdc + z * z / 2 - z * sqrt(1.0 * sdc * (n - sdc) / n + z * z / 4)) / (n + z * z)
		WHEN n > 0 THEN sdc * 0.0 END AS sdc_low,
	CASE WHEN sdc < n
		THEN (sdc + z * z / 2 + z * sqrt(1.0 * sdc * (n - sdc) / n + z * z / 4)) / (n + z * z)
		WHEN sdc = n AND n > 0 THEN 1.0 END AS sdc_high,
	1.0 * due / n AS due_share,
	CASE WHEN due > 0
		THEN (due + z * z / 2 - z * sqrt(1.0 * due * (n - due) / n + z * z / 4)) / (n + z * z)
		WHEN n > 0 THEN due * 0.0 END AS due_low,
	CASE WHEN due < n
		THEN (due + z * z / 2 + z * sqrt(1.0 * due * (n - due) / n + z * z / 4)) / (n + z * z)
		WHEN due = n AND n > 0 THEN 1.0 END AS due_high
FROM part;

DROP VIEW IF EXISTS by_register;
DROP VIEW IF EXISTS by_register_bit;
DROP VIEW IF EXISTS by_location;
CREATE VIEW by_location AS
SELECT campaign, location, results, masked, detected, sdc, due, not_injected,
	masked_share, masked_low, masked_high, detected_share, detected_low, detected_high,
	sdc_share, sdc_low, sdc_high, due_share, due_low, due_high
FROM by_all WHERE kind = 'location';

DROP VIEW IF EXISTS by_bit;
CREATE VIEW by_bit AS
SELECT campaign, bit, results, masked, detected, sdc, due, not_injected,
	masked_share, masked_low, masked_high, detected_share, detected_low, detected_high,
	sdc_share, sdc_low, sdc_high, due_share, due_low, due_high
FROM by_all WHERE kind = 'bit';

DROP VIEW IF EXISTS by_location_bit;
CREATE VIEW by_location_bit AS
SELECT campaign, location, bit, results, masked, detected, sdc, due, not_injected,
	masked_share, masked_low, masked_high, detected_share, detected_low, detected_high,
	sdc_share, sdc_low, sdc_high, due_share, due_low, due_high
FROM by_all WHERE kind = 'location_bit';

DROP VIEW IF EXISTS by_function;
CREATE VIEW by_function AS
SELECT campaign, module, function, results, masked, detected, sdc, due, not_injected,
	masked_share, masked_low, masked_high, detected_share, detected_low, detected_high,
	sdc_share, sdc_low, sdc_high, due_share, due_low, due_high
FROM by_all WHERE kind = 'function';

DROP VIEW IF EXISTS by_line;
CREATE VIEW by_line AS
SELECT campaign, file, line, function, results, masked, detected, sdc, due, not_injected,
	masked_share, masked_low, masked_high, detected_share, detected_low, detected_high,
	sdc_share, sdc_low, sdc_high, due_share, due_low, due_high
FROM by_all WHERE kind = 'line';

DROP VIEW IF EXISTS by_time;
CREATE VIEW by_time AS
SELECT campaign, twentieth, results, masked, detected, sdc, due, not_injected,
	masked_share, masked_low, masked_high, detected_share, detected_low, detected_high,
	sdc_share, sdc_low, sdc_high, due_share, due_low, due_high
FROM by_all WHERE kind = 'time';

-- A prefix that is written before an instruction is a part of its name.
DROP VIEW IF EXISTS mnemonics;
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

DROP VIEW IF EXISTS runs;
CREATE VIEW runs AS
SELECT id AS run, started, engine, engine_version, detail, upset_version, program,
	program_sha256, isa, sysroot,
	(SELECT group_concat(value, ' ') FROM
		(SELECT value FROM argument WHERE run = run.id AND position > 0 ORDER BY position))
		AS arguments,
	folder, host_system, host_cpu, ended, "end", status, end_reason, instructions,
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

DROP VIEW IF EXISTS variables;
CREATE VIEW variables AS
SELECT run, position, substr(value, 1, instr(value, '=') - 1) AS variable,
	substr(value, instr(value, '=') + 1) AS value
FROM environment;

DROP VIEW IF EXISTS campaign_variables;
CREATE VIEW campaign_variables AS
SELECT campaign, position, substr(value, 1, instr(value, '=') - 1) AS variable,
	substr(value, instr(value, '=') + 1) AS value
FROM campaign_environment;

-- The root, which nothing calls, is not in it; a site is NULL for signals.
DROP VIEW IF EXISTS calls;
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

-- Names hold no ';' and no line ends here: those are what separates them.
DROP VIEW IF EXISTS stacks;
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
