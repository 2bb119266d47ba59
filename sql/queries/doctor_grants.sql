-- What our own user may do, by itself and by its roles.
SHOW GRANTS FINAL
