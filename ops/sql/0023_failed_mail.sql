-- Why a mail could not be sent may have repeated to whom, and outlived them: no such answer is kept any more, nor are those of before.
UPDATE desk.mail SET failed = 'it could not be sent' WHERE failed LIKE '%@%';
