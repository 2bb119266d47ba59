-- What was changed, where, by whom? All of it, the latest first.
SELECT fix, fixed_at, touchpoint, what, who FROM fixes ORDER BY fix DESC
