// A CouchDB-like server that PouchDB replicates with: pouch-server.mjs FOLDER.
// Prints its port.
import express from 'express';
import PouchDB from 'pouchdb';
import pouchServer from 'express-pouchdb';

process.chdir(process.argv[2]); // it writes a log and a configuration
const app = express();
app.use('/', pouchServer(PouchDB.defaults({ prefix: process.argv[2] + '/' }), { mode: 'minimumForPouchDB' }));
const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));
