-- A dump is said to be destroyed by the name of its file, so no two that still are may have one name. Where two had, in two folders, the
-- older ones keep theirs with a number behind it.
UPDATE desk.backup AS older SET name = older.name || ' (' || older.id || ')'
 WHERE older.destroyed_on IS NULL
   AND EXISTS (SELECT FROM desk.backup AS newer WHERE newer.name = older.name AND newer.destroyed_on IS NULL AND newer.id > older.id);
CREATE UNIQUE INDEX backup_name ON desk.backup (name) WHERE destroyed_on IS NULL;
