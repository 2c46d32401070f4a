-- A PostgreSQL database for merit-kit. Run once, as the server's administrator:
--
--     psql -f deploy/postgresql.sql postgres
--
-- Then give the owner a password (in psql: \password merit_owner), and as the owner make the store:
--
--     merit init postgresql://merit_owner@SERVER/merit
--
-- Keep passwords out of addresses: PGPASSWORD or the file pgpass is read by itself.

CREATE ROLE merit_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;

CREATE DATABASE merit OWNER merit_owner ENCODING 'UTF8' TEMPLATE template0;

-- Nobody is let in who was not named.
REVOKE ALL ON DATABASE merit FROM PUBLIC;

-- For each person with a database role of their own, as the administrator:
--
--     CREATE ROLE ani LOGIN;              (then \password ani)
--     GRANT CONNECT ON DATABASE merit TO ani;
--
-- and, as the owner, in Python:
--
--     from merit_kit.store import EVERY, grant_application, open_store, permit
--     with open_store("postgresql://merit_owner@SERVER/merit") as store:
--         grant_application(store, "ani")             # reads and adds, changes nothing, owns nothing
--         permit(store, "ani", ASSESSMENT)            # an evaluator: all of this assessment
--         permit(store, "kota", ASSESSMENT, "agency") # an agency: what is visible to it, or public
--         permit(store, "sekretariat", EVERY)         # all assessments, beginning new ones, and
--                                                     # the registers: people, roles, rounds, rooms
--
-- The role of a person in the database (what of it they can read and add) and their role in the
-- process (merit people --add ... --login ani --role evaluator) are both needed.
--
-- A backup by the owner: pg_dump --enable-row-security; the policies bind the owner as well and
-- let it through.
