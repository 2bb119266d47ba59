-- Which journey definitions are there? The first is the one the customers view uses.
SELECT definition FROM definitions ORDER BY unit = 'customer' DESC, position
