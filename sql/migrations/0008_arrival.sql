-- When a batch arrived, by the one clock of the warehouse: a stitch looks for what is new among the
-- batches of late and not in the whole ledger.
ALTER TABLE batch_log ADD COLUMN IF NOT EXISTS arrived_at DateTime DEFAULT now()
    COMMENT 'when its row arrived, by the clock of the warehouse';
ALTER TABLE batch_log MATERIALIZE COLUMN arrived_at SETTINGS mutations_sync = 2;
