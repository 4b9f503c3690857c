// Reads a picture from standard input (width and height as text, a line each,
// then a grey byte per dot), has the peer encode it as one full-width raster
// with a cut, and writes those bytes to standard output. The peer's other way,
// columns (ESC *), is larger and feeds 36 dots where it prints 24.
import { readFileSync, writeFileSync } from 'node:fs';
import ReceiptPrinterEncoder from '@point-of-sale/receipt-printer-encoder';

const input = readFileSync(0);
const first = input.indexOf(10);
const second = input.indexOf(10, first + 1);
const width = Number(input.subarray(0, first));
const height = Number(input.subarray(first + 1, second));
const grey = input.subarray(second + 1);
const data = new Uint8ClampedArray(width * height * 4);
for (let i = 0; i < width * height; i++) {
	data.fill(grey[i], i * 4, i * 4 + 3);
	data[i * 4 + 3] = 255;
}
const encoder = new ReceiptPrinterEncoder({ language: 'esc-pos', imageMode: 'raster', columns: 48 });
const bytes = encoder.initialize().image({ width, height, data }, width, height, 'threshold', 128).cut().encode();
writeFileSync(1, bytes);
