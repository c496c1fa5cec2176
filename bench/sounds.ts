// The recordings that are measured: a generated melody with noise, coded and tagged by FFmpeg.
import { runFfmpeg } from '../test/decoders/ffmpeg.ts';
import type { Case } from './cases.ts';

const RATE = 44_100;

/** Stereo WAV of so many seconds: two voices, with as much noise as a good recording has. */
function melody(seconds: number): Uint8Array {
  const samples = new Int16Array(seconds * RATE * 2);
  let state = 1;
  for (let at = 0; at < samples.length; at += 2) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const time = at / 2 / RATE;
    const tone = 220 * 2 ** ((Math.floor(time * 4) % 12) / 12);
    const noise = (state >>> 22) - 512;
    samples[at] = 9000 * Math.sin(2 * Math.PI * tone * time) + noise;
    samples[at + 1] = 9000 * Math.sin(2 * Math.PI * tone * 1.5 * time) - noise;
  }
  const header = Buffer.alloc(44);
  header.write('RIFF....WAVEfmt ', 'latin1');
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(2, 22);
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(RATE * 4, 28);
  header.writeUInt16LE(4, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([header, new Uint8Array(samples.buffer)]);
}

const tags = ['title=A title', 'artist=A. Person', 'date=2024', 'comment=Recorded at home'].flatMap((tag) => [
  '-metadata',
  tag,
]);

/** A melody coded by FFmpeg into a file of this extension. */
const coded =
  (seconds: number, extension: string, ...settings: string[]) =>
  async (): Promise<Buffer> =>
    Buffer.from(await runFfmpeg(melody(seconds), 'wav', [...settings, ...tags], `output.${extension}`));

/** MPEG audio whose frames all say that they are copies, as some encoders write them: each of them is rewritten. */
async function copies(): Promise<Buffer> {
  const file = await coded(130, 'mp3', '-c:a', 'libmp3lame', '-b:a', '320k')();
  for (let at = 0; at + 4 <= file.length; at++) {
    // MPEG-1 layer III without a CRC, of 320 kbit/s at 44.1 kHz.
    const isHeader = file.readUInt16BE(at) === 0xfffb && (file.readUInt8(at + 2) & 0xfc) === 0xe0;
    if (isHeader) file.writeUInt8(file.readUInt8(at + 3) & ~0x04, at + 3);
  }
  return file;
}

/** The recordings. */
export const sounds: readonly Case[] = [
  { name: 'MP3, 5 MB', format: 'mp3', make: coded(130, 'mp3', '-c:a', 'libmp3lame', '-b:a', '320k') },
  { name: 'MP3 of copies, 5 MB', format: 'mp3', make: copies },
  { name: 'FLAC, 30 MB', format: 'flac', make: coded(260, 'flac', '-c:a', 'flac') },
  { name: 'Ogg Vorbis, 30 MB', format: 'ogg', make: coded(520, 'ogg', '-c:a', 'libvorbis', '-q:a', '10') },
  {
    name: 'Ogg Vorbis in pages of 4 kB, 30 MB',
    format: 'ogg',
    make: coded(520, 'ogg', '-c:a', 'libvorbis', '-q:a', '10', '-page_duration', '80000'),
  },
  { name: 'WAV, 30 MB', format: 'wav', make: coded(175, 'wav', '-c:a', 'pcm_s16le') },
  { name: 'M4A (AAC), 30 MB', format: 'm4a', make: coded(500, 'm4a', '-c:a', 'aac', '-b:a', '512k') },
];
