-- The server's own disks: bytes free and in all.
SELECT name, free_space AS free, total_space AS total
FROM system.disks
WHERE NOT is_remote
ORDER BY name
