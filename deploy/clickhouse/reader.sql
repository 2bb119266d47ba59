-- A role for Grafana, where users are kept in ClickHouse and not in users.xml: it reads the views, and
-- nothing else. Run it again after an upgrade that brings views.
-- Then: CREATE USER cjm_grafana IDENTIFIED BY '…' DEFAULT ROLE cjm_reader;
CREATE ROLE IF NOT EXISTS cjm_reader;
-- The plugin sets max_execution_time with every query: locked, each of them would fail.
CREATE SETTINGS PROFILE IF NOT EXISTS cjm_reader SETTINGS
    readonly = 1,
    max_execution_time = 30 MAX 120 CHANGEABLE_IN_READONLY,
    max_memory_usage = 4000000000 READONLY,
    max_result_rows = 1000000 READONLY,
    result_overflow_mode = 'throw' READONLY
    TO cjm_reader;
GRANT SELECT ON cjm.account_members TO cjm_reader;
GRANT SELECT ON cjm.accounts TO cjm_reader;
GRANT SELECT ON cjm.arrivals TO cjm_reader;
GRANT SELECT ON cjm.batches TO cjm_reader;
GRANT SELECT ON cjm.campaigns TO cjm_reader;
GRANT SELECT ON cjm.comments TO cjm_reader;
GRANT SELECT ON cjm.customers TO cjm_reader;
-- Without key, headers and value: in a record nobody could read they may be anything.
GRANT SELECT(fingerprint, topic, partition, offset, source, format, reason, detail, size, received_at, stored_at, state, tries, replayed_at) ON cjm.dead_letters TO cjm_reader;
GRANT SELECT ON cjm.definition_stages TO cjm_reader;
GRANT SELECT ON cjm.definitions TO cjm_reader;
GRANT SELECT ON cjm.drops TO cjm_reader;
GRANT SELECT ON cjm.events TO cjm_reader;
GRANT SELECT ON cjm.feeds TO cjm_reader;
GRANT SELECT ON cjm.fixes TO cjm_reader;
GRANT SELECT ON cjm.identities TO cjm_reader;
GRANT SELECT ON cjm.identity_decisions TO cjm_reader;
GRANT SELECT ON cjm.identity_history TO cjm_reader;
GRANT SELECT ON cjm.journeys TO cjm_reader;
GRANT SELECT ON cjm.kinds TO cjm_reader;
GRANT SELECT ON cjm.lags TO cjm_reader;
GRANT SELECT ON cjm.new_batches TO cjm_reader;
GRANT SELECT ON cjm.owners TO cjm_reader;
GRANT SELECT ON cjm.paths TO cjm_reader;
GRANT SELECT ON cjm.stage_funnel TO cjm_reader;
GRANT SELECT ON cjm.stages TO cjm_reader;
GRANT SELECT ON cjm.steps TO cjm_reader;
GRANT SELECT ON cjm.touchpoints TO cjm_reader;
GRANT SELECT ON cjm.transitions TO cjm_reader;
GRANT SELECT ON cjm.unmapped TO cjm_reader;
GRANT SELECT ON cjm.personas TO cjm_reader;
GRANT SELECT ON cjm.unmapped_events TO cjm_reader;
