"""Acts as data, one in each line: `lines` reads them, and `importer` records them through the same door as everybody's."""
