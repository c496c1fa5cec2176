import { concatAll } from '../../../bytes/concat.ts';
import { areEqual } from '../../../bytes/equal.ts';
import { deflate } from '../../../containers/pdf/inflate.ts';
import type { Dict, Stream, Value } from '../../../containers/pdf/objects.ts';
import { malformed, ScrubError } from '../../../core/errors.ts';
import type { Plan } from '../../../core/plan.ts';
import type { Walk } from '../../../core/walk.ts';
import { toBytes } from '../../../core/write.ts';
import { setCoding } from '../coding.ts';
import type { Sweep } from '../sweep.ts';
import { filterDamagedJpeg } from './dct.ts';
import { filterJbig2 } from './jbig2.ts';
import { filterJpx } from './jpx.ts';

/** Filters that code pictures and may carry a picture file's metadata (§7.4.7 to §7.4.9). */
const PICTURE_FILTERS = new Set(['DCTDecode', 'JPXDecode', 'JBIG2Decode']);

/** An image's body: pictures coded as JPEG, JPEG 2000 or JBIG2 are scrubbed, in whatever filters they are wrapped. */
export function* writeImage(sweep: Sweep, stream: Stream, dict: Dict, body: Plan): Walk<boolean> {
  const { filters, parameters } = yield* sweep.document.filters(stream);
  const coding = filters.at(-1);
  if (coding === undefined || !PICTURE_FILTERS.has(coding)) return false;
  const place: Place = { sweep, stream, where: `Image › ${coding}`, body };
  if (filters.length === 1 && sweep.document.isPlain(stream)) {
    if (!(yield* writeInPlace(place, coding))) return false;
  } else {
    let bytes = yield* sweep.document.body(stream);
    for (const [index, filter] of filters.slice(0, -1).entries()) {
      const decoded = sweep.document.unpacker.unfilter(filter, bytes, parameters[index]);
      if (decoded === undefined) return false;
      bytes = decoded;
    }
    if (bytes.length === 0) return false;
    yield* writeDecoded(place, coding, bytes);
  }
  const own: Value = parameters.at(-1) === undefined ? null : yield* sweep.cleanParameters(parameters.at(-1));
  setCoding(dict, [coding], [own]);
  return true;
}

/** Segments that several JBIG2 pictures share. */
export function* writeJbig2Globals(sweep: Sweep, stream: Stream, dict: Dict, body: Plan): Walk<boolean> {
  const { bytes, filters } = yield* sweep.document.decode(stream);
  if (filters.length > 0 || bytes.length === 0) return false;
  const cleaned = cleanJbig2(bytes);
  if (cleaned.length === bytes.length) return false;
  sweep.removed('comment', 'JBIG2Globals', bytes.length - cleaned.length);
  body.insert(deflate(cleaned));
  setCoding(dict, ['FlateDecode'], []);
  return true;
}

interface Place {
  sweep: Sweep;
  stream: Stream;
  where: string;
  body: Plan;
}

/** A picture that stands in the file as it is; false: there is nothing to be changed. */
function* writeInPlace({ sweep, stream, where, body }: Place, coding: string): Walk<boolean> {
  const { start, end } = stream;
  if (end === start) return false;
  if (coding === 'DCTDecode') {
    try {
      const inner = sweep.context.without('orientation', 'exifColor');
      const { plan } = yield* inner.nested(sweep.window, start, end);
      sweep.plan.adopt(plan, start, where);
      body.appendPieces(plan, start);
      return true;
    } catch (error) {
      throwUnlessDamaged(error);
    }
  }
  const bytes = yield* sweep.document.input.view(start, end - start);
  yield* writeDecoded({ sweep, stream, where, body }, coding, bytes, start);
  return true;
}

/** @param start offset in the input at which the bytes stand, where they do */
function* writeDecoded(place: Place, coding: string, bytes: Uint8Array, start?: number): Walk {
  const { sweep, where, body } = place;
  const filtered =
    coding === 'DCTDecode'
      ? yield* cleanDct(place, bytes, start === undefined)
      : coding === 'JPXDecode'
        ? yield* cleanJpx(place, bytes)
        : cleanJbig2(bytes);
  if (start !== undefined && areEqual(filtered, bytes)) {
    body.keep(start, start + bytes.length);
    return;
  }
  if (filtered.length !== bytes.length && coding !== 'DCTDecode') {
    sweep.removed('other', where, Math.max(0, bytes.length - filtered.length));
  }
  body.insert(filtered);
}

function* cleanDct({ sweep, stream, where, body }: Place, bytes: Uint8Array, isUntried: boolean): Walk<Uint8Array> {
  if (isUntried) {
    try {
      const { plan } = yield* sweep.context.without('orientation', 'exifColor').nestedBytes(bytes);
      sweep.plan.adopt(plan, undefined, where);
      return toBytes(plan.flat(), plan.length, bytes);
    } catch (error) {
      throwUnlessDamaged(error);
    }
  }
  const filtered = filterDamagedJpeg(bytes);
  if (filtered === undefined) {
    // What no decoder can begin to read shows nothing.
    sweep.removed('other', where, bytes.length, 'It is no JPEG picture.');
    return new Uint8Array(0);
  }
  if (filtered.length !== bytes.length) {
    sweep.plan.found({
      kind: 'structure',
      where,
      action: 'rewritten',
      bytes: bytes.length,
      offset: stream.start,
      note: 'The picture is damaged; only its application segments and comments were removed.',
    });
  }
  // Without what was damaged it may be whole.
  return filtered.length === bytes.length ? filtered : yield* cleanDct({ sweep, stream, where, body }, filtered, true);
}

function* cleanJpx({ sweep, where }: Place, bytes: Uint8Array): Walk<Uint8Array> {
  const filtered = filterJpx(bytes);
  if (filtered === undefined) throw malformed('A picture is no JPEG 2000 picture.', undefined, ...where.split(' › '));
  try {
    const { plan } = yield* sweep.context.nestedBytes(filtered);
    sweep.plan.adopt(plan, undefined, where);
    return toBytes(plan.flat(), plan.length, filtered);
  } catch (error) {
    throwUnlessDamaged(error);
    return filtered;
  }
}

function cleanJbig2(bytes: Uint8Array): Uint8Array {
  const runs = filterJbig2(bytes);
  return runs === undefined ? bytes : concatAll(runs.map(({ start, end }) => bytes.subarray(start, end)));
}

/** Lets errors about a damaged or unknown picture pass; limits and aborts are not about the picture. */
function throwUnlessDamaged(error: unknown): void {
  if (!(error instanceof ScrubError) || error.code === 'limit-exceeded' || error.code === 'aborted') throw error;
}
