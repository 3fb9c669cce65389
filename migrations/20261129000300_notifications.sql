-- Who is told of what happens to alerts. What happens is put into the outbox in the transaction that says so in the history; one
-- job makes a notification of it for each receiver and delivers it until it is taken, so that nothing is lost with a server.

create table notification_outbox (
    event_id int8 primary key references alert_event (id)
);
comment on table notification_outbox is 'What happened to alerts and nobody has been told of yet.';
comment on column notification_outbox.event_id is 'The line of the history.';

create table notification (
    id int8 generated always as identity primary key,
    event_id int8 not null references alert_event (id),
    alert_id int8 not null references alert (id),
    due_at timestamptz not null,
    settled_at timestamptz,
    attempts int4 not null default 0,
    state int2 not null default 0 check (state between 0 and 3),
    receiver text not null,
    tenant text,
    problem text,
    unique (event_id, receiver)
);
comment on table notification is 'What one receiver is told of one thing that happened to an alert.';
comment on column notification.id is 'Ascending with time; sent along, so that a receiver knows what it has been told before.';
comment on column notification.event_id is 'What happened.';
comment on column notification.alert_id is 'The alert it happened to.';
comment on column notification.due_at is 'When it is to be sent, or sent again.';
comment on column notification.settled_at is 'When it was delivered or given up; null while it waits.';
comment on column notification.attempts is 'How often it was sent in vain.';
comment on column notification.state is '0 waiting, 1 delivered, 2 given up, 3 overtaken: the alert has fired or ended since.';
comment on column notification.receiver is 'The name of the receiver.';
comment on column notification.tenant is 'Whose the alert was when it was first told of; null is nobody''s.';
comment on column notification.problem is 'Why the latest attempt was in vain.';
create index notification_waiting on notification (due_at) where state = 0;
create index notification_of_alert on notification (alert_id, id);
