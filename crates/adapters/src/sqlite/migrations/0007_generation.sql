-- How many transactions have stored something: the journal beside the database counts with it.
INSERT INTO meta VALUES ('generation', '0');
