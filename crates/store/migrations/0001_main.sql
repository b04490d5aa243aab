-- The schema of both dialects. Two words differ and are substituted: {clustered} (rows stored in the order of the key)
-- and {blob}. Types: text, bigint, {blob}; times in epoch milliseconds; JSON as text; booleans as 0 and 1.
-- Every key and every unique constraint begins with `account`, so that the tables can be split by it.
-- No foreign keys: rows of one contact are written by units that know what they do, and keys are never reused.

create table account (
  account bigint not null primary key,
  name text not null,
  -- Number of the latest change; raised last in each committing transaction.
  changes bigint not null,
  created_at bigint not null
);

create table channel (
  account bigint not null,
  channel bigint not null,
  name text not null,
  phone_number_id text not null,
  phone text,
  created_at bigint not null,
  primary key (account, channel)
);
create unique index channel_number on channel (account, phone_number_id);

create table setting (
  account bigint not null,
  name text not null,
  value text not null,
  updated_at bigint not null,
  primary key (account, name)
);

create table contact (
  account bigint not null,
  contact bigint not null,
  wa_id text,
  bsuid text,
  -- What the person calls themselves; `name` is what we call them, where that differs.
  profile_name text,
  name text,
  -- Where it differs from wa_id.
  phone text,
  email text,
  fields text,
  tags text,
  opted_out bigint not null,
  stopped bigint not null,
  version bigint not null,
  created_at bigint not null,
  primary key (account, contact)
);
create unique index contact_wa_id on contact (account, wa_id) where wa_id is not null;
create unique index contact_bsuid on contact (account, bsuid) where bsuid is not null;

-- Whose an address was until when: a late redelivery finds its sender although they have another number now.
create table former_address (
  account bigint not null,
  address text not null,
  until_at bigint not null,
  contact bigint not null,
  primary key (account, address, until_at)
);

-- Contacts that turned out to be one: keys of the gone one still lead to the one that stands.
create table merged_contact (
  account bigint not null,
  gone bigint not null,
  contact bigint not null,
  primary key (account, gone)
);

create table consent (
  account bigint not null,
  contact bigint not null,
  at bigint not null,
  wish text not null,
  source text not null,
  primary key (account, contact, at, wish)
);

create table conversation (
  account bigint not null,
  contact bigint not null,
  channel bigint not null,
  version bigint not null,
  session text,
  -- Effect id of the call that the session waits for; messages wait behind it.
  waits_for text,
  -- When the session wants to be woken. `alarm_at` is never later and is the one with an index: a wake that moves back
  -- leaves it alone, which spares the index most turns.
  wake_at bigint,
  alarm_at bigint,
  window_until bigint not null,
  last_in_at bigint not null,
  with_team bigint not null,
  team text,
  team_since bigint,
  team_acted_at bigint,
  team_note text,
  primary key (account, contact, channel)
);
create index conversation_alarm on conversation (account, alarm_at) where alarm_at is not null;
create index conversation_team on conversation (account, team_since) where with_team = 1;

-- Both directions. What waits for a turn and what has no known fate is found by partial indexes that hold only that.
create table message (
  account bigint not null,
  contact bigint not null,
  message bigint not null,
  channel bigint not null,
  incoming bigint not null,
  kind text not null,
  -- The words of an incoming message.
  text text,
  -- Incoming: the details beside the words, where there are any. Outgoing: the message as ordered.
  body text,
  raw text,
  wamid text,
  -- Incoming: 64 bits of a digest of channel and wamid, the dedupe key.
  wamid_key bigint,
  -- When we wrote it down or queued it, and the platform's time.
  at bigint not null,
  sent_at bigint,
  first bigint not null,
  unconsumed bigint not null,
  -- The rest concerns outgoing messages.
  effect text,
  flow text,
  step text,
  author text,
  state text,
  unsettled bigint not null,
  unknown_at bigint,
  due_at bigint,
  attempts bigint,
  resend bigint,
  error text,
  pricing text,
  rank bigint not null,
  delivered_at bigint,
  read_at bigint,
  played_at bigint,
  failed_at bigint,
  primary key (account, contact, message)
);
create unique index message_wamid on message (account, contact, wamid_key) where incoming = 1;
create index message_unconsumed on message (account, contact, message) where unconsumed = 1;
create index message_unsettled on message (account, contact, message) where unsettled = 1;

create table turn (
  account bigint not null,
  contact bigint not null,
  turn bigint not null,
  channel bigint not null,
  at bigint not null,
  events text not null,
  primary key (account, contact, turn)
);

create table call (
  account bigint not null,
  flow text not null,
  step text not null,
  effect text not null,
  contact bigint not null,
  channel bigint not null,
  request text,
  repeatable bigint not null,
  open bigint not null,
  ordered_at bigint not null,
  started_at bigint,
  finished_at bigint,
  outcome text,
  exchange text,
  findings text,
  primary key (account, flow, step, effect)
);
create index call_open on call (account, effect) where open = 1;

-- One row for each call made: what bills and reports are made from. Never changed, never purged.
create table action (
  account bigint not null,
  at bigint not null,
  effect text not null,
  contact bigint not null,
  flow text not null,
  step text not null,
  outcome text not null,
  primary key (account, at, effect)
) {clustered};

create table raw_webhook (
  account bigint not null,
  field text not null,
  item text not null,
  body text not null,
  accepted_at bigint not null,
  primary key (account, field, item)
);

create table parked_status (
  account bigint not null,
  wamid text not null,
  status text not null,
  at bigint not null,
  tag text,
  wa_id text,
  bsuid text,
  error text,
  pricing text,
  accepted_at bigint not null,
  primary key (account, wamid, status)
);

create table flow_revision (
  account bigint not null,
  name text not null,
  revision bigint not null,
  source text not null,
  digest text not null,
  author text not null,
  note text,
  published_at bigint not null,
  primary key (account, name, revision)
);

create table flow (
  account bigint not null,
  name text not null,
  revision bigint not null,
  primary key (account, name)
);

create table secret (
  account bigint not null,
  name text not null,
  origins text not null,
  sealed {blob} not null,
  updated_at bigint not null,
  primary key (account, name)
);
