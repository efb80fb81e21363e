-- The copies of benchmarks.console_fill, each over the rows that the hub made itself; k numbers the copies. A parcel of a copy
-- is so many minutes older than one of the copy before (${age}); where it stands is drawn by its number.

-- orders
INSERT INTO hub_orders
SELECT o.id + 500 * k, enterprise, platform_code, order_no || '-' || k, profile, (ARRAY['2991', '2908', '5165'])[1 + k % 3],
version, digest, CASE WHEN ${recent} THEN salt END, CASE WHEN ${recent} THEN sealed END, p.stage, p.node,
CASE WHEN p.node <> '' THEN node_at - ${age} END, attempt, refund, told,
CASE WHEN p.stage = 'received' THEN received_at - ${age} END, received_at - ${age},
trade_mode, payment_company_code, carrier_code, area_operator_code, '', p.goods,
CASE WHEN p.goods <> '' THEN least(:now, node_at - ${age} + s.later) END
FROM generate_series(1, :parcels) AS k CROSS JOIN (SELECT * FROM hub_orders WHERE id <= 500) o JOIN places p ON p.recent = (${recent}) AND p.r = (o.id * 7919 + k * 104729) % 1000 LEFT JOIN steps s ON s.node = p.goods;

-- counts
WITH gone AS (DELETE FROM hub_order_counts)
INSERT INTO hub_order_counts (enterprise, stage, node, orders)
SELECT enterprise, stage, node, count(*) FROM hub_orders GROUP BY enterprise, stage, node;

-- numbers
INSERT INTO hub_numbers
SELECT number || '-' || k, name, n."order" + 500 * k FROM generate_series(1, :parcels) AS k CROSS JOIN hub_numbers n WHERE n."order" <= 500;

-- nodes
INSERT INTO hub_nodes ("order", node, attempt, source, at, arrived, detail)
SELECT e."order" + 500 * k, e.node, attempt, source, least(:now, at - ${age}), least(:now, arrived - ${age}), detail
FROM generate_series(1, :parcels) AS k CROSS JOIN events e JOIN places p ON p.recent = (${recent}) AND p.r = (e."order" * 7919 + k * 104729) % 1000 WHERE e.rank <= p.last;

-- nodes of other ends
INSERT INTO hub_nodes ("order", node, attempt, source, at, arrived, detail)
SELECT o.id, coalesce(nullif(o.node, ''), CASE o.stage WHEN 'closed' THEN 'order_closed' ELSE o.stage END), 1, 'customs',
coalesce(o.node_at, o.received_at), coalesce(o.node_at, o.received_at), CASE o.node WHEN 'rejected' THEN (ARRAY['-621018 quota platform', '1313 quota platform', '100 - -', '1304 filing declarant',
'2801 three_doc payer'])[1 + o.id % 5] ELSE '' END
FROM hub_orders o WHERE o.node IN ('inspection', 'rejected', 'withdrawn', 'returned', 'closed')
OR (o.node = '' AND o.stage IN ('refused', 'held', 'closed'));

-- history
INSERT INTO hub_history ("order", digest, at, salt, sealed)
SELECT "order" + 500 * k, digest, at - ${age}, salt, sealed FROM generate_series(1, :parcels) AS k CROSS JOIN hub_history h
WHERE h."order" <= 500 AND ${recent};

-- calls
INSERT INTO hub_calls (enterprise, hook, "order", body, state, due, attempts, said, at)
SELECT enterprise, hook, "order" + 500 * k, body, CASE WHEN (c.id + k) % 400 = 0 THEN 'waiting' ELSE state END,
due, attempts, said, at - ${age} FROM generate_series(1, :parcels) AS k CROSS JOIN hub_calls c WHERE c."order" <= 500 AND ${recent};

-- tallies
INSERT INTO hub_tallies
SELECT 'shop', name, at, district, 'port', '', code, 40, 0, at + interval '9 minutes', ''
FROM generate_series(date_trunc('hour', CAST(:now AS timestamp)) - interval '30 days', CAST(:now AS timestamp) - interval '20 minutes',
interval '10 minutes') AS at, unnest(ARRAY['2991', '2908', '5165']) AS district,
(VALUES ('answered', ''), ('released', ''), ('rejected', 'quota'), ('rejected', 'filing'), ('rejected', 'three_doc')) AS t (name, code);

-- messages
INSERT INTO exchange_messages
SELECT seq + 100 * k, box, id || '-' || k, name, file_name || k, file_key || k, size, digest, divided, put_at - ${age},
CASE WHEN (seq + k) % 997 = 0 THEN 'parked' ELSE state END, due, attempts, failures, doubtful, looks, said
FROM generate_series(1, :parcels) AS k CROSS JOIN exchange_messages m WHERE m.seq <= 100;

-- cases
INSERT INTO hub_cases
SELECT id + 50 * k, enterprise, version, state, open, class, impact, urgency, priority, queue, assignee,
CASE WHEN open THEN k % 3 ELSE level END, source, opened_at - ${case_age}, answered_at - ${case_age}, resolved_at - ${case_age},
closed_at - ${case_age}, reopened, merged_into, entries, changed_at - ${case_age}, due - ${case_age}
FROM generate_series(1, :cases) AS k CROSS JOIN (SELECT * FROM hub_cases WHERE id <= 50) c;

-- entries of cases
INSERT INTO hub_case_entries
SELECT "case" + 50 * k, place, version, kind, at - ${case_age}, by, before, after, outside
FROM generate_series(1, :cases) AS k CROSS JOIN hub_case_entries e WHERE e."case" <= 50;

-- words of cases
INSERT INTO hub_case_words
SELECT "case" + 50 * k, place, salt, sealed
FROM generate_series(1, :cases) AS k CROSS JOIN hub_case_words e WHERE e."case" <= 50;

-- links of cases
INSERT INTO hub_case_links
SELECT "case" + 50 * k, kind, CASE kind WHEN 'order' THEN target || '-' || k ELSE target END
FROM generate_series(1, :cases) AS k CROSS JOIN hub_case_links e WHERE e."case" <= 50;

-- causes of cases
INSERT INTO hub_case_causes
SELECT enterprise, cause || '/' || k, "case" + 50 * k
FROM generate_series(1, :cases) AS k CROSS JOIN hub_case_causes e WHERE e."case" <= 50;

-- articles
INSERT INTO hub_articles
SELECT id + 100 * k, enterprise, state, version, published, owner, review_on, valid_from, valid_to, changed_at
FROM generate_series(1, :articles) AS k CROSS JOIN hub_articles WHERE id <= 100;

-- versions of articles
INSERT INTO hub_article_versions
SELECT article + 100 * k, version, at, by, content
FROM generate_series(1, :articles) AS k CROSS JOIN hub_article_versions WHERE article <= 100;

-- ties of articles
INSERT INTO hub_article_ties
SELECT article + 100 * k, kind, target FROM generate_series(1, :articles) AS k CROSS JOIN hub_article_ties WHERE article <= 100;

-- uses of articles
INSERT INTO hub_article_uses (article, at, by, helped)
SELECT 1 + k % 500, CAST(:now AS timestamp) - k * interval '1 minute', 'desk1', k % 3 > 0 FROM generate_series(1, 20000) AS k;

-- goods
INSERT INTO goods_records
SELECT id + 100 * k, sku || '-' || k, account_book_no FROM generate_series(1, :goods) AS k CROSS JOIN goods_records WHERE id <= 100;

-- versions of goods
INSERT INTO goods_versions
SELECT record + 100 * k, version, record_no, content
FROM generate_series(1, :goods) AS k CROSS JOIN goods_versions WHERE record <= 100;

-- changes of goods
INSERT INTO goods_changes
SELECT record + 100 * k, place, place_before, kind, state, version, in_force, used, cause_kind, cause, by, why, at
FROM generate_series(1, :goods) AS k CROSS JOIN goods_changes WHERE record <= 100;

-- audit
INSERT INTO hub_audit (at, enterprise, person, action, subject, detail, reason)
SELECT CAST(:now AS timestamp) - k * interval '10 seconds', 'shop', 'of-admin', 'look', '91000000000000001N/EX12100007' || k, '', ''
FROM generate_series(200000, 1, -1) AS k;

-- alarms
INSERT INTO hub_alarms (enterprise, rule, district, provider, subject, severity, state, times, peak, since, held_from,
well_from, opened_at, closed_at, explained_by, figures, examples, told_to, told, acked_by, note, settled)
SELECT enterprise, rule, district, provider, subject, severity, 'closed', times, peak, since - k * interval '1 hour',
held_from - k * interval '1 hour', held_from, since - k * interval '1 hour', held_from - k * interval '50 minutes', explained_by,
figures, examples, told_to, told, '', '', true FROM hub_alarms, generate_series(100, 1, -1) AS k;
