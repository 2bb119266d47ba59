-- Which batches were stored by another mapping than that of this version: one text for all of them.
SELECT toString((count(), groupBitXor(cityHash64(token))))
FROM batch_log FINAL
WHERE mapping_version != {version:String}
