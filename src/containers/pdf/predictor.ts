// Predictor functions of LZWDecode and FlateDecode (ISO 32000-1 §7.4.4.4).
import { countOf, type Dict } from './objects.ts';

/** Longest row that is undone: 64 MiB, more than any image has. */
const MAX_ROW_LENGTH = 64 * 1024 * 1024;

/** Undoes the predictor that decode parameters ask for; nothing where they make no sense. */
export function unpredict(data: Uint8Array, parameters: Dict | undefined): Uint8Array | undefined {
  const predictor = countOf(parameters?.get('Predictor')) ?? 1;
  if (predictor <= 1) return data;
  const colors = countOf(parameters?.get('Colors')) ?? 1;
  const bits = countOf(parameters?.get('BitsPerComponent')) ?? 8;
  const columns = countOf(parameters?.get('Columns')) ?? 1;
  const pixelLength = Math.max(1, (colors * bits + 7) >> 3);
  const rowLength = Math.ceil((colors * bits * columns) / 8);
  if (!(rowLength > 0 && rowLength <= MAX_ROW_LENGTH)) return undefined;
  if (predictor >= 10) return undoPng(data, pixelLength, rowLength);
  return bits === 8 ? undoTiff(data, colors, rowLength) : undefined;
}

/** PNG filters: each row is led by the number of its filter. */
function undoPng(data: Uint8Array, pixelLength: number, rowLength: number): Uint8Array {
  const rows = Math.ceil(data.length / (rowLength + 1));
  const output = new Uint8Array(Math.max(0, data.length - rows));
  let at = 0;
  let to = 0;
  while (at < data.length) {
    const filter = data[at++];
    const count = Math.min(rowLength, data.length - at);
    for (let index = 0; index < count; index++, at++, to++) {
      const left = index >= pixelLength ? (output[to - pixelLength] ?? 0) : 0;
      const up = to >= rowLength ? (output[to - rowLength] ?? 0) : 0;
      const raw = data[at] ?? 0;
      if (filter === 1) output[to] = raw + left;
      else if (filter === 2) output[to] = raw + up;
      else if (filter === 3) output[to] = raw + ((left + up) >> 1);
      else if (filter === 4) {
        const corner = index >= pixelLength && to >= rowLength ? (output[to - rowLength - pixelLength] ?? 0) : 0;
        output[to] = raw + paeth(left, up, corner);
      } else output[to] = raw;
    }
  }
  return output;
}

function paeth(left: number, up: number, corner: number): number {
  const estimate = left + up - corner;
  const toLeft = Math.abs(estimate - left);
  const toUp = Math.abs(estimate - up);
  const toCorner = Math.abs(estimate - corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/** TIFF Predictor 2 for components of 8 bits. */
function undoTiff(data: Uint8Array, colors: number, rowLength: number): Uint8Array {
  const output = data.slice();
  for (let row = 0; row < output.length; row += rowLength) {
    const end = Math.min(row + rowLength, output.length);
    for (let at = row + colors; at < end; at++) output[at] = (output[at] ?? 0) + (output[at - colors] ?? 0);
  }
  return output;
}
