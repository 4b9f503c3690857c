// The tus project's own server: tus-server.mjs FOLDER [PEM]. With a key and its
// certificate it speaks TLS. Prints its port.
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { Server } from '@tus/server';
import { FileStore } from '@tus/file-store';

const [folder, pem] = process.argv.slice(2);
const tus = new Server({ path: '/files', datastore: new FileStore({ directory: folder }) });
const at = { host: '127.0.0.1', port: 0 };
const print = () => console.log(server.address().port);
const pair = pem && readFileSync(pem);
const server = pair
	? https.createServer({ key: pair, cert: pair }, tus.handle.bind(tus)).listen(at, print)
	: tus.listen(at, print);
