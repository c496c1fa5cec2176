import { frame, NARROWBAND, NB_12_2, NB_SID, NO_DATA, WB_23_85, WB_SID, WIDEBAND } from '../builders/amr.ts';
import { join } from '../builders/jpeg.ts';
import { hashStreams } from '../decoders/ffmpeg.ts';
import { UNKNOWN_TO_EXIFTOOL } from '../readers/exiftool.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const canaries = (seed: number): string[] => [canary(seed, 'tag').slice(0, 19)];

type FrameType = readonly [number, number];

function dress(seed: number, magic: string, types: readonly FrameType[]): Uint8Array {
  const random = randomFrom(seed);
  const bits = (): number => [0, 1, 2, 3, 0x80][Math.floor(random() * 5)] ?? 0;
  const frames = types.map((type, index) => frame(type, index, bits()));
  // FFmpeg skips a part of a frame.
  const rest = join([0x3c], canary(seed, 'tag')).subarray(0, 20);
  return join(magic, ...frames, rest);
}

export const structuralTags = new RegExp(`^${UNKNOWN_TO_EXIFTOOL}$`);

const repeat = (...types: FrameType[]): FrameType[] => Array.from({ length: 8 }, () => types).flat();

/** AMR speech with padding bits in use and a part of a frame behind it. */
export const specimens: readonly Specimen[] = [
  { name: 'narrowband', magic: NARROWBAND, types: repeat(NB_12_2, NB_12_2, NB_SID, NO_DATA) },
  { name: 'wideband', magic: WIDEBAND, types: repeat(WB_23_85, WB_SID) },
].map(({ name, magic, types }) => ({
  name,
  make: (seed) => dress(seed, magic, types),
  canaries,
  decode: (file) => hashStreams(file, magic === NARROWBAND ? 'amr' : 'awb'),
}));
