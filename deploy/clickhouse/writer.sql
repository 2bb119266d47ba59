-- A role for the worker and the cjm command, where users are kept in ClickHouse and not in users.xml.
-- Then: CREATE USER cjm IDENTIFIED BY '…' DEFAULT ROLE cjm_writer;
CREATE ROLE IF NOT EXISTS cjm_writer;
-- Who reads a view needs no right to the tables under it, where personal data may be.
CREATE SETTINGS PROFILE IF NOT EXISTS cjm_writer SETTINGS default_normal_view_sql_security = 'DEFINER' TO cjm_writer;
GRANT ALL ON cjm.* TO cjm_writer;
