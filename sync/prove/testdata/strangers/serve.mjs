// Serves tus with @tus/server and its file store, as a portal is addressed: the
// address follows from station, packet and digest. Its argument is a JSON object:
// folder, station, header, ca, cert, key. The port goes to standard output. It
// ends with its standard input.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { FileStore } from '@tus/file-store';
import { Server } from '@tus/server';

const o = JSON.parse(process.argv[2]);
const id = (name) => Buffer.from(name).toString('base64url');
const tus = new Server({
	path: '/v1/files',
	datastore: new FileStore({ directory: o.folder }),
	namingFunction: (_, metadata) => id(`${o.station}/${metadata.packet}/${metadata.sha256}`),
	generateUrl: (_, { host, path, id }) => `https://${host}${path}/${Buffer.from(id, 'base64url')}`,
	getFileIdFromRequest: (req) => id(new URL(req.url).pathname.replace(/^\/v1\/files\//, '')),
});
const tls = { ca: readFileSync(o.ca), cert: readFileSync(o.cert), key: readFileSync(o.key) };
const server = createServer({ ...tls, requestCert: true, rejectUnauthorized: true }, (req, res) => {
	res.setHeader(o.header, '1'); // what our client knows a portal by
	tus.handle(req, res).catch((err) => {
		console.error(String(err));
		res.destroy();
	});
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit(0)).resume();
