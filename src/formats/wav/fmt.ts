// The `fmt ` chunk: WAVEFORMATEX and its extensions (Microsoft, mmreg.h; EBU Tech 3306).
import { latin1 } from '../../bytes/text.ts';
import { malformed, unsupported } from '../../core/errors.ts';

/** What of a `fmt ` chunk decoders need. */
export interface WaveFormat {
  /** Canonical body. */
  body: Uint8Array;
  /** The coding, also where it is given by a GUID. */
  tag: number;
  channels: number;
  /** Length of a block in bytes. */
  blockAlign: number;
  /** Whether every block decodes for itself, so that a part of one is worth nothing. */
  isUncompressed: boolean;
}

/** wFormatTag values that decoders play. */
export const WaveTag = {
  PCM: 1,
  ADPCM: 2,
  IEEE_FLOAT: 3,
  ALAW: 6,
  MULAW: 7,
  DVI_ADPCM: 0x11,
  GSM610: 0x31,
  MPEG: 0x50,
  MPEGLAYER3: 0x55,
  EXTENSIBLE: 0xfffe,
} as const;

/** How many bytes behind cbSize belong to each coding; `undefined`: as many as the coefficients need. */
const extensionLengths: ReadonlyMap<number, number | undefined> = new Map<number, number | undefined>([
  [WaveTag.PCM, 0],
  [WaveTag.IEEE_FLOAT, 0],
  [WaveTag.ALAW, 0],
  [WaveTag.MULAW, 0],
  [WaveTag.ADPCM, undefined],
  [WaveTag.DVI_ADPCM, 2],
  [WaveTag.GSM610, 2],
  [WaveTag.MPEG, 22],
  [WaveTag.MPEGLAYER3, 12],
  [WaveTag.EXTENSIBLE, 22],
]);

/** What follows the format tag in the GUIDs of KSDATAFORMAT_SUBTYPE. */
const SUBTYPE_TAIL = '\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71';

/**
 * Reads a `fmt ` body.
 * @param start its absolute offset, for errors
 */
export function readWaveFormat(stored: Uint8Array, start: number, littleEndian: boolean): WaveFormat {
  if (stored.length < 14) throw malformed('The description of the sound is too short.', start, 'fmt ');
  // Old writers leave the bits per sample out of 8-bit sound.
  const whole = new Uint8Array(Math.max(stored.length, 18));
  whole.set(stored);
  const view = new DataView(whole.buffer);
  const u16 = (at: number): number => view.getUint16(at, littleEndian);
  const tag = u16(0);
  const channels = u16(2);
  const blockAlign = u16(12);
  if (channels === 0) throw malformed('The sound has no channels.', start, 'fmt ');
  if (!extensionLengths.has(tag)) {
    throw unsupported(`The sound is coded in a way that is not known (0x${tag.toString(16)}).`, start, 'fmt ');
  }
  const fixed = extensionLengths.get(tag);
  // MS ADPCM: samples per block, number of coefficient pairs, the pairs.
  const extension = fixed ?? (stored.length >= 22 ? 4 + 4 * u16(20) : 0);
  if (18 + extension > Math.max(stored.length, 18)) {
    throw malformed('The description of the sound is too short for its coding.', start, 'fmt ');
  }
  const length = tag === WaveTag.PCM ? 16 : 18 + extension;
  const body = whole.slice(0, length);
  const bodyView = new DataView(body.buffer);
  if (length > 16) bodyView.setUint16(16, extension, littleEndian);
  const subtype = tag === WaveTag.EXTENSIBLE ? u16(24) : tag;
  if (
    tag === WaveTag.EXTENSIBLE &&
    (latin1(body.subarray(26, 40)) !== SUBTYPE_TAIL || !extensionLengths.has(subtype))
  ) {
    throw unsupported('The sound is coded in a way that is not known (GUID).', start, 'fmt ');
  }
  const isUncompressed = extensionLengths.get(subtype) === 0;
  if (isUncompressed) {
    if (blockAlign === 0) throw malformed('The sound has blocks of no length.', start, 'fmt ');
    // The average rate follows from the rest, and only players that show it read it.
    bodyView.setUint32(8, (view.getUint32(4, littleEndian) * blockAlign) >>> 0, littleEndian);
  }
  return { body, tag: subtype, channels, blockAlign, isUncompressed };
}
