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
  /** Whether every block is one sample of each channel. */
  isUncompressed: boolean;
  /** A part of this many bytes is worth nothing; 1 where it is not sure. */
  frameLength: number;
  /** Whether a count of samples belongs to it (Microsoft/IBM 1991: `fact` for all but PCM). */
  isCounted: boolean;
}

/** wFormatTag values that mean something here beside their extension. */
export const WaveTag = {
  PCM: 1,
  ADPCM: 2,
  MPEG: 0x50,
  MPEGLAYER3: 0x55,
  AC3: 0x2000,
  EXTENSIBLE: 0xfffe,
} as const;

/** Codings that decoders play, and how many bytes behind cbSize belong to each at most. */
const extensionLengths: ReadonlyMap<number, number> = new Map<number, number>([
  [WaveTag.PCM, 0],
  [3, 0], // IEEE float
  [6, 0], // A-law
  [7, 0], // µ-law
  // Samples per block, count of coefficient pairs, and at most as many pairs as a byte counts.
  [WaveTag.ADPCM, 4 + 4 * 255],
  [0x10, 2], // OKI ADPCM
  [0x11, 2], // DVI (IMA) ADPCM: samples per block
  [0x14, 2], // G.723 ADPCM
  [0x17, 0], // Dialogic OKI ADPCM
  [0x20, 0], // Yamaha ADPCM
  [0x22, 4], // TrueSpeech: revision, samples per block; the rest is reserved
  [0x31, 2], // GSM 6.10: samples per block
  [0x40, 2], // G.721 ADPCM
  [0x42, 0], // G.723.1
  [0x45, 0], // G.726 ADPCM
  [0x64, 2], // G.726 ADPCM
  [0x65, 2], // G.722
  [WaveTag.MPEG, 22],
  [WaveTag.MPEGLAYER3, 12],
  [0x200, 2], // Creative ADPCM: revision
  [0x28f, 2], // G.722, as FFmpeg writes it
  [WaveTag.AC3, 0],
  [WaveTag.EXTENSIBLE, 22],
]);

/** Codings whose packets carry metadata of their own that is not cleaned here, so that a refusal can name them. */
const uncleaned: ReadonlyMap<number, string> = new Map([
  [0xff, 'AAC'],
  [0x160, 'Windows Media Audio'],
  [0x161, 'Windows Media Audio'],
  [0x162, 'Windows Media Audio'],
  [0x163, 'Windows Media Audio'],
  [0x1600, 'AAC'],
  [0x1602, 'AAC'],
  [0x2001, 'DTS'],
]);

/** TrueSpeech is told by an extension of this length, of which decoders read four bytes. */
const TRUESPEECH = 0x22;
const TRUESPEECH_EXTENSION_LENGTH = 32;

/** What follows the format tag in the GUIDs of KSDATAFORMAT_SUBTYPE, and of the B-format of Ambisonics. */
const SUBTYPE_TAILS = ['\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71', '\0\0\x21\x07\xd3\x11\x86\x44\xc8\xc1\xca\0\0\0'];

/** Length of WAVEFORMAT, whose 8-bit sound has no bits per sample; of WAVEFORMATEX up to them; and with cbSize. */
const PLAIN_LENGTH = 14;
const PCM_LENGTH = 16;
const EX_LENGTH = 18;

/**
 * Reads a `fmt ` body.
 * @param start its absolute offset, for errors
 */
export function readWaveFormat(stored: Uint8Array, start: number, littleEndian: boolean): WaveFormat {
  if (stored.length < PLAIN_LENGTH) throw malformed('The description of the sound is too short.', start, 'fmt ');
  const view = new DataView(stored.buffer, stored.byteOffset, stored.length);
  const u16 = (at: number): number => view.getUint16(at, littleEndian);
  const tag = u16(0);
  const channels = u16(2);
  const longest = extensionLengths.get(tag);
  if (longest === undefined) {
    const name = uncleaned.get(tag);
    const problem =
      name === undefined ? 'coded in a way that is not known' : `${name}, which is not cleaned inside WAV`;
    throw unsupported(
      `The sound is ${problem} (0x${tag.toString(16)}). Convert it to PCM and try again.`,
      start,
      'fmt ',
    );
  }
  if (channels === 0) throw malformed('The sound has no channels.', start, 'fmt ');
  const subtype = tag === WaveTag.EXTENSIBLE ? readSubtype(stored, start, littleEndian) : tag;
  const isUncompressed = extensionLengths.get(subtype) === 0 && subtype < 0x10;
  const bits = stored.length < PCM_LENGTH ? 8 : u16(14);
  // A block of no length is what some writers leave there for PCM, and decoders compute.
  const sampleLength = channels * Math.ceil(bits / 8);
  const blockAlign = u16(12) === 0 && isUncompressed ? sampleLength : u16(12);
  const frameLength = isUncompressed && blockAlign === sampleLength ? blockAlign : 1;
  if (blockAlign === 0 && isUncompressed) throw malformed('The sound has samples of no length.', start, 'fmt ');

  const extension = extensionOf(stored, tag, longest, littleEndian);
  const body = new Uint8Array(tag === WaveTag.PCM ? PCM_LENGTH : EX_LENGTH + extension.length);
  body.set(stored.subarray(0, PLAIN_LENGTH));
  const bodyView = new DataView(body.buffer);
  bodyView.setUint16(12, blockAlign, littleEndian);
  bodyView.setUint16(14, bits, littleEndian);
  // The average rate of plain samples follows from the rest.
  if (isUncompressed) bodyView.setUint32(8, view.getUint32(4, littleEndian) * blockAlign, littleEndian);
  if (tag !== WaveTag.PCM) {
    bodyView.setUint16(16, extension.length, littleEndian);
    body.set(extension, EX_LENGTH);
  }
  return { body, tag: subtype, channels, blockAlign, isUncompressed, frameLength, isCounted: subtype !== WaveTag.PCM };
}

/** The coding that the GUID of WAVEFORMATEXTENSIBLE names. */
function readSubtype(stored: Uint8Array, start: number, littleEndian: boolean): number {
  if (stored.length < 40) throw malformed('The description of the sound is too short for its coding.', start, 'fmt ');
  const subtype = new DataView(stored.buffer, stored.byteOffset).getUint16(24, littleEndian);
  if (!SUBTYPE_TAILS.includes(latin1(stored.subarray(26, 40))) || !extensionLengths.has(subtype)) {
    throw unsupported(
      'The sound is coded in a way that is not known (GUID). Convert it to PCM and try again.',
      start,
      'fmt ',
    );
  }
  return subtype;
}

/** What stands behind cbSize, as far as the coding has a use for it and the file has it. */
function extensionOf(stored: Uint8Array, tag: number, longest: number, littleEndian: boolean): Uint8Array {
  const found = stored.subarray(EX_LENGTH, EX_LENGTH + longest);
  if (tag === TRUESPEECH) {
    const extension = new Uint8Array(TRUESPEECH_EXTENSION_LENGTH);
    extension.set(found);
    return extension;
  }
  const pairs = found[littleEndian ? 2 : 3] ?? 0;
  return tag === WaveTag.ADPCM ? found.subarray(0, 4 + 4 * pairs) : found;
}
