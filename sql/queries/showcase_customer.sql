-- A customer worth showing: seen on the most sources, with an emotion, and a path that fits a page.
SELECT customer_id
FROM customers
WHERE steps BETWEEN 8 AND 25
ORDER BY length(sources) DESC, emotion IS NOT NULL DESC, abs(toInt64(steps) - 14), customer_id
LIMIT 1
