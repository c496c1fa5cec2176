// What is done with each logical stream, by how its first packet begins. Streams of sound and film that can't be read here are
// refused; every other stream, known or not, is dropped.
import { startsWith } from '../../bytes/text.ts';
import type { FindingKind } from '../../core/report.ts';
import { type Codec, opusCodec, speexCodec, theoraCodec, vorbisCodec } from './codecs.ts';
import { flacCodec } from './flac-codec.ts';

/** A stream that is not kept. */
export interface Dropped {
  name: string;
  kind: FindingKind;
}

/** What a stream is. */
export type StreamRule = { use: 'keep'; codec: Codec } | ({ use: 'drop' } & Dropped) | { use: 'refuse'; name: string };

const keep = (signature: string, codec: Codec): readonly [string, StreamRule] => [signature, { use: 'keep', codec }];
const drop = (signature: string, name: string, kind: FindingKind): readonly [string, StreamRule] => [
  signature,
  { use: 'drop', name, kind },
];
const refuse = (signature: string, name: string): readonly [string, StreamRule] => [signature, { use: 'refuse', name }];

const rules: readonly (readonly [signature: string, rule: StreamRule])[] = [
  // Vorbis I §4.2.1.
  keep('\x01vorbis', vorbisCodec),
  // RFC 7845 §5.1.
  keep('OpusHead', opusCodec),
  // The Speex Manual, "Ogg file format".
  keep('Speex   ', speexCodec),
  // RFC 9639 §10.1.
  keep('\x7fFLAC', flacCodec),
  // Theora Specification §6.1.
  keep('\x80theora', theoraCodec),
  // Ogg Skeleton 3 and 4: an index, the date of making, titles and roles of streams. Decoders do without.
  drop('fishead\0', 'Skeleton', 'time'),
  // Texts that are laid over film or sound.
  drop('\x80kate\0\0\0', 'Kate', 'comment'),
  drop('CMML\0\0\0\0', 'CMML', 'comment'),
  // What follows is film or sound.
  refuse('BBCD\0', 'Dirac'),
  refuse('KW-DIRAC', 'Dirac'),
  refuse('OVP80', 'VP8'),
  refuse('\x80daala', 'Daala'),
  refuse('CELT    ', 'CELT'),
  refuse('PCM     ', 'PCM'),
  refuse('UVS ', 'UVS'),
  refuse('YUV4MPEG', 'YUV4MPEG'),
  refuse('\x8aMNG', 'MNG'),
  refuse('\x8bJNG', 'JNG'),
  refuse('OggMIDI\0', 'MIDI'),
  // FLAC before its mapping had a version.
  refuse('fLaC', 'FLAC of an early form'),
  // OGM.
  refuse('\x01video', 'OGM'),
  refuse('\x01audio', 'OGM'),
  refuse('\x01text', 'OGM'),
];

/** The rule for a stream that begins like none of these. */
export const unknown: StreamRule & Dropped = { use: 'drop', name: 'unknown', kind: 'other' };

/** The rule for the stream that begins with this packet. */
export function ruleFor(packet: Uint8Array): StreamRule {
  const rule = rules.find(([signature]) => startsWith(packet, signature));
  return rule?.[1] ?? unknown;
}
