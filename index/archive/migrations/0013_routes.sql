-- routes: ways to receivers on which nothing gets through now (relay, webhook address, room); what goes there waits.
CREATE TABLE routes (route TEXT PRIMARY KEY, since TEXT NOT NULL, until TEXT NOT NULL, reason TEXT NOT NULL);
