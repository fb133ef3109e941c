-- What was asked of hosts: requests and bytes of a source on one day (in China).
CREATE TABLE asked (
    day TEXT NOT NULL, host TEXT NOT NULL, source TEXT NOT NULL, requests INTEGER NOT NULL, bytes INTEGER NOT NULL,
    PRIMARY KEY (day, host, source));
