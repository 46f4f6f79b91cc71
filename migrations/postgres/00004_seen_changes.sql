-- +goose Up
-- What an operator changes by hand is seen as soon as what the program changes:
-- every instance asks every other second which users have a new updated_at and
-- which sessions a new ended_at.

-- The program always writes updated_at. A change that leaves it as it is comes
-- from elsewhere. A new password hash is no news to a session. (The conditions
-- are not the triggers' own: no later migration could then change the columns.)
-- +goose StatementBegin
CREATE FUNCTION users_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.updated_at = OLD.updated_at
        AND (NEW.email, NEW.name, NEW.image, NEW.profile, NEW.email_verified_at, NEW.disabled_at, NEW.max_sessions)
        IS DISTINCT FROM (OLD.email, OLD.name, OLD.image, OLD.profile, OLD.email_verified_at, OLD.disabled_at, OLD.max_sessions)
    THEN
        NEW.updated_at := greatest(date_trunc('milliseconds', clock_timestamp()), OLD.updated_at + interval '1 millisecond');
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER users_changed BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION users_changed();

-- A user who is deleted leaves ended sessions behind, not lost ones.
-- +goose StatementBegin
CREATE FUNCTION users_deleted() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE sessions SET ended_at = date_trunc('milliseconds', clock_timestamp()), end_reason = 'deleted', user_id = NULL
    WHERE user_id = OLD.id AND ended_at IS NULL;
    RETURN OLD;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER users_deleted BEFORE DELETE ON users FOR EACH ROW EXECUTE FUNCTION users_deleted();

-- A session that is ended by hand, without a reason, was ended by an operator.
-- Renewals do not set ended_at, so they never come here.
-- +goose StatementBegin
CREATE FUNCTION sessions_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.ended_at IS NOT NULL THEN
        NEW.end_reason := coalesce(NEW.end_reason, 'admin');
    END IF;
    RETURN NEW;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER sessions_ended BEFORE UPDATE OF ended_at ON sessions FOR EACH ROW EXECUTE FUNCTION sessions_ended();

-- +goose Down
DROP TRIGGER sessions_ended ON sessions;
DROP FUNCTION sessions_ended();
DROP TRIGGER users_deleted ON users;
DROP FUNCTION users_deleted();
DROP TRIGGER users_changed ON users;
DROP FUNCTION users_changed();
