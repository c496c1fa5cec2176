import { latin1 } from '../../bytes/text.ts';
import { deflate } from '../../containers/pdf/inflate.ts';
import type { Dict, Stream } from '../../containers/pdf/objects.ts';
import type { Plan } from '../../core/plan.ts';
import type { Walk } from '../../core/walk.ts';
import { setCoding } from './coding.ts';
import type { Sweep } from './sweep.ts';

/** Tables that glyphs are found and drawn by (ISO 14496-22 §5). Not here: name, meta, DSIG, FFTM and other private ones. */
const DRAWING = new Set([
  ...['BASE', 'CBDT', 'CBLC', 'CFF ', 'CFF2', 'COLR', 'CPAL', 'EBDT', 'EBLC', 'GDEF', 'GPOS', 'GSUB', 'HVAR', 'LTSH'],
  ...['MVAR', 'OS/2', 'VDMX', 'VORG', 'avar', 'cmap', 'cvar', 'cvt ', 'fpgm', 'fvar', 'gasp', 'glyf', 'gvar', 'hdmx'],
  ...['head', 'hhea', 'hmtx', 'kern', 'loca', 'maxp', 'post', 'prep', 'sbix', 'vhea', 'vmtx'],
]);
const HEADER_LENGTH = 12;
const ENTRY_LENGTH = 16;
const MAX_TABLES = 200;

/** A font program without its names and notices, where options leave them out. */
export function* writeFont(sweep: Sweep, stream: Stream, dict: Dict, body: Plan): Walk<boolean> {
  if (sweep.context.keeps('fontNames')) return false;
  const { bytes, filters } = yield* sweep.document.decode(stream);
  const bare = filters.length > 0 ? undefined : withoutNames(bytes);
  if (bare === undefined) {
    sweep.plan.residual.add('Names and notices in fonts that are not TrueType or OpenType.');
    return false;
  }
  if (bare.length !== bytes.length) sweep.removed('identifier', 'FontFile › name', bytes.length - bare.length);
  body.insert(deflate(bare));
  if (dict.has('Length1')) dict.set('Length1', bare.length);
  setCoding(dict, ['FlateDecode'], []);
  return true;
}

/** The drawing tables of a TrueType or OpenType font; nothing where it is none. */
function withoutNames(font: Uint8Array): Uint8Array | undefined {
  const version = latin1(font.subarray(0, 4));
  if (version !== '\0\x01\0\0' && version !== 'OTTO' && version !== 'true') return undefined;
  const view = new DataView(font.buffer, font.byteOffset, font.length);
  const count = font.length < HEADER_LENGTH ? 0 : view.getUint16(4);
  if (count > MAX_TABLES || HEADER_LENGTH + count * ENTRY_LENGTH > font.length) return undefined;
  const tables: { entry: number; data: Uint8Array }[] = [];
  for (let index = 0; index < count; index++) {
    const entry = HEADER_LENGTH + index * ENTRY_LENGTH;
    const start = view.getUint32(entry + 8);
    const data = font.subarray(start, start + view.getUint32(entry + 12));
    if (DRAWING.has(latin1(font.subarray(entry, entry + 4)))) tables.push({ entry, data });
  }
  let at = HEADER_LENGTH + tables.length * ENTRY_LENGTH;
  const output = new Uint8Array(tables.reduce((end, { data }) => end + ((data.length + 3) & ~3), at));
  const written = new DataView(output.buffer);
  output.set(font.subarray(0, 4));
  written.setUint16(4, tables.length);
  const power = tables.length === 0 ? 0 : Math.floor(Math.log2(tables.length));
  written.setUint16(6, 16 * 2 ** power);
  written.setUint16(8, power);
  written.setUint16(10, 16 * (tables.length - 2 ** power));
  for (const [index, { entry, data }] of tables.entries()) {
    const to = HEADER_LENGTH + index * ENTRY_LENGTH;
    output.set(font.subarray(entry, entry + 8), to);
    written.setUint32(to + 8, at);
    written.setUint32(to + 12, data.length);
    output.set(data, at);
    at += (data.length + 3) & ~3;
  }
  return output;
}
