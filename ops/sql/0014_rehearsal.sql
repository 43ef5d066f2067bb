-- A session in which somebody rehearses an inspection: until they leave it they see what an inspector would, and record nothing.
ALTER TABLE desk.session ADD COLUMN rehearses boolean NOT NULL DEFAULT false;
