-- The history of questions is searched by any part of a number: without the answers, which are
-- most of the table, a million of them are read in a moment.
DROP INDEX exchange_number;
CREATE INDEX exchange_search ON exchange (number, operation);
