import { parseMidi } from 'midi-file';
import { endOfTrack, message, meta, midiFile, sysex, track } from '../builders/midi.ts';
import { join, u32be } from '../builders/tags.ts';
import { UNKNOWN_TO_EXIFTOOL } from '../readers/exiftool.ts';
import { canary, randomFrom, type Specimen } from './specimen.ts';

const words = ['text', 'copyright', 'name', 'marker', 'device', 'own', 'sysex', 'chunk'] as const;
const texts: readonly [number, (typeof words)[number]][] = [
  [0x01, 'text'],
  [0x02, 'copyright'],
  [0x03, 'name'],
  [0x06, 'marker'],
  [0x09, 'device'],
  [0x7f, 'own'],
  [0x42, 'text'],
];

/** What is played and shown, and when: an independent reader's events with their time from the start. */
async function decode(file: Uint8Array): Promise<unknown> {
  const { header, tracks } = parseMidi(file);
  const played = tracks.map((events) => {
    let time = 0;
    return events
      .map((event) => {
        time += event.deltaTime;
        // Whether the status was left out is no matter.
        return { ...event, deltaTime: 0, running: undefined, time };
      })
      .filter(({ type }) => /^(note|controller|program|pitch|set|time|key|lyrics|endOfTrack)/.test(type));
  });
  return { division: header.ticksPerBeat, played: played.filter((events, index) => index === 0 || events.length > 1) };
}

/** Events that tell something, each of which takes time. */
function planted(seed: number, salt: number): { bytes: Uint8Array; time: number } {
  const random = randomFrom(seed * 31 + salt);
  const chosen = texts.filter(() => random() < 0.5);
  const time = Math.floor(random() * 3);
  const events = chosen.map(([type, word]) => meta(type, canary(seed, word), time));
  if (random() < 0.5) events.push(sysex(join([0x7d], canary(seed, 'sysex'), [0xf7]), time));
  return { bytes: join(...events), time: time * events.length };
}

/** An event as it comes at a time, with what is planted in front of it. */
function at(seed: number, salt: number, delta: number, event: (delta: number) => Uint8Array): Uint8Array {
  const { bytes, time } = planted(seed, salt);
  return join(bytes, event(delta - time));
}

function notes(seed: number, isRunning: boolean): Uint8Array[] {
  // Text in between ends the running status.
  return [60, 64, 67, 72].flatMap((note, index) => [
    at(seed, index, 100 + index, (delta) => message(delta, 0x90, note, 100)),
    isRunning ? message(96, note, 0) : message(96, 0x90, note, 0),
  ]);
}

function make(seed: number, isRunning: boolean): Uint8Array {
  const random = randomFrom(seed);
  const conductor = track(
    at(seed, 20, 100, (delta) => meta(0x51, [7, 161, 32], delta)),
    meta(0x58, [4, 2, 24, 8]),
    sysex([0x7e, 0x7f, 0x09, 0x01, 0xf7]),
    endOfTrack,
  );
  const played = track(
    meta(0x05, 'la '),
    message(0, 0xc0, 5),
    ...notes(seed, isRunning),
    at(seed, 21, 100, (delta) => meta(0x2f, [], delta)),
  );
  const spoken = random() < 0.5 ? [track(meta(0x01, canary(seed, 'text')), endOfTrack)] : [];
  const own = canary(seed, 'chunk');
  return join(midiFile(1, [conductor, played, ...spoken]), random() < 0.5 ? join('XFIH', u32be(own.length), own) : []);
}

export const specimens: readonly Specimen[] = [
  {
    name: 'status of each event',
    make: (seed) => make(seed, false),
    canaries: (seed) => words.map((word) => canary(seed, word)),
    decode,
  },
  {
    name: 'running status',
    make: (seed) => make(seed, true),
    canaries: (seed) => words.map((word) => canary(seed, word)),
    decode,
  },
];

export const structuralTags: RegExp = new RegExp(`^${UNKNOWN_TO_EXIFTOOL}$`);
