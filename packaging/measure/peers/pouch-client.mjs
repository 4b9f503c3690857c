// pouch-client.mjs push|pull URL FOLDER FILES…: a database in FOLDER replicated
// with URL. push: every file is a document with one binary attachment. pull: the
// documents come from there; a second line on standard input replicates again.
// Prints "ready", waits for a line, replicates, prints how many documents moved.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import PouchDB from 'pouchdb';

const [way, url, folder, ...files] = process.argv.slice(2);
const local = new PouchDB(folder + '/local');
const remote = new PouchDB(url, { skip_setup: way === 'pull' });
await local.bulkDocs(files.map((f) => ({
	_id: basename(f),
	_attachments: { sealed: { content_type: 'application/octet-stream', data: readFileSync(f) } },
})));
console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
	if (line === 'end') break;
	const done = way === 'push'
		? await PouchDB.replicate(local, remote, { retry: false })
		: await PouchDB.replicate(remote, local, { retry: false });
	if (!done.ok) throw new Error(JSON.stringify(done.errors));
	console.log(done.docs_written);
}
process.exit(0);
