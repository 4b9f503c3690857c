// Uploads one file with tus-js-client. Its argument is a JSON object: file,
// endpoint, metadata, chunk, early (bytes go with the creation), ca, cert, key.
// What it was answered goes to standard output, a line each.
import { readFileSync } from 'node:fs';
import { Upload, DefaultHttpStack } from 'tus-js-client';

const o = JSON.parse(process.argv[2]);
const tls = { ca: readFileSync(o.ca), cert: readFileSync(o.cert), key: readFileSync(o.key) };
new Upload(readFileSync(o.file), {
	endpoint: o.endpoint,
	metadata: o.metadata,
	chunkSize: o.chunk,
	uploadDataDuringCreation: o.early,
	retryDelays: [0, 100, 300, 1000, 3000],
	httpStack: new DefaultHttpStack(tls),
	onAfterResponse: (req, res) =>
		console.log(req.getMethod(), res.getStatus(), res.getHeader('Upload-Offset') ?? '', res.getHeader('Location') ?? ''),
	onSuccess: () => console.log('done'),
	onError: (err) => {
		console.error(String(err));
		process.exitCode = 1;
	},
}).start();
