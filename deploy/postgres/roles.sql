-- One schema and two roles for each service; neighbours see nothing of each other.
--
-- Run it as a superuser in the database of one site. Running it again is safe, and gives new passwords.
-- `baton_<service>_owner` runs migrations; `baton_<service>` reads and writes rows and can change no table.
-- Passwords come as settings of the connection: `baton.<service>_owner_password`, `baton.<service>_password`.

DO $roles$
DECLARE
    service text;
    owner text;
    app text;
BEGIN
    FOREACH service IN ARRAY ARRAY['discharge', 'referral', 'notify'] LOOP
        owner := format('baton_%s_owner', service);
        app := format('baton_%s', service);

        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = owner) THEN
            EXECUTE format('CREATE ROLE %I', owner);
        END IF;
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
            EXECUTE format('CREATE ROLE %I', app);
        END IF;
        EXECUTE format(
            'ALTER ROLE %I LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD %L',
            owner, current_setting(format('baton.%s_owner_password', service))
        );
        EXECUTE format(
            'ALTER ROLE %I LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD %L',
            app, current_setting(format('baton.%s_password', service))
        );
        EXECUTE format('ALTER ROLE %I SET search_path = %I', owner, service);
        EXECUTE format('ALTER ROLE %I SET search_path = %I', app, service);

        EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I, %I', current_database(), owner, app);
        EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I AUTHORIZATION %I', service, owner);
        EXECUTE format('REVOKE ALL ON SCHEMA %I FROM PUBLIC', service);
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', service, app);
        EXECUTE format(
            'ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %I',
            owner, service, app
        );
        EXECUTE format(
            'ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I GRANT USAGE ON SEQUENCES TO %I', owner, service, app
        );
        -- Functions are open to everybody unless somebody says otherwise.
        EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC', owner);
        EXECUTE format(
            'ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I GRANT EXECUTE ON FUNCTIONS TO %I', owner, service, app
        );
    END LOOP;

    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
END
$roles$;
