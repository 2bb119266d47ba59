-- A statement as the engine writes it, on one line.
SELECT formatQuerySingleLine({statement:String}) AS statement
