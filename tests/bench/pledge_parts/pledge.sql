-- pledge.sql -- the same pledge as a PostgreSQL transaction: wallet checked, pledge set, tally moved, key remembered,
-- record written. It is spared the gapless seq and the community's accounts, which would be one hot row for all.
CREATE TABLE wallet (id int PRIMARY KEY, area int NOT NULL, allotment bigint NOT NULL);
CREATE TABLE proposal (id int PRIMARY KEY, tender int NOT NULL, price bigint NOT NULL, state text NOT NULL DEFAULT 'live',
                       pledged bigint NOT NULL DEFAULT 0, people bigint NOT NULL DEFAULT 0);
CREATE TABLE pledge (wallet int, proposal int, amount bigint NOT NULL, PRIMARY KEY (wallet, proposal));
CREATE TABLE remembered (wallet int, key bigint, seq bigint NOT NULL, PRIMARY KEY (wallet, key));
CREATE TABLE log (seq bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), kind text NOT NULL, wallet int,
                  proposal int, amount bigint, was bigint);

CREATE FUNCTION pledge_set(of_wallet int, on_proposal int, up_to bigint, with_key bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE granted bigint; taken bigint; before bigint; record_seq bigint;
BEGIN
    SELECT allotment INTO granted FROM wallet WHERE id = of_wallet FOR UPDATE;
    SELECT seq INTO record_seq FROM remembered WHERE wallet = of_wallet AND key = with_key;
    IF FOUND THEN RETURN record_seq; END IF;
    SELECT coalesce(sum(p.amount), 0) INTO taken FROM pledge p JOIN proposal o ON o.id = p.proposal
        WHERE p.wallet = of_wallet AND p.proposal <> on_proposal AND o.state = 'live';
    IF taken + up_to > granted THEN RAISE EXCEPTION 'wallet_short'; END IF;
    SELECT amount INTO before FROM pledge WHERE wallet = of_wallet AND proposal = on_proposal;
    INSERT INTO pledge VALUES (of_wallet, on_proposal, up_to)
        ON CONFLICT (wallet, proposal) DO UPDATE SET amount = excluded.amount;
    UPDATE proposal SET pledged = pledged + up_to - coalesce(before, 0),
        people = people + CASE WHEN before IS NULL THEN 1 ELSE 0 END WHERE id = on_proposal AND state = 'live';
    INSERT INTO log (kind, wallet, proposal, amount, was) VALUES ('pledge_set', of_wallet, on_proposal, up_to, before)
        RETURNING seq INTO record_seq;
    INSERT INTO remembered VALUES (of_wallet, with_key, record_seq);
    RETURN record_seq;
END $$;
