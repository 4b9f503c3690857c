// pouch-fill.mjs URL FILE: writes the documents of FILE (a JSON array) over those
// that are there.
import { readFileSync } from 'node:fs';
import PouchDB from 'pouchdb';

const db = new PouchDB(process.argv[2]);
const docs = JSON.parse(readFileSync(process.argv[3], 'utf8'));
for (let at = 0; at < docs.length; at += 2000) {
	const batch = docs.slice(at, at + 2000);
	const there = await db.allDocs({ keys: batch.map((d) => d._id) });
	there.rows.forEach((row, i) => { if (row.value) batch[i]._rev = row.value.rev; });
	const wrong = (await db.bulkDocs(batch)).find((r) => r.error);
	if (wrong) throw new Error(JSON.stringify(wrong));
}
