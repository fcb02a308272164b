-- SPDX-License-Identifier: GPL-2.0-or-later
-- From schema version 2 to 3: views that reports draw.

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
