// tus-client.mjs URL FILES…: uploads every file, as many at a time as a browser
// opens connections, each with its first bytes in the creating request; an https
// URL is not verified, which costs no round trip. Prints
// "ready", waits for a line, uploads, prints how many files it uploaded.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { createInterface } from 'node:readline';
import * as tus from 'tus-js-client';

const [endpoint, ...files] = process.argv.slice(2);
const atOnce = 6;
const keep = { keepAlive: true, maxSockets: atOnce };
const agent = endpoint.startsWith('https:') ? new https.Agent({ ...keep, rejectUnauthorized: false }) : new http.Agent(keep);
const httpStack = new tus.DefaultHttpStack({ agent });
const waiting = files.map((f) => readFileSync(f));

const upload = (bytes) => new Promise((onSuccess, onError) => {
	new tus.Upload(bytes, { endpoint, httpStack, uploadDataDuringCreation: true, retryDelays: [1000, 3000, 9000], onSuccess, onError }).start();
});

console.log('ready');
for await (const _ of createInterface({ input: process.stdin })) break;
let done = 0;
await Promise.all(Array.from({ length: atOnce }, async () => {
	for (let bytes; (bytes = waiting.pop()) !== undefined; done++) await upload(bytes);
}));
console.log(done);
process.exit(0);
