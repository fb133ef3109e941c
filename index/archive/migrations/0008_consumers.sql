-- silenced: receivers who are told no more, because they unsubscribed or because their address answered 410.
CREATE TABLE silenced (
    subscription TEXT NOT NULL, receiver TEXT NOT NULL, cause TEXT NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (subscription, receiver));
CREATE INDEX deliveries_receiver ON deliveries (subscription, receiver) WHERE status = 'pending';
