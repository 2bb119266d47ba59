-- What a statement may call.
SELECT name FROM system.functions ORDER BY name
