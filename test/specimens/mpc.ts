import { join } from '../builders/jpeg.ts';
import { packet, replayGain, size, sound, streamHeader, sv7, sv8 } from '../builders/mpc.ts';
import { apeTag, id3v1, titleTag } from '../builders/tags.ts';
import { runFfmpeg } from '../decoders/ffmpeg.ts';
import { UNKNOWN_TO_EXIFTOOL } from '../readers/exiftool.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const words = ['artist', 'front', 'chapter', 'unknown'] as const;
const canaries = (seed: number): string[] => words.map((word) => canary(seed, word));

function withTags(seed: number, stream: Uint8Array): Uint8Array {
  const random = randomFrom(seed + 7);
  const front = random() < 0.5 ? [titleTag(canary(seed, 'front'), Math.floor(random() * 500))] : [];
  const back = random() < 0.5 ? [id3v1(canary(seed, 'artist'))] : [];
  return join(...front, stream, apeTag({ Artist: canary(seed, 'artist') }), ...back);
}

function version7(seed: number): Uint8Array {
  const random = randomFrom(seed);
  const draw = (below: number): number => Math.floor(random() * below);
  const gains = [draw(65536), draw(65536), draw(65536), draw(65536)];
  return withTags(seed, sv7({ profile: draw(16), gains, unused: draw(2 ** 19), encoder: draw(256), spare: draw(2) }));
}

function version8(seed: number): Uint8Array {
  const random = randomFrom(seed);
  const draw = (below: number): number => Math.floor(random() * below);
  const audio = join(...sound(6));
  const table = packet('ST', size(1), [0x05, 0x12, 0x34]);
  const offset = packet('SO', size(audio.length + 8), new Uint8Array(3));
  const chapter = packet('CT', size(draw(100)), [0, 0, 0, 0], canary(seed, 'chapter'));
  const behind = [chapter, packet('ZZ', canary(seed, 'unknown'))].filter(() => random() < 0.7);
  const gain = replayGain(draw(65536), draw(65536), draw(65536), draw(65536));
  const encoder = packet('EI', [draw(256), draw(256), draw(256), draw(256)]);
  return withTags(seed, sv8(streamHeader(6 * 1152), gain, encoder, offset, audio, table, ...behind, packet('SE')));
}

/**
 * The packets of sound as FFmpeg sees them: noise is not always what its decoder takes. It
 * takes the letters AP of an APE tag for a packet, and the first of stream version 7 has the encoder in it: others count.
 */
async function decode(file: Uint8Array): Promise<string> {
  const options = ['-map', '0:a', '-c', 'copy', '-frames:a', '5', '-f', 'framemd5'];
  const listed = new TextDecoder().decode(await runFfmpeg(file, 'mpc', options));
  const packets = listed.split('\n').filter((line) => /^0, +[1-9]/.test(line));
  if (packets.length < 4) throw new Error('FFmpeg finds no packets.');
  return packets.join('\n');
}

export const structuralTags = new RegExp(
  `^(MPC:(TotalFrames|SampleRate|MaxBand|FastSeek|Gapless)=|MPC:(Quality=Unknown .0.|ReplayGain[A-Za-z]+=0|EncoderVersion=0)$|${UNKNOWN_TO_EXIFTOOL}$)`,
);

/** Musepack sound with everything that encoders and taggers put around it. */
export const specimens: readonly Specimen[] = [
  { name: 'stream version 7', make: version7, canaries: (seed: number) => canaries(seed).slice(0, 2) },
  { name: 'stream version 8', make: version8, canaries },
].map((specimen) => ({ ...specimen, decode }));
