// Pages for header packets, in one canonical form: the first packet alone, the others back to back on as few pages as hold them.
import { concat, concatAll } from '../../bytes/concat.ts';
import { FULL_SEGMENT, PageFlag, sealPage, writePageHeader } from './page.ts';

const MAX_SEGMENTS = 255;
/** Granule position of a page on which packets end, and of one on which none does (RFC 3533 §6, field 4). */
const ZERO: Uint8Array = new Uint8Array(8);
const NONE: Uint8Array = new Uint8Array(8).fill(0xff);

/** Pages with these packets and no others. */
export interface HeaderPages {
  first: Uint8Array;
  /** All but the first, one behind the other. */
  rest: Uint8Array;
  /** How many pages there are in all. */
  count: number;
}

/**
 * Writes header packets into pages.
 * @param isEnded whether no page follows them
 */
export function writeHeaderPages(packets: readonly Uint8Array[], serial: number, isEnded: boolean): HeaderPages {
  const [identification = new Uint8Array(0), ...others] = packets;
  const [first = new Uint8Array(0), ...spilled] = paginate([identification], serial, 0, false);
  const rest = [...spilled, ...paginate(others, serial, 1 + spilled.length, isEnded)];
  return { first, rest: concatAll(rest), count: 1 + rest.length };
}

function paginate(packets: readonly Uint8Array[], serial: number, sequence: number, isEnded: boolean): Uint8Array[] {
  const segments: number[] = [];
  for (const { length } of packets) {
    for (let rest = length; rest >= FULL_SEGMENT; rest -= FULL_SEGMENT) segments.push(FULL_SEGMENT);
    segments.push(length % FULL_SEGMENT);
  }
  const body = concatAll(packets);
  const pages: Uint8Array[] = [];
  let at = 0;
  for (let segment = 0; segment < segments.length; segment += MAX_SEGMENTS) {
    const table = Uint8Array.from(segments.slice(segment, segment + MAX_SEGMENTS));
    const isContinued = segment > 0 && segments[segment - 1] === FULL_SEGMENT;
    const isFirst = sequence + pages.length === 0;
    const isLast = isEnded && segment + MAX_SEGMENTS >= segments.length;
    const flags =
      (isContinued ? PageFlag.continued : 0) | (isFirst ? PageFlag.first : 0) | (isLast ? PageFlag.last : 0);
    const endsPacket = table.some((length) => length < FULL_SEGMENT);
    const header = writePageHeader(
      { flags, serial, sequence: sequence + pages.length },
      endsPacket ? ZERO : NONE,
      table,
    );
    const end = table.reduce((sum, length) => sum + length, at);
    sealPage(header, body.subarray(at, end));
    pages.push(concat(header, body.subarray(at, end)));
    at = end;
  }
  return pages;
}
