-- SPDX-License-Identifier: GPL-2.0-or-later
-- From schema version 1 to 2: campaigns and their experiments.  Names follow
-- schema.sql: tables in the singular, views in the plural or by what they group.

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

CREATE VIEW campaigns AS
WITH tally AS (
	SELECT e.campaign AS campaign, count(*) AS made, sum(v.outcome = 'masked') AS masked,
		sum(v.outcome = 'sdc') AS sdc, sum(v.outcome = 'due') AS due,
		sum(v.outcome = 'not-injected') AS not_injected,
		sum(v.outcome = 'tool-error') AS tool_error
	FROM experiment e
		LEFT JOIN verdict v ON v.id = e.verdict
	GROUP BY e.campaign)
SELECT c.id AS campaign, c.started AS started, c.engine AS engine,
	c.engine_version AS engine_version, c.upset_version AS upset_version,
	c.program AS program, c.program_sha256 AS program_sha256,
	(SELECT group_concat(value, ' ') FROM (SELECT a.value AS value FROM campaign_argument a
		WHERE a.campaign = c.id AND a.position > 0 ORDER BY a.position)) AS arguments,
	c.folder AS folder, c.host_system AS host_system, c.host_cpu AS host_cpu,
	c.source AS source, c.options AS options, c.seed AS seed, c.population AS population,
	c.planned AS planned, coalesce(t.made, 0) AS made, coalesce(t.masked, 0) AS masked,
	coalesce(t.sdc, 0) AS sdc, coalesce(t.due, 0) AS due,
	coalesce(t.not_injected, 0) AS not_injected, coalesce(t.tool_error, 0) AS tool_error,
	c.confidence AS confidence, c.run AS run, c.golden_end AS golden_end,
	c.golden_status AS golden_status, c.golden_instructions AS golden_instructions,
	c.golden_time_ns AS golden_time_ns, c.stdout_bytes AS stdout_bytes,
	c.stdout_sha256 AS stdout_sha256, c.stderr_bytes AS stderr_bytes,
	c.stderr_sha256 AS stderr_sha256, c.identity AS identity
FROM campaign c
	LEFT JOIN tally t ON t.campaign = c.id;

CREATE VIEW experiments AS
SELECT e.campaign AS campaign, e.number AS experiment, e.faults AS faults,
	v.outcome AS outcome, nullif(v.cause, '') AS cause, nullif(v.fits, '') AS fits,
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

-- Shares are of the results, n; of x among them, low and high are Wilson's interval:
-- (x + z^2/2 -+ z sqrt(x (n - x) / n + z^2/4)) / (n + z^2), 0 for no x and 1 for all.

CREATE VIEW outcomes AS
WITH tally AS (
	SELECT campaign, verdict, count(*) AS experiments FROM experiment GROUP BY campaign, verdict),
total AS (
	SELECT t.campaign AS campaign, sum(t.experiments) AS n
	FROM tally t
		JOIN verdict v ON v.id = t.verdict
	WHERE v.outcome IN ('masked', 'sdc', 'due')
	GROUP BY t.campaign),
part AS (
	SELECT t.campaign AS campaign, v.outcome AS outcome, v.cause AS cause, v.fits AS fits,
		t.experiments AS experiments, c.population AS population, c.z AS z, n.n AS n,
		CASE WHEN v.outcome IN ('masked', 'sdc', 'due') THEN t.experiments END AS x
	FROM tally t
		JOIN verdict v ON v.id = t.verdict
		JOIN campaign c ON c.id = t.campaign
		LEFT JOIN total n ON n.campaign = t.campaign)
SELECT campaign,
	CASE outcome WHEN 'masked' THEN 0 WHEN 'sdc' THEN 1 WHEN 'due' THEN 2
		WHEN 'not-injected' THEN 3 ELSE 4 END AS outcome_number,
	outcome, nullif(cause, '') AS cause, nullif(fits, '') AS fits, experiments,
	1.0 * x / n AS share,
	CASE WHEN x > 0
		THEN (x + z * z / 2 - z * sqrt(1.0 * x * (n - x) / n + z * z / 4)) / (n + z * z)
		WHEN n > 0 THEN x * 0.0 END AS low,
	CASE WHEN x < n
		THEN (x + z * z / 2 + z * sqrt(1.0 * x * (n - x) / n + z * z / 4)) / (n + z * z)
		WHEN x = n THEN 1.0 END AS high,
	CAST(round(1.0 * x / n * population) AS INTEGER) AS extrapolated
FROM part;

CREATE VIEW outcome_totals AS
WITH kind (number, outcome, is_result) AS (
	VALUES (0, 'masked', 1), (1, 'sdc', 1), (2, 'due', 1), (3, 'not-injected', NULL),
		(4, 'tool-error', NULL)),
tally AS (
	SELECT e.campaign AS campaign, v.outcome AS outcome, count(*) AS experiments
	FROM experiment e
		JOIN verdict v ON v.id = e.verdict
	GROUP BY e.campaign, v.outcome),
total AS (
	SELECT campaign, sum(experiments) AS n FROM tally
	WHERE outcome IN ('masked', 'sdc', 'due')
	GROUP BY campaign),
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
		WHEN n > 0 THEN x * 0.0 END AS low,
	CASE WHEN x < n
		THEN (x + z * z / 2 + z * sqrt(1.0 * x * (n - x) / n + z * z / 4)) / (n + z * z)
		WHEN x = n THEN 1.0 END AS high,
	CAST(round(1.0 * x / n * population) AS INTEGER) AS extrapolated
FROM part;

CREATE VIEW by_all AS
WITH result AS NOT MATERIALIZED (
	SELECT e.campaign AS campaign, j.location AS location, j.bit AS bit, j.module AS module,
		j.function AS function, j.source AS source, j.line AS line,
		v.outcome IN ('masked', 'sdc', 'due') AS n, v.outcome = 'masked' AS masked,
		v.outcome = 'sdc' AS sdc, v.outcome = 'due' AS due,
		v.outcome = 'not-injected' AS not_injected
	FROM experiment e
		JOIN verdict v ON v.id = e.verdict
		LEFT JOIN injection j ON j.campaign = e.campaign AND j.experiment = e.number
			AND j.position = 0),
tally AS (
	SELECT campaign, 'register' AS kind, location, NULL AS bit, NULL AS module, NULL AS function,
		NULL AS source, NULL AS line,
		sum(n) AS n, sum(masked) AS masked, sum(sdc) AS sdc, sum(due) AS due,
		sum(not_injected) AS not_injected
	FROM result GROUP BY campaign, location
	UNION ALL
	SELECT campaign, 'bit', NULL, bit, NULL, NULL, NULL, NULL,
		sum(n), sum(masked), sum(sdc), sum(due), sum(not_injected)
	FROM result GROUP BY campaign, bit
	UNION ALL
	SELECT campaign, 'function', NULL, NULL, module, function, NULL, NULL,
		sum(n), sum(masked), sum(sdc), sum(due), sum(not_injected)
	FROM result GROUP BY campaign, module, function
	UNION ALL
	SELECT campaign, 'line', NULL, NULL, NULL, function, source, line,
		sum(n), sum(masked), sum(sdc), sum(due), sum(not_injected)
	FROM result GROUP BY campaign, source, line, function),
part AS (
	SELECT t.campaign AS campaign, t.kind AS kind, l.name AS location, t.bit AS bit,
		m.name AS module, f.name AS function, s.path AS file, t.line AS line, t.n AS n,
		t.masked AS masked, t.sdc AS x, t.due AS due, t.not_injected AS not_injected,
		c.z AS z
	FROM tally t
		JOIN campaign c ON c.id = t.campaign
		LEFT JOIN label l ON l.id = t.location
		LEFT JOIN label m ON m.id = t.module
		LEFT JOIN function f ON f.id = t.function
		LEFT JOIN source s ON s.id = t.source)
SELECT campaign, kind, location, bit, module, function, file, line, n AS results, masked,
	x AS sdc, due, not_injected, 1.0 * masked / n AS masked_share, 1.0 * due / n AS due_share,
	1.0 * x / n AS sdc_share,
	CASE WHEN x > 0
		THEN (x + z * z / 2 - z * sqrt(1.0 * x * (n - x) / n + z * z / 4)) / (n + z * z)
		WHEN n > 0 THEN 0.0 END AS sdc_low,
	CASE WHEN x < n
		THEN (x + z * z / 2 + z * sqrt(1.0 * x * (n - x) / n + z * z / 4)) / (n + z * z)
		WHEN n > 0 THEN 1.0 END AS sdc_high
FROM part;

CREATE VIEW by_register AS
SELECT campaign, location, results, masked, sdc, due, not_injected,
	masked_share, due_share, sdc_share, sdc_low, sdc_high
FROM by_all WHERE kind = 'register';

CREATE VIEW by_bit AS
SELECT campaign, bit, results, masked, sdc, due, not_injected,
	masked_share, due_share, sdc_share, sdc_low, sdc_high
FROM by_all WHERE kind = 'bit';

CREATE VIEW by_function AS
SELECT campaign, module, function, results, masked, sdc, due, not_injected,
	masked_share, due_share, sdc_share, sdc_low, sdc_high
FROM by_all WHERE kind = 'function';

CREATE VIEW by_line AS
SELECT campaign, file, line, function, results, masked, sdc, due, not_injected,
	masked_share, due_share, sdc_share, sdc_low, sdc_high
FROM by_all WHERE kind = 'line';
