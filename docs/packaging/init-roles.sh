#!/usr/bin/env bash
# Runs once, when the database of the Compose stack is made: the owner is no superuser, and both serving roles get the
# passwords of their secret files before the migration gives them their rights.
set -euo pipefail

password() { cat "/run/secrets/$1"; }

psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set owner="$(password owner_password)" --set app="$(password app_password)" \
    --set sequencer="$(password sequencer_password)" <<'SQL'
CREATE ROLE voxgate_owner LOGIN CREATEROLE PASSWORD :'owner';
CREATE ROLE voxgate_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'app';
CREATE ROLE voxgate_sequencer LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'sequencer';
CREATE DATABASE voxgate OWNER voxgate_owner;
SQL
