-- One row for each channel that has events or has lost some.
-- lost_through: the id of its newest event that was dropped, 0 where none was.
CREATE TABLE channel (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  lost_through INTEGER NOT NULL,
  is_empty INTEGER NOT NULL
);
CREATE INDEX empty_channel ON channel (lost_through) WHERE is_empty;

-- The events in their order: the id is the offset of the event's position.
-- previous: the id of the channel's event before it, so that one that is missing in the middle is noticed.
-- checksum: CRC-32C over all that the row says.
CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  channel INTEGER NOT NULL,
  previous INTEGER NOT NULL,
  time INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  name TEXT NOT NULL,
  data TEXT NOT NULL
);
-- As every index, it is ordered by the id after its own columns.
CREATE INDEX event_of_channel ON event (channel);

-- Idempotency keys; the id is that of the event that was placed.
CREATE TABLE publish_key (
  id INTEGER PRIMARY KEY,
  channel TEXT NOT NULL,
  value TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  time INTEGER NOT NULL,
  UNIQUE (channel, value)
);

-- How far each inbox was written to its user.
CREATE TABLE bookmark (
  user TEXT NOT NULL,
  channel TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  "offset" INTEGER NOT NULL,
  time INTEGER NOT NULL,
  PRIMARY KEY (user, channel)
) WITHOUT ROWID;
CREATE INDEX bookmark_by_time ON bookmark (time);

-- The earlier lives of the log, and the id through which their events are this life's too.
CREATE TABLE earlier_epoch (
  epoch INTEGER PRIMARY KEY,
  shared_through INTEGER NOT NULL
);

-- epoch: of this life of the log. last: no id up to here is ever given again. forgotten_through: channels without a row may
-- have lost events up to here. limit: the events per channel of the last run.
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) WITHOUT ROWID;
