// tus-large.mjs URL FILE: uploads one file and goes on by itself after a cut.
// Prints "ready", waits for a line, uploads, prints 1.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { createInterface } from 'node:readline';
import * as tus from 'tus-js-client';

const [endpoint, file] = process.argv.slice(2);
const httpStack = new tus.DefaultHttpStack({ agent: new http.Agent({ keepAlive: true }) });
console.log('ready');
for await (const _ of createInterface({ input: process.stdin })) break;
await new Promise((onSuccess, onError) => {
	new tus.Upload(readFileSync(file), { endpoint, httpStack, retryDelays: Array(50).fill(200), onSuccess, onError }).start();
});
console.log(1);
process.exit(0);
