-- A migration: changes the tables of a database that has data.
ALTER TABLE notes ADD COLUMN done boolean NOT NULL DEFAULT false;
